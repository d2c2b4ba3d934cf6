"""The events of Elastic Beanstalk, as DescribeEvents gives them: newest first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import invalid_value
from ..requests.pages import page

_SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_LEAST_STEP = timedelta(milliseconds=1)
"""The EB CLI asks for what came a millisecond after the last event that it has seen."""
_MOST_RECORDS = 1000


@dataclass(frozen=True)
class EventRecord:
    """One event; the members are those of the API's EventDescription."""

    date: datetime
    message: str
    severity: str
    application: str
    environment: str | None = None
    environment_id: str | None = None
    version: str | None = None
    request_id: str | None = None
    platform_arn: str | None = None

    def describe(self) -> dict[str, Any]:
        """Return the API's EventDescription."""
        described = {
            "EventDate": self.date,
            "Message": self.message,
            "ApplicationName": self.application,
            "VersionLabel": self.version,
            "EnvironmentName": self.environment,
            "PlatformArn": self.platform_arn,
            "RequestId": self.request_id,
            "Severity": self.severity,
        }
        return {name: value for name, value in described.items() if value is not None}


class Journal:
    """All events of one region; any thread may write and read.

    ``publish`` is told of each one too.
    """

    def __init__(self, publish: Callable[[EventRecord], None]) -> None:
        self._publish = publish
        self._events: list[EventRecord] = []
        self._lock = threading.Lock()

    def write(self, message: str, severity: str, application: str, **fields: Any) -> None:
        """Append an event with the time of now; no two have the same."""
        with self._lock:
            event = EventRecord(self._now(), message, severity, application, **fields)
            self._events.append(event)
        self._publish(event)

    def select(self, query: Mapping[str, Any]) -> tuple[list[EventRecord], str | None]:
        """Return the events that a DescribeEvents request asks for, and the token of the rest."""
        with self._lock:
            found = [event for event in reversed(self._events) if _matches(event, query)]
        most = query.get("MaxRecords") or _MOST_RECORDS
        return page(found, query.get("NextToken"), most, invalid_value)

    def _now(self) -> datetime:
        now = datetime.now(timezone.utc)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._events:
            now = max(now, self._events[-1].date + _LEAST_STEP)
        return now


_EXACT = {
    "ApplicationName": "application",
    "EnvironmentName": "environment",
    "EnvironmentId": "environment_id",
    "VersionLabel": "version",
    "RequestId": "request_id",
    "PlatformArn": "platform_arn",
}


def _matches(event: EventRecord, query: Mapping[str, Any]) -> bool:
    for member, attribute in _EXACT.items():
        if query.get(member) and getattr(event, attribute) != query[member]:
            return False
    least = query.get("Severity")
    if least and _SEVERITIES.index(event.severity) < _SEVERITIES.index(least):
        return False
    start, end = _time(query.get("StartTime")), _time(query.get("EndTime"))
    return (start is None or event.date >= start) and (end is None or event.date < end)


def _time(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value if value is None or value.tzinfo else value.replace(tzinfo=timezone.utc)
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
