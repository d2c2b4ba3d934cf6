"""The endpoint itself: where it listens, how containers get there, and what tells them.

It listens on the gateway of Docker's bridge, at a port of its own: not the AWS API, only what a
container may know of itself. Where this machine lets us change its rules, containers reach it at
the agent's own address; else at the gateway's, which no AWS SDK takes credentials from. Containers
on the host's network reach it on loopback, as they would the agent.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from ...engine.bridge import default_bridge, runs_here
from ...engine.redirection import ADDRESS, Redirection, remove_unanswered
from ..guard import Guard
from ..wsgi import WsgiServer
from .app import MetadataApp
from .credentials import Assume, RoleCredentials
from .ids import Ids
from .stats import Stats
from .view import States, Tags, View

if TYPE_CHECKING:
    from docker import DockerClient

    from ...dockerrun.model import ContainerDefinition
    from ...engine.bridge import Bridge
    from ...engine.identity import TaskIdentity

_LOG = logging.getLogger(__name__)
_THREADS = 8
_LOOPBACK = "127.0.0.1"

_VARIABLES = {
    "ECS_CONTAINER_METADATA_URI": "v3",
    "ECS_CONTAINER_METADATA_URI_V4": "v4",
    "ECS_AGENT_URI": "api",
}


class MetadataEndpoint:
    """Tells containers of tasks about themselves, from :meth:`open` to :meth:`close`.

    ``assume`` assumes a task's role, ``tags`` gives the tags of a task and its instance.
    """

    def __init__(
        self,
        client: DockerClient,
        run_id: str,
        assume: Assume,
        tags: Tags = lambda _task: ({}, {}),
    ) -> None:
        self._client = client
        self._run_id = run_id
        self._ids = Ids()
        self._credentials = RoleCredentials(assume)
        self._tags = tags
        self._stats = Stats(client)
        self._listeners: list[WsgiServer] = []
        self._on_bridge = self._on_host = ""
        self._rule: Redirection | None = None
        self._tasks: set[str] = set()
        self._lock = threading.Lock()

    def open(self, states: States) -> None:
        """Begin to listen, if containers can reach us; ``states`` gives what the agent knows."""
        bridge = default_bridge(self._client) if runs_here(self._client) else None
        if bridge is None:
            _LOG.debug("no metadata for tasks: the Docker Engine is on another machine")
            return
        view = View(self._client, states, self._stats, self._tags)
        guard = Guard(networks=(bridge.subnet,), hosts=(bridge.gateway, ADDRESS))
        app = MetadataApp(self._ids, view, self._credentials, guard)
        try:
            for host in (bridge.gateway, _LOOPBACK):
                self._listeners.append(WsgiServer(host, 0, app, threads=_THREADS))
        except OSError as error:
            _LOG.debug("no metadata for tasks: cannot listen on %s: %s", bridge.gateway, error)
            return
        for listener in self._listeners:
            threading.Thread(target=listener.serve, name="metadata", daemon=True).start()
        on_bridge, on_host = (listener.port for listener in self._listeners)
        self._on_bridge = f"http://{bridge.gateway}:{on_bridge}"
        self._on_host = f"http://{_LOOPBACK}:{on_host}"
        self._redirect(bridge, on_bridge)

    def _redirect(self, bridge: Bridge, port: int) -> None:
        remove_unanswered()
        rule = Redirection(self._run_id, self._ids.endpoint, bridge.subnet, bridge.gateway, port)
        if rule.insert():
            self._rule = rule
        else:
            _LOG.debug("no credentials for tasks: %s is not ours to redirect", ADDRESS)

    def variables(self, task: TaskIdentity, container: ContainerDefinition) -> dict[str, str]:
        """Return the variables that tell a container of the task where to ask."""
        if not self._on_bridge:
            return {}
        self._take_up(task)
        url = self._url(task)
        container_id = self._ids.of_container(task, container.name)
        variables = {name: f"{url}/{path}/{container_id}" for name, path in _VARIABLES.items()}
        if task.definition.task_role_arn and url != self._on_bridge:
            path = f"/v2/credentials/{self._ids.of_credentials(task)}"
            if url == self._on_host:
                variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url + path
            else:
                variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = path
        return variables

    def _url(self, task: TaskIdentity) -> str:
        if task.definition.network_mode == "host":
            return self._on_host
        return f"http://{ADDRESS}" if self._rule is not None else self._on_bridge

    def _take_up(self, task: TaskIdentity) -> None:
        """See to it, once a task, that no rule of a killed emulator stands before ours."""
        with self._lock:
            known = task.arn in self._tasks
            self._tasks.add(task.arn)
        if not known and self._rule is not None:
            remove_unanswered()

    def forget(self, task_arn: str) -> None:
        """Answer nothing more about a task."""
        self._tasks.discard(task_arn)
        self._ids.forget(task_arn)
        self._credentials.forget(task_arn)

    def close(self) -> None:
        """Take our rule away, and stop listening: that takes up to half a second more."""
        if self._rule is not None:
            self._rule.remove()
        self._stats.close()
        for listener in self._listeners:
            threading.Thread(target=listener.stop, name="metadata", daemon=True).start()
