"""A real database behind a managed one: a testcontainers container and the thread that tends it.

The thread starts the container, waits until the database answers, and then for its end. A container
that exits ends the wait at once, with its exit code and its last words.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_multidocker.engine.observation import bridge_address
from pytest_multidocker.engine.sweep import remove_container
from pytest_multidocker.errors import MultidockerError

from .endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from testcontainers.core.container import DockerContainer

    from .emulator import Emulator

_LOG = logging.getLogger(__name__)
_START_TIMEOUT = 90.0  # seconds
_POLL_INTERVAL = 0.05  # seconds: no engine tells when a database answers
_CLOSE_TIMEOUT = 5.0  # seconds
_LOG_LINES = 15

Status = Literal["creating", "available", "failed", "deleting"]


class DatabaseFailed(MultidockerError):  # noqa: N818 - says what is the case, as httpx names do
    """The database did not come up, or is gone; the text says why."""


class _Cancelled(Exception):  # noqa: N818 - not an error: somebody deleted the database meanwhile
    pass


@dataclass(frozen=True)
class DatabaseSpec:
    """What is to run: `build` makes the container of an image, `answers` asks whether it is up.

    `engine` is `postgres` or `redis`; all of `addresses` lead to it, at `port`.
    """

    id: str
    engine: str
    addresses: tuple[str, ...]
    port: int
    version: str
    build: Callable[[str], DockerContainer]
    answers: Callable[[Any], bool]


class ManagedDatabase:
    """One managed database. `start` it once; `delete` ends it.

    `status` is AWS's word for its state, `cause` why it failed. `on_deleted` is called once a
    deleted database's container is gone.
    """

    def __init__(
        self, emulator: Emulator, spec: DatabaseSpec, on_deleted: Callable[[], None]
    ) -> None:
        self.spec = spec
        self.status: Status = "creating"
        self.cause = ""
        self._emulator = emulator
        self._on_deleted = on_deleted
        self._container: DockerContainer | None = None
        self._delete = threading.Event()
        self._is_up = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._live, name=f"db {spec.id}", daemon=True)

    def start(self) -> None:
        """Begin to start the database; the event `database.available` or `.failed` ends it."""
        self._publish("creating")
        self._thread.start()

    def delete(self) -> None:
        """Begin to remove the database; the event `database.deleted` tells the end."""
        with self._lock:
            was_failed, self.status = self.status == "failed", "deleting"
            self._delete.set()
        self._withdraw()
        if was_failed:  # its thread has ended and its container is gone
            self._finish_deletion()
        elif self._is_up:
            self._kill()

    def close(self) -> None:
        """End a start that is under way, and return when nothing can be created any more."""
        self._delete.set()
        if not self._is_up and self._thread.is_alive():
            self._thread.join(_CLOSE_TIMEOUT)

    def _live(self) -> None:
        try:
            self._start()
            self._become_available()
            self._fail(self._wait_for_exit())
        except _Cancelled:
            self._remove()
            self._finish_deletion()
        except MultidockerError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, clients wait for this database
            _LOG.exception("database %s failed", self.spec.id)
            self._fail(f"{type(error).__name__}: {error}")

    def _start(self) -> None:
        from pytest_multidocker.engine.images import managed_image
        from pytest_multidocker.engine.testcontainers_config import LOOPBACK, configure

        client, spec = self._emulator.docker(), self.spec
        configured = self._emulator.options.database_image(spec.engine, spec.id)
        image = managed_image(client, spec.engine, spec.version, configured=configured)
        local = configure(client)
        container = spec.build(image)
        name = f"multidocker-{self._emulator.run.id}-{spec.id}-{secrets.token_hex(3)}"
        container.with_name(name)
        container.with_kwargs(labels=self._emulator.run.labels, network="bridge")
        if local:  # nobody else on the network needs a database of known password
            container.ports[str(spec.port)] = (LOOPBACK,)  # type: ignore[assignment]
        self._container = container
        self._check_cancelled()
        container.start()
        self._wait_for_answer(container)

    def _wait_for_answer(self, container: DockerContainer) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            container.reload()
            if container.status in {"exited", "dead"}:
                raise DatabaseFailed(self._exit(f" before {self.spec.engine} answered"))
            if self.spec.answers(container):
                return
            if time.monotonic() > deadline:
                late = f"{self.spec.engine} does not answer after {_START_TIMEOUT:g} s"
                raise DatabaseFailed(f"{late}: {self._words()}")
            self._delete.wait(_POLL_INTERVAL)
            self._check_cancelled()

    def _become_available(self) -> None:
        endpoints = self._endpoints()
        with self._lock:
            self._check_cancelled()
            for endpoint in endpoints:
                self._emulator.endpoints.register(endpoint)
            self.status, self._is_up = "available", True
        first = endpoints[0]
        self._publish("available", port=first.port, host=first.host, host_port=first.host_port)

    def _endpoints(self) -> list[Endpoint]:
        container, port = self._expect_container(), self.spec.port
        host, host_port = container.get_container_host_ip(), container.get_exposed_port(port)
        wrapped = container.get_wrapped_container()
        wrapped.reload()
        ip = bridge_address(wrapped.attrs)
        container_id = str(wrapped.id)
        return [
            Endpoint(
                self.spec.id, self.spec.engine, address, port, container_id, ip, host, host_port
            )
            for address in self.spec.addresses
        ]

    def _wait_for_exit(self) -> str:
        """Wait for the container to exit, return how; raises _Cancelled where we ended it."""
        container_id = self._expect_container().get_container_id()
        self._emulator.docker().api.wait(container_id, timeout=None)
        self._check_cancelled()
        return self._exit()

    def _check_cancelled(self) -> None:
        if self._delete.is_set() or self._emulator.closing.is_set():
            raise _Cancelled

    def _fail(self, cause: str) -> None:
        self._withdraw()
        with self._lock:
            deleting = self._delete.is_set()
            if not deleting:
                self.status, self.cause = "failed", cause
        self._remove()
        if deleting:
            self._finish_deletion()
        else:
            self._publish("failed", cause=cause)

    def _finish_deletion(self) -> None:
        self._on_deleted()
        self._publish("deleted")

    def _kill(self) -> None:
        from docker.errors import APIError

        try:
            self._expect_container().get_wrapped_container().kill()
        except APIError as error:  # it has just exited by itself, which ends the thread as well
            _LOG.info("killing database %s: %s", self.spec.id, error)

    def _remove(self) -> None:
        container = self._container
        if container is not None and container._container is not None:
            remove_container(self._emulator.docker(), container.get_container_id())

    def _withdraw(self) -> None:
        for address in self.spec.addresses:
            self._emulator.endpoints.withdraw(address)

    def _exit(self, when: str = "") -> str:
        wrapped = self._expect_container().get_wrapped_container()
        wrapped.reload()
        code = wrapped.attrs["State"]["ExitCode"]
        return f"its container exited with code {code}{when}: {self._words()}"

    def _words(self) -> str:
        logs = self._expect_container().get_wrapped_container().logs(tail=_LOG_LINES)
        return logs.decode(errors="replace").strip() or "(it logged nothing)"

    def _expect_container(self) -> DockerContainer:
        if self._container is None:
            raise DatabaseFailed("it has no container")
        return self._container

    def _publish(self, what: str, **data: Any) -> None:
        address = self.spec.addresses[0]
        self._emulator.events.publish(
            f"database.{what}", id=self.spec.id, engine=self.spec.engine, address=address, **data
        )
