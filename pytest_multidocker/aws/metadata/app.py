"""The paths of the task metadata endpoint, and what each answers: a WSGI app.

Source: ``agent/handlers/task_server_setup.go`` and ``ecs-agent/tmds/handlers`` of amazon-ecs-agent,
the words of its errors among them. Its version 2 is not here: that knows containers by addresses
which they have only with the network mode ``awsvpc``.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .peers import Answer, body_of, pass_on
from .protection import protection
from .shapes import V3, V4

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

    from ..guard import Guard
    from .credentials import RoleCredentials
    from .ids import Asker, Ids
    from .view import View

_LOG = logging.getLogger(__name__)

Result = tuple[int, Any]
"""The HTTP status and what is put into JSON."""

_NO_CONTAINER = "unable to get container ID from request: unable to get docker ID from"
_NO_TASK = "unable to get task arn from request: unable to get task Arn from"


class MetadataApp:
    """Answers containers that ask by an id of theirs; what other endpoints know is asked there."""

    def __init__(self, ids: Ids, view: View, credentials: RoleCredentials, guard: Guard) -> None:
        self._ids = ids
        self._view = view
        self._credentials = credentials
        self._guard = guard
        self._routes: tuple[tuple[re.Pattern[str], Callable[..., Result]], ...] = (
            (re.compile("/v([34])/([^/]*)"), self._container),
            (re.compile("/v([34])/([^/]*)/task(WithTags)?"), self._task),
            (re.compile("/v([34])/([^/]*)/stats"), self._container_stats),
            (re.compile("/v([34])/([^/]*)/task/stats"), self._task_stats),
            (re.compile("/v(2)/credentials/([^/]*)"), self._role),
            (re.compile("/(api)/([^/]*)/task-protection/v1/state"), self._protection),
        )

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI has it."""
        answer = self._answer(environ)
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start(status, [("Content-Type", answer.content_type)])
        return [answer.body]

    def _answer(self, environ: Mapping[str, Any]) -> Answer:
        if (reason := self._guard.reason_to_refuse(environ)) is not None:
            return _json(403, reason)
        for pattern, answer in self._routes:
            if (found := pattern.fullmatch(environ["PATH_INFO"])) is None:
                continue
            kind, asked_by, *rest = found.groups()
            if not self._is_ours(asked_by) and (other := pass_on(asked_by, environ)) is not None:
                return other
            if kind == "api":
                return _json(*answer(asked_by, environ))
            return _json(*answer(int(kind), asked_by, *rest))
        return Answer(404, "text/plain", b"404 page not found\n")

    def _is_ours(self, asked_by: str) -> bool:
        return asked_by.endswith(f"-{self._ids.endpoint}")

    def _container(self, version: int, asked_by: str) -> Result:
        asker = self._ids.asker(asked_by)
        response = None if asker is None else self._view.container(asker, version)
        if response is None:
            return _unknown(version, "container metadata", _NO_CONTAINER, asked_by)
        return 200, response

    def _task(self, version: int, asked_by: str, tags: str | None) -> Result:
        asker = self._ids.asker(asked_by)
        response = None
        if asker is not None:
            response = self._view.task(asker, version, tags=tags is not None)
        if response is None:
            return _unknown(version, "task metadata", _NO_TASK, asked_by)
        return 200, response

    def _container_stats(self, version: int, asked_by: str) -> Result:
        asker = self._ids.asker(asked_by)
        if asker is None:
            return _unknown(version, "container stats", _NO_TASK, asked_by, of_version_3=400)
        if (docker_id := self._view.docker_id(asker)) is None:
            return _unknown(version, "container stats", _NO_CONTAINER, asked_by, of_version_3=400)
        if (stats := self._view.container_stats(docker_id)) is None:
            status = 400 if version == V3 else 500
            return status, f"Unable to get container stats for: {docker_id}"
        return 200, _of_version(version, stats)

    def _task_stats(self, version: int, asked_by: str) -> Result:
        asker = self._ids.asker(asked_by)
        if asker is None:
            return _unknown(version, "task stats", _NO_TASK, asked_by, of_version_3=400)
        stats = self._view.task_stats(asker)
        return 200, {docker_id: _of_version(version, each) for docker_id, each in stats.items()}

    def _role(self, version: int, asked_by: str) -> Result:
        prefix = f"CredentialsV{version}Request: "
        if not asked_by:
            return _refused(400, "NoIdInRequest", f"{prefix}No Credential ID in the request")
        if (task := self._ids.owner(asked_by)) is None:
            return _refused(400, "InvalidIdInRequest", f"{prefix}Credentials not found")
        try:
            return 200, self._credentials.of(task)
        except Exception:  # noqa: BLE001 - whatever STS says, the container gets the agent's words
            _LOG.exception("the role of %s cannot be assumed", task.arn)
            return _refused(500, "InternalServerError", "Internal server error")

    def _protection(self, asked_by: str, environ: Mapping[str, Any]) -> Result:
        asker: Asker | None = self._ids.asker(asked_by)
        task = None if asker is None else asker.task
        return protection(environ["REQUEST_METHOD"], body_of(environ), task)


def _of_version(version: int, stats: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return measurements as a version has them: only the fourth says what the network does."""
    if version == V4:
        return stats or {}
    return stats and {name: value for name, value in stats.items() if name != "network_rate_stats"}


def _unknown(version: int, what: str, why: str, asked_by: str, of_version_3: int = 500) -> Result:
    status = of_version_3 if version == V3 else 404
    return status, f"V{version} {what} handler: {why} v3 endpoint ID: {asked_by}"


def _refused(status: int, code: str, message: str) -> Result:
    return status, {"code": code, "message": message, "HTTPErrorCode": status}


def _json(status: int, body: Any) -> Answer:
    return Answer(status, "application/json", json.dumps(body).encode())
