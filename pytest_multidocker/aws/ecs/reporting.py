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
from ...ecs.status import ContainerStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...engine.identity import TaskIdentity

_LOG = logging.getLogger(__name__)

Report = ReportContainer | ReportTask


class Reporter:
    """Sends reports with SubmitContainerStateChange and SubmitTaskStateChange.

    ``connect`` makes the boto3 client, on the sending thread and when there is something to send.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._client: Any = None
        self._reports: queue.SimpleQueue[tuple[TaskIdentity, Report] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="agent-reports", daemon=True)
        self._thread.start()

    def send(self, task: TaskIdentity, report: Report) -> None:
        """Put the report behind those that wait; returns at once."""
        self._reports.put((task, report))

    def close(self, timeout: float = 5.0) -> None:
        """Send what waits, for at most ``timeout`` seconds, then stop."""
        self._reports.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (entry := self._reports.get()) is not None:
            self._submit(*entry)

    def _submit(self, task: TaskIdentity, report: Report) -> None:
        try:
            self._client = self._client or self._connect()
            if isinstance(report, ReportContainer):
                self._client.submit_container_state_change(**container_request(task, report))
            else:
                self._client.submit_task_state_change(**task_request(task, report))
        except Exception:  # noqa: BLE001 - one report lost must not silence all that follow
            _LOG.exception("a report of the agent was lost")


def container_request(task: TaskIdentity, report: ReportContainer) -> dict[str, Any]:
    """Return the SubmitContainerStateChange request of a report."""
    request: dict[str, Any] = {
        "cluster": task.cluster,
        "task": task.arn,
        "containerName": report.container,
        "status": ContainerStatus(report.status).reported,
        "runtimeId": report.runtime_id,
        "exitCode": report.exit_code,
        "reason": report.reason,
        "networkBindings": [
            {
                "bindIP": binding.bind_ip,
                "containerPort": binding.container_port,
                "hostPort": binding.host_port,
                "protocol": binding.protocol,
            }
            for binding in report.bindings
        ],
    }
    return {name: value for name, value in request.items() if value is not None}


def task_request(task: TaskIdentity, report: ReportTask) -> dict[str, Any]:
    """Return the SubmitTaskStateChange request of a report."""
    request: dict[str, Any] = {
        "cluster": task.cluster,
        "task": task.arn,
        "status": report.status.reported,
        "reason": report.reason,
    }
    if report.execution_stopped_at is not None:
        stopped = datetime.fromtimestamp(report.execution_stopped_at, timezone.utc)
        request["executionStoppedAt"] = stopped
    return request
