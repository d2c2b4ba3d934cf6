"""An image registry of the emulator: where CI pushes to, and instances pull from.

It is a real one (the open-source registry of the Distribution project) in a container, which is
started when it is first asked for and ends with the run.
"""

from __future__ import annotations

import io
import secrets
import tarfile
import threading
import time
import urllib.error
from typing import TYPE_CHECKING, Any

from pytest_multidocker.engine.pulling import Mirror
from pytest_multidocker.errors import EmulatorError
from pytest_multidocker.local import open_directly

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

    from .emulator import Emulator

_PORT = 5000
_USER = "multidocker"
_HTPASSWD = "htpasswd"
_VERSION = "2"
_TIMEOUT = 30.0  # seconds until it must answer
_POLL_INTERVAL = 0.05  # seconds: no engine tells when a registry answers
_UNAUTHORIZED = 401


class Registry:
    """The emulator's registry. Nothing is started before :meth:`account` is called."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._lock = threading.Lock()
        self._account: Mirror | None = None

    @property
    def started(self) -> Mirror | None:
        """The account, if somebody has asked for it."""
        return self._account

    def account(self) -> Mirror:
        """Return the account; the first call starts the registry.

        Raises ImageUnavailable without an image of a registry, EmulatorError where it does not come
        up.
        """
        with self._lock:
            if self._account is None:
                self._account = self._start()
                self._emulator.events.publish("registry", address=self._account.address)
            return self._account

    def _start(self) -> Mirror:
        from pytest_multidocker.engine.container import EcsContainer
        from pytest_multidocker.engine.images import managed_image

        client, run = self._emulator.docker(), self._emulator.run
        password = secrets.token_urlsafe(24)
        container = EcsContainer(
            client,
            managed_image(client, "registry", _VERSION),
            name=f"multidocker-{run.id}-registry",
            labels=run.labels,
            network="bridge",
            ports={f"{_PORT}/tcp": ("127.0.0.1", None)},
            environment={
                "REGISTRY_AUTH": "htpasswd",
                "REGISTRY_AUTH_HTPASSWD_REALM": "multidocker",
                "REGISTRY_AUTH_HTPASSWD_PATH": f"/{_HTPASSWD}",
            },
        )
        container.create()
        container.get_wrapped_container().put_archive("/", _htpasswd(password))
        container.start()
        self._wait(container)
        wrapped = container.get_wrapped_container()
        wrapped.reload()
        port = wrapped.attrs["NetworkSettings"]["Ports"][f"{_PORT}/tcp"][0]["HostPort"]
        return Mirror(f"127.0.0.1:{port}", _USER, password)

    def _wait(self, container: DockerContainer) -> None:
        deadline = time.monotonic() + _TIMEOUT
        wrapped = container.get_wrapped_container()
        while True:
            wrapped.reload()
            words = wrapped.logs(tail=10).decode(errors="replace")
            if wrapped.status in {"exited", "dead"}:
                raise EmulatorError(f"The image registry has exited:\n{words}")
            bindings: Any = wrapped.attrs["NetworkSettings"]["Ports"].get(f"{_PORT}/tcp")
            if bindings and _answers(f"http://127.0.0.1:{bindings[0]['HostPort']}/v2/"):
                return
            if time.monotonic() > deadline or self._emulator.closing.wait(_POLL_INTERVAL):
                raise EmulatorError(f"The image registry does not answer:\n{words}")


def _answers(url: str) -> bool:
    try:
        open_directly(url, timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == _UNAUTHORIZED  # as it should be, without an account
    except OSError:
        return False
    return False


def _htpasswd(password: str) -> bytes:
    """Return an archive with the registry's password file."""
    import bcrypt

    # As few rounds as bcrypt takes: the password is long and lives for a run.
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()
    content = f"{_USER}:{hashed}\n".encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(_HTPASSWD)
        entry.size, entry.mode = len(content), 0o644
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
