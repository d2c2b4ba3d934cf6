"""Follows the emulator's events and has the databases' doors opened and closed by them.

A container is looked at when it comes to run, a database when it comes up, and all of them again
when a security group has changed. Only tasks whose container instance is an EC2 instance have
security groups at all; those that `RunTask` starts on an instance of ours alone have none.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pytest_multidocker.engine.observation import bridge_address

from ..events import REFUSED
from .changes import announce_changes
from .door import Door
from .groups import refusal
from .surroundings import Instance, Surroundings

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..endpoints import Endpoint
    from ..events import Event

_LOG = logging.getLogger(__name__)

_CLOSE_TIMEOUT = 5.0  # seconds

CHANGED = "security.changed"
"""The event that says that a security group, or who is in it, has changed."""


@dataclass(frozen=True)
class _Caller:
    """A container that runs: its address, where its task has been placed, and what it was told.

    ``told`` is its environment and its command.
    """

    address: str
    task: str
    container_instance: str
    told: str


class Gatekeeper:
    """Keeps containers out of databases where no security group lets their instance in."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._surroundings = Surroundings(emulator)
        self._callers: dict[str, _Caller] = {}
        self._instances: dict[str, Instance | None] = {}
        self._doors: dict[str, Door] = {}
        self._told: set[tuple[str, str, str]] = set()
        self._thread = threading.Thread(target=self._follow, name="security", daemon=True)

    name = "security"

    def install(self) -> None:
        """Learn of changes of the groups, and begin to follow the events."""
        announce_changes(self._emulator, CHANGED)
        self._thread.start()

    def close(self) -> None:
        """Wait until no helper can be made any more; they go with the run.

        The event of the emulator's end has woken the thread.
        """
        self._thread.join(_CLOSE_TIMEOUT)

    def _follow(self) -> None:
        for event in self._emulator.events.follow():
            if self._emulator.closing.is_set():
                return
            if event is None:
                continue
            try:
                self._heed(event)
            except Exception:  # noqa: BLE001 - whatever it was, the next event must be heeded
                if not self._emulator.closing.is_set():
                    _LOG.exception("the security groups could not be heeded")

    def _heed(self, event: Event) -> None:
        if event.kind == "task":
            self._note(event.data)
        elif event.kind == "database.available":
            self._review(self._callers)
        elif event.kind in {"database.failed", "database.deleted"}:
            self._forget_doors()
        elif event.kind == CHANGED:
            self._instances.clear()
            self._review(self._callers)

    def _note(self, task: Mapping[str, Any]) -> None:
        """Take over which of the task's containers run."""
        arn, instance = task["taskArn"], task["containerInstanceArn"]
        for container in task["containers"]:
            runtime_id = container["runtimeId"]
            if container["lastStatus"] == "STOPPED" and runtime_id in self._callers:
                self._let_go(self._callers.pop(runtime_id))
            elif container["lastStatus"] == "RUNNING" and runtime_id not in self._callers:
                self._let_in(runtime_id, arn, instance)

    def _let_in(self, runtime_id: str, task: str, container_instance: str) -> None:
        if self._instance(container_instance) is None:
            return
        inspected = self._inspect(runtime_id)
        if inspected is not None and (address := bridge_address(inspected)):
            config = inspected["Config"]
            words = (config.get(of) or () for of in ("Env", "Entrypoint", "Cmd"))
            told = "\n".join(chain.from_iterable(words))
            caller = _Caller(address, task, container_instance, told)
            self._callers[runtime_id] = caller
            self._review({runtime_id: caller})

    def _review(self, callers: Mapping[str, _Caller]) -> None:
        for caller in callers.values():
            if (instance := self._instance(caller.container_instance)) is not None:
                for endpoint in self._emulator.endpoints.all():
                    self._decide(caller, instance, endpoint)

    def _decide(self, caller: _Caller, instance: Instance, endpoint: Endpoint) -> None:
        region = caller.container_instance.split(":")[3]
        groups = self._surroundings.groups_of(endpoint.kind, endpoint.id, region)
        why = refusal(endpoint.id, endpoint.port, groups, instance.groups, instance.address)
        if why is None:
            if endpoint.container_id in self._doors:
                self._doors[endpoint.container_id].open(caller.address)
            return
        if endpoint.address in caller.told:  # else it has nothing to do with it, as far as is known
            self._tell(caller, endpoint, why)  # first: to close a door may take a second
        self._close(endpoint.container_id, caller.address)

    def _close(self, database: str, address: str) -> None:
        from docker.errors import APIError

        if database not in self._doors:
            self._doors[database] = Door(self._emulator.docker(), self._emulator.run, database)
        try:
            self._doors[database].close(address)
        except APIError:
            # One that has gone meanwhile needs no door, and must not leave those of others open.
            if any(each.container_id == database for each in self._emulator.endpoints.all()):
                raise

    def _tell(self, caller: _Caller, endpoint: Endpoint, why: str) -> None:
        """Say so once for a task and a database, and again where the reason has become another."""
        key = (caller.task, endpoint.id, why)
        if key not in self._told:
            self._told.add(key)
            self._emulator.events.publish(
                REFUSED,
                taskArn=caller.task,
                containerInstanceArn=caller.container_instance,
                database=endpoint.id,
                why=why,
            )

    def _instance(self, arn: str) -> Instance | None:
        if arn not in self._instances:
            self._instances[arn] = self._surroundings.instance(arn)
        return self._instances[arn]

    def _inspect(self, runtime_id: str) -> Mapping[str, Any] | None:
        from docker.errors import APIError

        try:
            inspected: dict[str, Any] = self._emulator.docker().api.inspect_container(runtime_id)
        except APIError:  # it has gone meanwhile
            return None
        return inspected

    def _let_go(self, caller: _Caller) -> None:
        """Open all doors to the address: the next container that gets it is another's."""
        from docker.errors import APIError

        for door in self._doors.values():
            with contextlib.suppress(APIError):  # its database is going
                door.open(caller.address)

    def _forget_doors(self) -> None:
        alive = {endpoint.container_id for endpoint in self._emulator.endpoints.all()}
        for container_id in self._doors.keys() - alive:
            self._doors.pop(container_id).remove()
