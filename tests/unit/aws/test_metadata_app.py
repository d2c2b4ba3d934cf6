"""The metadata endpoint's paths, asked as containers ask, with no socket between."""

from __future__ import annotations

import http.server
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docker.errors import NotFound
from support.metadata import ARN, identity, inspected, state_of

from pytest_multidocker.aws.guard import Guard
from pytest_multidocker.aws.metadata import peers
from pytest_multidocker.aws.metadata.app import MetadataApp
from pytest_multidocker.aws.metadata.credentials import RoleCredentials
from pytest_multidocker.aws.metadata.ids import Ids
from pytest_multidocker.aws.metadata.view import View
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.ecs.status import ContainerStatus
from pytest_multidocker.engine.redirection import Redirection

ROLE = "arn:aws:iam::123456789012:role/app"
MEASURED = {"read": "2026-01-02T03:04:05Z", "network_rate_stats": {"rx_bytes_per_sec": 1.0}}


class Sts:
    """Assumes roles, and remembers which; its answers last for ``hours``."""

    def __init__(self, hours: float = 6) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.hours = hours

    def __call__(self, role: str, session: str, seconds: int) -> dict[str, Any]:
        self.asked.append((role, session, seconds))
        return {
            "AccessKeyId": f"ASIA{len(self.asked)}",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": datetime.now(timezone.utc) + timedelta(hours=self.hours),
        }


class Endpoint:
    """An app and all that it asks: one task with the containers web, which runs, and new."""

    def __init__(self, sts: Callable[..., Any] | None = None, **fields: Any) -> None:
        self.task = identity({"name": "web"}, {"name": "new"}, **fields)
        state = state_of(self.task)
        web = replace(state.containers["web"], runtime_id="d0c", known=ContainerStatus.RUNNING)
        self.states: dict[str, TaskState] = {ARN: state.with_container(web)}
        self.inspected = {"d0c": inspected()}
        self.measured: dict[str, Any] = {"d0c": MEASURED}
        self.ids = Ids()
        self.sts = sts or Sts()
        self.listed: list[dict[str, Any]] = []
        api = SimpleNamespace(
            inspect_container=self._inspect, containers=lambda **_filters: self.listed
        )
        stats = SimpleNamespace(of=self.measured.get)
        view = View(
            cast(Any, SimpleNamespace(api=api)),
            self.states.__getitem__,
            cast(Any, stats),
            lambda _task: ({"team": "red"}, {"rack": "7"}),
        )
        guard = Guard(networks=("172.17.0.0/16",), hosts=("169.254.170.2",))
        self.app = MetadataApp(self.ids, view, RoleCredentials(self.sts), guard)
        self.web = self.ids.of_container(self.task, "web")
        self.new = self.ids.of_container(self.task, "new")

    def _inspect(self, docker_id: str) -> Any:
        if docker_id not in self.inspected:
            raise NotFound(docker_id)
        return self.inspected[docker_id]

    def ask(self, path: str, method: str = "GET", body: str = "", **more: str) -> tuple[int, Any]:
        """Return the status and what the JSON says."""
        environ = {
            "REMOTE_ADDR": "172.17.0.2",
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "HTTP_HOST": "169.254.170.2",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body.encode()),
            **more,
        }
        told: list[Any] = []
        (content,) = self.app(environ, cast(Any, lambda *answer: told.extend(answer)))
        assert told[1][0][0] == "Content-Type"
        plain = told[1] == [("Content-Type", "text/plain")]
        return int(told[0].split()[0]), content.decode() if plain else json.loads(content)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint(task_role_arn=ROLE)


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_a_container_learns_of_itself_and_of_its_task(endpoint: Endpoint, version: str) -> None:
    status, container = endpoint.ask(f"/{version}/{endpoint.web}")
    assert (status, container["Name"], container["DockerId"]) == (200, "web", "d0c")
    status, task = endpoint.ask(f"/{version}/{endpoint.web}/task")
    assert (status, task["TaskARN"]) == (200, ARN)
    assert task["Containers"] == [container]
    assert "TaskTags" not in task


def test_with_tags_a_task_has_its_own_and_its_instance_s(endpoint: Endpoint) -> None:
    status, task = endpoint.ask(f"/v4/{endpoint.web}/taskWithTags")
    assert (status, task["TaskTags"], task["ContainerInstanceTags"]) == (
        200,
        {"team": "red"},
        {"rack": "7"},
    )


def test_only_version_4_lists_what_is_pulled_and_what_docker_has_lost(endpoint: Endpoint) -> None:
    state = endpoint.states[ARN]
    pulled = replace(state.containers["new"], known=ContainerStatus.PULLED)
    endpoint.states[ARN] = state.with_container(pulled)
    endpoint.inspected.clear()
    _, three = endpoint.ask(f"/v3/{endpoint.web}/task")
    _, four = endpoint.ask(f"/v4/{endpoint.web}/task")
    assert "Containers" not in three
    assert [c["Name"] for c in four["Containers"]] == ["web", "new"]


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_nobody_waits_for_others_that_start(endpoint: Endpoint, version: str) -> None:
    """Docker does not describe them then, but lists them."""
    state = endpoint.states[ARN]
    created = replace(state.containers["new"], runtime_id="d1", known=ContainerStatus.CREATED)
    endpoint.states[ARN] = state.with_container(created)
    networks = {"bridge": {"IPAddress": "172.17.0.3"}}
    endpoint.listed = [
        {
            "ImageID": "sha256:def",
            "Created": 1000,
            "Labels": {"team": "blue"},
            "NetworkSettings": {"Networks": networks},
            "Mounts": [],
        }
    ]
    _, task = endpoint.ask(f"/{version}/{endpoint.web}/task")
    found = task["Containers"][1]
    assert (found["DockerId"], found["ImageID"]) == ("d1", "sha256:def")
    assert found["CreatedAt"] == "1970-01-01T00:16:40Z"
    assert found["Networks"] == [{"NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.3"]}]
    assert "StartedAt" not in found


def test_only_version_4_measures_the_network(endpoint: Endpoint) -> None:
    assert endpoint.ask(f"/v4/{endpoint.web}/stats") == (200, MEASURED)
    three = {"read": MEASURED["read"]}
    assert endpoint.ask(f"/v3/{endpoint.web}/stats") == (200, three)
    assert endpoint.ask(f"/v4/{endpoint.web}/task/stats") == (200, {"d0c": MEASURED})
    assert endpoint.ask(f"/v3/{endpoint.web}/task/stats") == (200, {"d0c": three})


def test_what_does_not_run_is_not_measured(endpoint: Endpoint) -> None:
    endpoint.measured.clear()
    words = "Unable to get container stats for: d0c"
    assert endpoint.ask(f"/v4/{endpoint.web}/stats") == (500, words)
    assert endpoint.ask(f"/v3/{endpoint.web}/stats") == (400, words)
    assert endpoint.ask(f"/v4/{endpoint.web}/task/stats") == (200, {"d0c": {}})
    assert endpoint.ask(f"/v3/{endpoint.web}/task/stats") == (200, {"d0c": None})


NO_CONTAINER = (
    "unable to get container ID from request: unable to get docker ID from v3 endpoint ID"
)
NO_TASK = "unable to get task arn from request: unable to get task Arn from v3 endpoint ID"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/v4/bad", 404, f"V4 container metadata handler: {NO_CONTAINER}: bad"),
        ("/v4/", 404, f"V4 container metadata handler: {NO_CONTAINER}: "),
        ("/v4/bad/task", 404, f"V4 task metadata handler: {NO_TASK}: bad"),
        ("/v4/bad/taskWithTags", 404, f"V4 task metadata handler: {NO_TASK}: bad"),
        ("/v4/bad/stats", 404, f"V4 container stats handler: {NO_TASK}: bad"),
        ("/v4/bad/task/stats", 404, f"V4 task stats handler: {NO_TASK}: bad"),
        ("/v3/bad", 500, f"V3 container metadata handler: {NO_CONTAINER}: bad"),
        ("/v3/bad/task", 500, f"V3 task metadata handler: {NO_TASK}: bad"),
        ("/v3/bad/stats", 400, f"V3 container stats handler: {NO_TASK}: bad"),
        ("/v3/bad/task/stats", 400, f"V3 task stats handler: {NO_TASK}: bad"),
    ],
)
def test_an_unknown_id_is_told_in_the_agent_s_words(
    endpoint: Endpoint, path: str, status: int, words: str
) -> None:
    assert endpoint.ask(path) == (status, words)


def test_a_container_that_is_not_yet_created_is_unknown(endpoint: Endpoint) -> None:
    assert endpoint.ask(f"/v4/{endpoint.new}")[0] == 404
    status, words = endpoint.ask(f"/v4/{endpoint.new}/stats")
    assert (status, words) == (404, f"V4 container stats handler: {NO_CONTAINER}: {endpoint.new}")


def test_a_task_that_the_agent_has_forgotten_is_unknown(endpoint: Endpoint) -> None:
    endpoint.states.clear()
    assert endpoint.ask(f"/v4/{endpoint.web}")[0] == 404
    assert endpoint.ask(f"/v4/{endpoint.web}/task")[0] == 404
    endpoint.ids.forget(ARN)
    assert endpoint.ids.asker(endpoint.web) is None


@pytest.mark.parametrize("path", ["/", "/v4", "/v4/id/other", "/v2/metadata", "/latest/meta-data"])
def test_there_are_no_other_paths(endpoint: Endpoint, path: str) -> None:
    assert endpoint.ask(path) == (404, "404 page not found\n")


@pytest.mark.parametrize("address", ["10.0.0.7", "172.18.0.2", ""])
def test_only_the_bridge_s_containers_may_ask(endpoint: Endpoint, address: str) -> None:
    status, words = endpoint.ask(f"/v4/{endpoint.web}", REMOTE_ADDR=address)
    assert status == 403
    assert "refused" in words


class TestCredentials:
    def test_a_task_with_a_role_gets_them(self, endpoint: Endpoint) -> None:
        credentials_id = endpoint.ids.of_credentials(endpoint.task)
        status, found = endpoint.ask(f"/v2/credentials/{credentials_id}")
        expires = datetime.strptime(found.pop("Expiration"), "%Y-%m-%dT%H:%M:%S%z")
        assert status == 200
        assert found == {
            "RoleArn": ROLE,
            "AccessKeyId": "ASIA1",
            "SecretAccessKey": "secret",
            "Token": "token",
        }
        left = expires - datetime.now(timezone.utc)
        assert timedelta(hours=5.9) < left <= timedelta(hours=6)
        assert cast(Sts, endpoint.sts).asked == [(ROLE, "0123", 6 * 3600)]

    def test_all_containers_of_a_task_share_them(self, endpoint: Endpoint) -> None:
        first = endpoint.ids.of_credentials(endpoint.task)
        assert endpoint.ids.of_credentials(endpoint.task) == first
        assert endpoint.ids.of_credentials(replace(endpoint.task, arn=f"{ARN}4")) != first

    @pytest.mark.parametrize(("hours", "keys"), [(6, 1), (0.9, 2)])
    def test_they_are_renewed_in_time(self, hours: float, keys: int) -> None:
        endpoint = Endpoint(Sts(hours), task_role_arn=ROLE)
        path = f"/v2/credentials/{endpoint.ids.of_credentials(endpoint.task)}"
        endpoint.ask(path)
        assert endpoint.ask(path)[1]["AccessKeyId"] == f"ASIA{keys}"

    @pytest.mark.parametrize(
        ("asked_by", "code", "words"),
        [
            ("", "NoIdInRequest", "CredentialsV2Request: No Credential ID in the request"),
            ("bad", "InvalidIdInRequest", "CredentialsV2Request: Credentials not found"),
        ],
    )
    def test_nobody_else_gets_them(
        self, endpoint: Endpoint, asked_by: str, code: str, words: str
    ) -> None:
        body = {"code": code, "message": words, "HTTPErrorCode": 400}
        assert endpoint.ask(f"/v2/credentials/{asked_by}") == (400, body)
        assert endpoint.ask(f"/v2/credentials/{endpoint.web}")[0] == 400

    def test_a_role_that_cannot_be_assumed_is_an_error(self) -> None:
        def refuse(*_: object) -> Any:
            raise ValueError("no such role")

        endpoint = Endpoint(refuse, task_role_arn=ROLE)
        path = f"/v2/credentials/{endpoint.ids.of_credentials(endpoint.task)}"
        status, body = endpoint.ask(path)
        assert (status, body["message"]) == (500, "Internal server error")


class TestProtection:
    ENABLE = '{"ProtectionEnabled": true}'

    def ask(self, endpoint: Endpoint, *request: str, asked_by: str = "") -> tuple[int, Any]:
        path = f"/api/{asked_by or endpoint.web}/task-protection/v1/state"
        return endpoint.ask(path, *request)

    @pytest.mark.parametrize(
        "request_", [("GET",), ("PUT", ENABLE), ("PUT", '{"protectionEnabled": false}')]
    )
    def test_a_task_of_no_service_cannot_be_protected(
        self, endpoint: Endpoint, request_: tuple[str, ...]
    ) -> None:
        failure = {"Arn": ARN, "Detail": None, "Reason": "TASK_NOT_VALID"}
        assert self.ask(endpoint, *request_) == (200, {"failure": failure})

    def test_a_task_without_a_role_may_not_ask(self) -> None:
        status, body = self.ask(Endpoint())
        assert status == 403
        assert body["error"] == {
            "Arn": ARN,
            "Code": "AccessDeniedException",
            "Message": "Invalid Request: no task IAM role credentials available for task",
        }

    def test_an_unknown_id_is_no_task(self, endpoint: Endpoint) -> None:
        status, body = self.ask(endpoint, "GET", asked_by="bad")
        assert (status, body["error"]["Code"]) == (404, "ResourceNotFoundException")

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "[]",
            "{",
            '{"ProtectionEnabled": "yes"}',
            '{"Other": 1}',
            '{"ExpiresInMinutes": 1.5}',
        ],
    )
    def test_a_request_that_cannot_be_read_is_refused(self, endpoint: Endpoint, body: str) -> None:
        status, answer = self.ask(endpoint, "PUT", body)
        assert status == 400
        assert answer["error"]["Message"] == "UpdateTaskProtection: failed to decode request"

    def test_a_request_must_say_what_is_wanted(self, endpoint: Endpoint) -> None:
        status, answer = self.ask(endpoint, "PUT", '{"ExpiresInMinutes": 60}')
        assert status == 400
        assert "does not contain 'ProtectionEnabled' field" in answer["error"]["Message"]


class TestPeers:
    """Two endpoints on one machine: the kernel asks ours for the containers of both."""

    @contextmanager
    def listening(self, other: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
        """Serve ``other`` where its rule leads; yield what it is asked."""
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                asked.append(f"{self.command} {self.path}")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                passed = {"HTTP_X_MULTIDOCKER_PASSED_ON": self.headers[peers.PASSED_ON]}
                status, answer = other.ask(self.path, self.command, body, **passed)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_PUT = answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            self.rule(other, server.server_port, monkeypatch)
            yield asked
            server.shutdown()
            thread.join()

    def rule(self, other: Endpoint, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        rule = Redirection("run", other.ids.endpoint, "172.17.0.0/16", "127.0.0.1", port)
        monkeypatch.setattr(peers, "redirections", lambda: [rule])

    def test_what_another_endpoint_knows_is_asked_there(
        self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Endpoint(task_role_arn=ROLE)
        credentials = f"/v2/credentials/{other.ids.of_credentials(other.task)}"
        protection = f"/api/{other.web}/task-protection/v1/state"
        with self.listening(other, monkeypatch) as asked:
            assert endpoint.ask(f"/v4/{other.web}")[1]["Name"] == "web"
            assert endpoint.ask(credentials)[1]["RoleArn"] == ROLE
            status, body = endpoint.ask(protection, "PUT", TestProtection.ENABLE)
            assert (status, body["failure"]["Arn"]) == (200, ARN)
        assert asked == [f"GET /v4/{other.web}", f"GET {credentials}", f"PUT {protection}"]

    def test_our_own_containers_are_never_passed_on(
        self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with self.listening(Endpoint(), monkeypatch) as asked:
            assert endpoint.ask(f"/v4/{endpoint.web}")[0] == 200
            assert endpoint.ask(f"/v4/0-{endpoint.ids.endpoint}")[0] == 404
        assert asked == []

    def test_nothing_is_passed_on_twice(
        self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Endpoint()
        with self.listening(other, monkeypatch) as asked:
            passed = {"HTTP_X_MULTIDOCKER_PASSED_ON": "1"}
            assert endpoint.ask(f"/v4/{other.web}", **passed)[0] == 404
        assert asked == []

    def test_an_endpoint_that_is_gone_is_as_unknown_as_its_ids(
        self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = Endpoint()
        self.rule(other, 1, monkeypatch)
        assert endpoint.ask(f"/v4/{other.web}")[0] == 404


def test_ids_cannot_be_guessed_and_say_whose_they_are() -> None:
    ids = Ids()
    task = identity({"name": "a"})
    made = {ids.of_container(task, "a") for _ in range(100)}
    assert len(made) == 100
    assert all(len(each) == 36 and each.endswith(f"-{ids.endpoint}") for each in made)
