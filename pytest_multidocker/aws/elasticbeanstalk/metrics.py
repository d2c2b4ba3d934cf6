"""The requests of the last seconds: how many, with which status, and how fast."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

WINDOW = 10.0
"""Seconds that the figures are about, as with the health agent."""

_PERCENTILES = {
    "P999": 99.9,
    "P99": 99.0,
    "P95": 95.0,
    "P90": 90.0,
    "P85": 85.0,
    "P75": 75.0,
    "P50": 50.0,
    "P10": 10.0,
}


class Request(NamedTuple):
    """One request that was answered: when, with which status, and after how many seconds."""

    at: float
    target: str
    status: int
    seconds: float


class Metrics:
    """Keeps the requests of the window. Any thread may note and ask."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._lock = threading.Lock()

    def note(self, request: Request) -> None:
        """Add a request, and drop those that are too old."""
        with self._lock:
            self._requests.append(request)
            while self._requests and self._requests[0].at < request.at - WINDOW:
                self._requests.popleft()

    def describe(self, now: float, target: str | None = None) -> dict[str, Any]:
        """Return the API's ApplicationMetrics, of one target only if it is given."""
        with self._lock:
            requests = list(self._requests)
        return application_metrics(
            r for r in requests if r.at >= now - WINDOW and target in {None, r.target}
        )


def application_metrics(requests: Iterable[Request]) -> dict[str, Any]:
    """Return the API's ApplicationMetrics of these requests."""
    found = list(requests)
    metrics: dict[str, Any] = {"Duration": int(WINDOW), "RequestCount": len(found)}
    if found:
        codes = Counter(request.status // 100 for request in found)
        metrics["StatusCodes"] = {f"Status{c}xx": codes[c] for c in (2, 3, 4, 5)}
        seconds = sorted(request.seconds for request in found)
        metrics["Latency"] = {n: round(_percentile(seconds, p), 3) for n, p in _PERCENTILES.items()}
    return metrics


def _percentile(ordered: Sequence[float], percent: float) -> float:
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
