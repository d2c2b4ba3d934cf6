"""How soon the other containers of a task get SIGTERM when an essential one has crashed.

Run ``python benchmarks/crash.py`` where multidocker is installed and a Docker Engine answers, or
``tox -e benchmarks``. A task of one essential container and three others is started 50 times, by
the emulator as a test has it, and the essential one is killed. Both ends are Docker's own
timestamps: of its ``die`` event, and of its ``kill`` events with signal 15, which it writes as soon
as the signal has been sent. What is shown is thus a little more than the time to its arrival.

The yardstick, in the same rounds: a thread that reads Docker's events and, at the death, asks
Docker to stop three containers at once. It knows no task, no order and no reason.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker import DockerClient

from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.status import connect, read_status
from pytest_multidocker.stack.stack import Stack, StackOptions

OTHERS = ("api", "cache", "job")
LABEL = "io.multidocker.benchmark"
TIMEOUT = 30  # seconds until all containers of a round must have been signalled
TERM = {str(int(signal.SIGTERM)), "SIGTERM", "TERM"}


class Events:
    """When Docker's containers have died and been signalled, by Docker's clock, in nanoseconds."""

    def __init__(self, client: DockerClient) -> None:
        self.died: dict[str, int] = {}
        self.signalled: dict[str, int] = {}
        self.on_death: Callable[[str], None] = lambda _id: None
        self._changed = threading.Condition()
        filters = {"type": "container", "event": ["die", "kill"]}
        self._stream: Any = client.api.events(decode=True, filters=filters)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        for event in self._stream:
            runtime_id, action = event["id"], event["Action"]
            if action == "die":
                self.on_death(runtime_id)
            with self._changed:
                if action == "die":
                    self.died[runtime_id] = event["timeNano"]
                elif event["Actor"]["Attributes"].get("signal") in TERM:
                    self.signalled.setdefault(runtime_id, event["timeNano"])
                self._changed.notify_all()

    def latencies(self, dead: str, others: list[str]) -> list[float]:
        """Return how many milliseconds after the death each of the others got SIGTERM."""

        def done() -> bool:
            return dead in self.died and all(other in self.signalled for other in others)

        with self._changed:
            if not self._changed.wait_for(done, TIMEOUT):
                raise SystemExit(f"Not all containers were signalled within {TIMEOUT} s.")
            return [(self.signalled[other] - self.died[dead]) / 1e6 for other in others]

    def close(self) -> None:
        self._stream.close()


def dockerrun(image: str) -> str:
    containers = [
        {"name": name, "image": image, "memory": 16, "essential": name == "web", "stopTimeout": 2}
        for name in ("web", *OTHERS)
    ]
    return json.dumps({"AWSEBDockerrunVersion": 2, "containerDefinitions": containers})


def by_agent(stack: Stack, events: Events) -> list[float]:
    """Return the latencies of one crash under the agent."""
    task = stack.new_task()
    ids = {name: task.runtime_id(name) for name in task.containers}
    task.kill("web")
    try:
        return events.latencies(ids["web"], [ids[name] for name in OTHERS])
    finally:
        task.wait_stopped()
        stack.end_test()


def by_hand(client: DockerClient, image: str, events: Events) -> list[float]:
    """Return the latencies of one crash where a thread stops the others as fast as it can."""
    labels = {LABEL: ""}
    made = [client.containers.run(image, detach=True, labels=labels) for _ in range(4)]
    dead, *others = [str(container.id) for container in made]

    def stop_others(runtime_id: str) -> None:
        if runtime_id == dead:
            for other in others:
                threading.Thread(target=client.api.stop, args=(other, 2), daemon=True).start()

    events.on_death = stop_others
    try:
        client.api.kill(dead)
        return events.latencies(dead, others)
    finally:
        events.on_death = lambda _id: None
        for container in made:
            container.remove(force=True)


@contextmanager
def started(file: Path) -> Iterator[Stack]:
    stack = Stack(StackOptions(file))
    try:
        yield stack
    finally:
        stack.close()


def measure(rounds: int) -> dict[str, list[float]]:
    client = connect()
    image = probe_image(client)
    print(f"Docker {read_status(client).version}, {rounds} rounds of {len(OTHERS)} containers")
    seen: dict[str, list[float]] = {"agent": [], "by hand": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Dockerrun.aws.json"
        file.write_text(dockerrun(image), encoding="utf-8")
        with started(file) as stack:
            by_agent(stack, events := Events(client))  # the first time everything is cold
            for _ in range(rounds):
                seen["agent"] += by_agent(stack, events)
                seen["by hand"] += by_hand(client, image, events)
            events.close()
    client.close()
    return seen


def show(seen: dict[str, list[float]]) -> None:
    print(f"{'die to SIGTERM':<20} {'median':>8} {'95 %':>8} {'longest':>8}")
    for name, times in seen.items():
        ordered = sorted(times)
        percentile = statistics.quantiles(ordered, n=20, method="inclusive")[-1]
        row = (statistics.median(ordered), percentile, ordered[-1])
        print(f"{name:<20}", *(f"{value:5.1f} ms" for value in row))
    agent, hand = (statistics.median(seen[name]) for name in ("agent", "by hand"))
    print(f"ratio of the medians {agent / hand:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the stop of a task after a crash.")
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    began = time.monotonic()
    show(measure(rounds))
    print(f"in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
