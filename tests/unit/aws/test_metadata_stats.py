"""What Docker measures of a container, on an engine that measures when it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

from pytest_multidocker.aws.metadata.stats import Stats, with_rates


def measured(second: float, received: int = 0, sent: int = 0) -> dict[str, Any]:
    networks = {
        "eth0": {"rx_bytes": received, "tx_bytes": sent},
        "eth1": {"rx_bytes": 1, "tx_bytes": 1},
    }
    return {"read": f"2026-01-02T03:04:{second:012.9f}Z", "networks": networks}


class Engine:
    """Stands for docker-py's client; ``streams`` are what it sends, one after the other.

    A stream that ends in None is cut there; any other goes on, and sends nothing more.
    """

    base_url, api_version = "http+docker://localhost", "1.41"

    def __init__(self, *streams: list[dict[str, Any] | None], running: bool = True) -> None:
        self.running = running
        self.asked: list[str] = []
        self._streams = list(streams)
        self.api = self

    def inspect_container(self, _docker_id: str) -> Any:
        return {"State": {"Running": self.running}}

    def get(self, url: str, **_options: Any) -> Any:
        self.asked.append(url)
        stream, closed = self._streams.pop(0), threading.Event()
        return SimpleNamespace(iter_lines=lambda: _lines(stream, closed), close=closed.set)


def _lines(stream: list[dict[str, Any] | None], closed: threading.Event) -> Iterator[bytes]:
    for line in stream:
        if line is None:
            return
        yield json.dumps(line).encode()
    assert closed.wait(60)


def test_a_container_is_followed_from_the_first_question_on() -> None:
    engine = Engine([measured(1)])
    stats = Stats(cast(Any, engine))
    assert stats.of("d0c") == measured(1)
    assert stats.of("d0c") == measured(1)
    assert engine.asked == ["http+docker://localhost/v1.41/containers/d0c/stats"]
    stats.close()


def test_a_container_that_does_not_run_is_not_followed() -> None:
    engine = Engine(running=False)
    assert Stats(cast(Any, engine)).of("d0c") is None
    assert engine.asked == []


def test_when_a_container_stops_its_measurements_end() -> None:
    assert Stats(cast(Any, Engine([{"read": "0001-01-01T00:00:00Z"}]))).of("d0c") is None


def test_a_stream_that_is_cut_is_taken_up_by_the_next_who_asks() -> None:
    engine = Engine([None], [measured(2)])
    stats = Stats(cast(Any, engine))
    assert stats.of("d0c") is None
    assert stats.of("d0c") == measured(2)
    stats.close()


def test_rates_are_over_all_interfaces_and_the_time_between() -> None:
    before = measured(1, received=100, sent=10)
    after = with_rates(measured(3, received=300, sent=10), before)
    assert after["network_rate_stats"] == {"rx_bytes_per_sec": 100.0, "tx_bytes_per_sec": 0.0}


def test_a_first_measurement_has_no_rate() -> None:
    assert "network_rate_stats" not in with_rates(measured(1), None)
    assert "network_rate_stats" not in with_rates(measured(1), measured(1))
    assert "network_rate_stats" not in with_rates({"read": "2026-01-02T03:04:05Z"}, measured(1))
