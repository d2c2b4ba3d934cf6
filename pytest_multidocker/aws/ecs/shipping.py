"""Ships the output of containers with the log driver ``awslogs`` to CloudWatch Logs.

Docker's own driver would need AWS's credentials in its daemon. Here Docker keeps the output, so
that ``docker logs`` has it as well, and it is read from there as it is written.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

from ...ecs.actions import ReportContainer, ReportTask
from ...ecs.log_streams import LogStream, log_stream
from ...ecs.status import ContainerStatus
from ...engine.troubles import TROUBLES

if TYPE_CHECKING:
    from docker import DockerClient

    from ...engine.identity import TaskIdentity

_LOG = logging.getLogger(__name__)
_TOGETHER = 0.2  # seconds for which lines are collected before they are sent
_MOST = 1000  # lines that are sent together
_AGAIN = 0.5  # seconds between looks at a container that may be started again
_THERE = {"ResourceAlreadyExistsException"}

Connect = Callable[[str, str], Any]
"""Returns a boto3 client, of a service and a region."""
_Line = tuple[LogStream, int, str]


class LogShipper:
    """Follows the containers that log to CloudWatch, from the first report of each to its last."""

    def __init__(self, client: DockerClient, connect: Connect) -> None:
        self._client = client
        self._connect: Connect = cache(connect)
        self._lines: queue.SimpleQueue[_Line | None] = queue.SimpleQueue()
        self._ends: dict[str, threading.Event] = {}
        self._made: set[LogStream] = set()
        self._sender: threading.Thread | None = None

    def heed(self, task: TaskIdentity, report: ReportContainer | ReportTask) -> None:
        """Begin to follow a container, or note its end. Returns at once; called one by one."""
        if not isinstance(report, ReportContainer) or report.runtime_id is None:
            return
        runtime_id = report.runtime_id
        if runtime_id not in self._ends:
            task_id = task.arn.rpartition("/")[2]
            stream = log_stream(
                task.definition.container(report.container),
                task_id=task_id,
                runtime_id=runtime_id,
                region=task.region,
            )
            if stream is None:
                return
            end = self._ends[runtime_id] = threading.Event()
            self._start(self._follow, runtime_id, stream, end)
        if report.status is ContainerStatus.STOPPED:
            self._ends[runtime_id].set()

    def close(self) -> None:
        """Follow and send nothing more."""
        for end in list(self._ends.values()):
            end.set()
        self._lines.put(None)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        if self._sender is None:
            self._sender = threading.Thread(target=self._send_all, name="logs", daemon=True)
            self._sender.start()
        threading.Thread(target=work, args=arguments, name="log", daemon=True).start()

    # --- reading ----------------------------------------------------------------------------

    def _follow(self, runtime_id: str, stream: LogStream, end: threading.Event) -> None:
        """Read what a container writes until it has stopped for good: it may be started again."""
        since = 0.0
        while True:
            is_last = end.is_set()
            try:
                for written, line in self._read(runtime_id, since):
                    self._lines.put((stream, int(written * 1000), line))
                    since = written
            except NotFound:
                break
            except TROUBLES as error:  # the daemon is away, say
                _LOG.info("the log of %s cannot be read: %s", runtime_id, error)
            if is_last:
                break
            end.wait(_AGAIN)
        self._ends.pop(runtime_id, None)

    def _read(self, runtime_id: str, since: float) -> Iterator[tuple[float, str]]:
        """Yield the lines after a time, and when they were written, until the container stops."""
        output: Any = self._client.api.logs(
            runtime_id, stream=True, follow=True, timestamps=True, since=since or None
        )
        rest = b""
        try:
            for chunk in output:
                *lines, rest = (rest + chunk).split(b"\n")
                yield from _later(since, lines)
            if rest:
                yield from _later(since, [rest])
        finally:
            output._response.close()  # the stream's own close() leaves the socket open

    # --- sending ----------------------------------------------------------------------------

    def _send_all(self) -> None:
        while (first := self._lines.get()) is not None:
            batches: dict[LogStream, list[dict[str, Any]]] = defaultdict(list)
            for stream, timestamp, message in self._collect(first):
                batches[stream].append({"timestamp": timestamp, "message": message})
            for stream, events in batches.items():
                self._send(stream, events)

    def _collect(self, first: _Line) -> Iterator[_Line]:
        yield first
        deadline = time.monotonic() + _TOGETHER
        for _ in range(_MOST):
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if line is None:
                self._lines.put(None)
                return
            yield line

    def _send(self, stream: LogStream, events: list[dict[str, Any]]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._put(stream, events)
        except (BotoCoreError, ClientError) as error:
            if stream in self._made:  # a reset of moto's has taken it away, say
                self._made.discard(stream)
                self._send(stream, events)
            else:
                _LOG.warning("%s lines for %s are lost: %s", len(events), stream, error)

    def _put(self, stream: LogStream, events: list[dict[str, Any]]) -> None:
        where = {"logGroupName": stream.group, "logStreamName": stream.name}
        logs = self._connect("logs", stream.region)
        if stream not in self._made:
            _make(logs.create_log_group, logGroupName=stream.group)
            _make(logs.create_log_stream, **where)
        logs.put_log_events(**where, logEvents=sorted(events, key=lambda e: e["timestamp"]))
        self._made.add(stream)


def _make(create: Callable[..., Any], **names: str) -> None:
    from botocore.exceptions import ClientError

    try:
        create(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _THERE:
            raise


def _later(since: float, lines: Iterable[bytes]) -> Iterator[tuple[float, str]]:
    return filter(lambda found: found[0] > since, map(_parse, lines))


def _parse(line: bytes) -> tuple[float, str]:
    """Return when a line was written, in seconds since 1970, and its text."""
    stamp, _, text = line.decode(errors="replace").partition(" ")
    seconds, _, fraction = stamp.rstrip("Z").partition(".")
    if not seconds:
        return 0.0, ""
    written = datetime.fromisoformat(f"{seconds}+00:00").timestamp()
    return written + float(f"0.{fraction or 0}"), text.rstrip("\r")
