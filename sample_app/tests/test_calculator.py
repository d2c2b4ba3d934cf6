"""The calculator as its users see it, on real containers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
import redis
import requests

from pytest_multidocker import expect

T = TypeVar("T")
PATIENCE = 20.0


def eventually(look: Callable[[], T], wanted: Callable[[T], bool] = bool) -> T:
    """Return what ``look`` sees as soon as it is wanted; fail if it never is."""
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = None
        with contextlib.suppress(requests.ConnectionError):  # nginx may not listen yet
            seen = look()
            if wanted(seen):
                return seen
        assert time.monotonic() < deadline, f"after {PATIENCE:g} s there is still {seen!r}"
        time.sleep(0.05)


def post(task: Any, index: object) -> requests.Response:
    """Ask for an index, waiting for a server that is still starting."""
    url = task.url("nginx", 80) + "/api/values"
    return eventually(
        lambda: requests.post(url, json={"index": index}, timeout=10),
        lambda response: response.status_code not in {502, 503},
    )


def get(task: Any, path: str) -> Any:
    response = requests.get(task.url("nginx", 80) + path, timeout=10)
    response.raise_for_status()
    return response.json()


def current(task: Any, index: int) -> str | None:
    return get(task, "/api/values/current").get(str(index))


def test_the_page_is_served(ecs_task: Any) -> None:
    page = eventually(lambda: requests.get(ecs_task.url("nginx", 80), timeout=10))
    assert "<h1>Fibonacci calculator</h1>" in page.text
    script = requests.get(ecs_task.url("nginx", 80) + "/app.js", timeout=10)
    assert script.headers["Content-Type"] == "application/javascript"


def test_a_posted_index_comes_back_computed(ecs_task: Any, rds: Any, elasticache: Any) -> None:
    assert post(ecs_task, 7).json() == {"index": 7}
    assert eventually(lambda: current(ecs_task, 7), "21".__eq__)
    assert {"number": 7} in get(ecs_task, "/api/values/all")

    with psycopg.connect(rds.dsn) as connection:
        stored = connection.execute("SELECT number FROM indexes").fetchall()
    assert (7,) in stored
    with redis.Redis.from_url(elasticache.url, decode_responses=True) as values:
        assert values.hget("values", "7") == "21"


def test_the_sequence_begins_with_two_ones(ecs_task: Any) -> None:
    for index, value in ((0, "1"), (1, "1"), (40, "165580141")):
        assert post(ecs_task, index).ok
        assert eventually(lambda index=index: current(ecs_task, index), value.__eq__)


def test_an_index_above_40_is_refused(ecs_task: Any) -> None:
    answer = post(ecs_task, 41)
    assert answer.status_code == 422
    assert answer.json() == {"error": "The index is too high: 40 is the highest."}
    assert current(ecs_task, 41) is None


def test_a_killed_worker_leaves_the_site_up(ecs_task_factory: Any) -> None:
    # Databases of its own: the worker of another task would compute what is asked here.
    task = ecs_task_factory(own_databases=True)
    task.kill("worker", signal="SIGKILL")
    expect.stopped(task, "worker", exit_code=137)
    expect.running(task, "nginx", "server", "client")

    assert eventually(lambda: requests.get(task.url("nginx", 80), timeout=10)).ok
    assert post(task, 30).ok
    with redis.Redis.from_url(task.elasticache.url, decode_responses=True) as values:
        # As soon as nobody listens any more, nobody can compute, however long one waits.
        eventually(lambda: values.pubsub_numsub("insert"), [("insert", 0)].__eq__)
        assert values.hget("values", "30") == "Nothing yet!"
    assert current(task, 30) == "Nothing yet!"


def test_a_killed_nginx_stops_the_task(ecs_task_factory: Any) -> None:
    task = ecs_task_factory()
    task.kill("nginx", signal="SIGKILL")
    expect.stopped(task, "nginx", exit_code=137)
    expect.task_stopped(
        task, reason="Essential container in task exited", code="EssentialContainerExited"
    )
