"""What Docker measures of containers, at hand at any time.

An engine measures once a second, and a single request waits for the next time. So the stream of a
container is followed from the first time that somebody asks for it, as the agent follows all
(``agent/stats/container_linux.go`` of amazon-ecs-agent).
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient

_LOG = logging.getLogger(__name__)
_FIRST_TIMEOUT = 5.0  # seconds that the first measurement may take
_TIMEOUT = 30  # seconds until the next one
_NEVER = "0001-01-01"  # the time of a measurement that could not be made

Json = dict[str, Any]


class Stats:
    """The last measurements of the containers that somebody has asked for."""

    def __init__(self, client: DockerClient) -> None:
        self._client = client
        self._followed: dict[str, _Followed] = {}
        self._lock = threading.Lock()

    def of(self, docker_id: str) -> Json | None:
        """Return a running container's last measurement; ``None`` where there is none.

        It is Docker's, with ``network_rate_stats`` from the second measurement on. The first time
        takes up to a second.
        """
        with self._lock:
            followed = self._followed.get(docker_id)
            if followed is None or followed.ended:
                followed = self._followed[docker_id] = _Followed(self._client, docker_id)
        return followed.last()

    def close(self) -> None:
        """Follow no container any more."""
        with self._lock:
            for followed in self._followed.values():
                followed.close()
            self._followed.clear()


class _Followed:
    """One container's measurements, followed by a thread until it stops."""

    def __init__(self, client: DockerClient, docker_id: str) -> None:
        self._client = client
        self._id = docker_id
        self._last: Json | None = None
        self._changed = threading.Condition()
        self._response: Any = None
        self.ended = False
        threading.Thread(target=self._run, name=f"stats {docker_id[:12]}", daemon=True).start()

    def last(self) -> Json | None:
        with self._changed:
            self._changed.wait_for(lambda: self._last is not None or self.ended, _FIRST_TIMEOUT)
            return None if self.ended else self._last

    def close(self) -> None:
        self.ended = True
        with contextlib.suppress(Exception):  # a broken connection needs no closing
            self._response.close()

    def _run(self) -> None:
        try:
            self._follow()
        except Exception as error:  # noqa: BLE001 - whatever broke it, the next who asks begins anew
            _LOG.debug("the measurements of %s ended: %s", self._id, error)
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()
            self.close()

    def _follow(self) -> None:
        api = self._client.api
        # Docker waits for a container that does not run, however long.
        if not api.inspect_container(self._id)["State"]["Running"]:
            return
        url = f"{api.base_url}/v{api.api_version}/containers/{self._id}/stats"
        self._response = api.get(url, params={"stream": "1"}, stream=True, timeout=_TIMEOUT)
        for line in self._response.iter_lines():
            measured = json.loads(line)
            if self.ended or measured["read"].startswith(_NEVER):
                return
            with self._changed:
                self._last = with_rates(measured, self._last)
                self._changed.notify_all()


def with_rates(measured: Json, before: Mapping[str, Any] | None) -> Json:
    """Return a measurement with the bytes a second since the one before, over all interfaces."""
    if before is None or "networks" not in measured:
        return measured
    passed = (_time(measured["read"]) - _time(before["read"])).total_seconds()
    if passed <= 0:
        return measured
    rates = {
        f"{way}_bytes_per_sec": (_bytes(measured, way) - _bytes(before, way)) / passed
        for way in ("rx", "tx")
    }
    return {**measured, "network_rate_stats": rates}


def _bytes(measured: Mapping[str, Any], way: str) -> int:
    return sum(network[f"{way}_bytes"] for network in measured.get("networks", {}).values())


def _time(timestamp: str) -> datetime:
    """Return Docker's time, whose fraction of a second may have any number of digits."""
    whole, _, fraction = timestamp.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
