"""The agent's reports, sent through the ECS API as the real agent sends them.

One thread sends them in the order in which they were made. Nothing of the emulator is reached
around the API, so that the same agent could serve another control plane.
"""

from __future__ import annotations

import logging
import queue
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ...ecs.actions import ReportContainer, ReportTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...engine.identity import TaskIdentity

_LOG = logging.getLogger(__name__)

Report = ReportContainer | ReportTask


class Reporter:
    """Sends reports with SubmitContainerStateChange and SubmitTaskStateChange.

    ``connect`` makes the boto3 client of a region, on the sending thread. ``measured`` is told of a
    container's health, for which the API has no operation: with the task, the container's name and
    HEALTHY, UNHEALTHY or UNKNOWN.
    """

    def __init__(
        self,
        connect: Callable[[str], Any],
        measured: Callable[[TaskIdentity, str, str], None] = lambda *_: None,
    ) -> None:
        self._connect = connect
        self._measured = measured
        self._clients: dict[str, Any] = {}
        self._reports: queue.SimpleQueue[tuple[TaskIdentity, Report] | str | None]
        self._reports = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="agent-reports", daemon=True)
        self._thread.start()

    def send(self, task: TaskIdentity, report: Report) -> None:
        """Put the report behind those that wait; returns at once."""
        self._reports.put((task, report))

    def prepare(self, region: str) -> None:
        """Make the client of a region in good time: that takes a few hundred milliseconds."""
        self._reports.put(region)

    def close(self, timeout: float = 5.0) -> None:
        """Send what waits, for at most ``timeout`` seconds, then stop."""
        self._reports.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (entry := self._reports.get()) is not None:
            self._handle(entry)

    def _handle(self, entry: tuple[TaskIdentity, Report] | str) -> None:
        from botocore.exceptions import ClientError

        try:
            if isinstance(entry, str):
                self._client(entry)
            else:
                self._submit(*entry)
        except ClientError as error:  # as after a reset, of a task that is known no more
            _LOG.warning("a report of the agent was refused: %s", error)
        except Exception:  # noqa: BLE001 - one report lost must not silence all that follow
            _LOG.exception("a report of the agent was lost")

    def _submit(self, task: TaskIdentity, report: Report) -> None:
        client = self._client(task.arn.split(":")[3])
        if isinstance(report, ReportTask):
            client.submit_task_state_change(**task_request(task, report))
            return
        client.submit_container_state_change(**container_request(task, report))
        if report.health is not None:
            self._measured(task, report.container, report.health)

    def _client(self, region: str) -> Any:
        if region not in self._clients:
            self._clients[region] = self._connect(region)
        return self._clients[region]


def container_request(task: TaskIdentity, report: ReportContainer) -> dict[str, Any]:
    """Return the SubmitContainerStateChange request of a report."""
    return {"cluster": task.cluster, "task": task.arn, **_change(report)}


def _change(report: ReportContainer) -> dict[str, Any]:
    change: dict[str, Any] = {
        "containerName": report.container,
        "status": report.status.reported,
        "runtimeId": report.runtime_id,
        "exitCode": report.exit_code,
        "reason": report.reason,
        "networkBindings": [binding.members() for binding in report.bindings],
    }
    return {name: value for name, value in change.items() if value is not None}


def task_request(task: TaskIdentity, report: ReportTask) -> dict[str, Any]:
    """Return the SubmitTaskStateChange request of a report."""
    request: dict[str, Any] = {
        "cluster": task.cluster,
        "task": task.arn,
        "status": report.status.reported,
        "reason": report.reason,
        "pullStartedAt": _time(report.pull_started_at),
        "pullStoppedAt": _time(report.pull_stopped_at),
        "executionStoppedAt": _time(report.execution_stopped_at),
        "containers": [{**_change(c), "imageDigest": c.image_digest} for c in report.containers],
    }
    return {name: value for name, value in request.items() if value not in (None, [])}


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
