"""Which Docker Engine the user means, decided as the ``docker`` command decides it.

The order is that of the `Docker CLI <https://docs.docker.com/engine/manage-resources/contexts/>`_:
``DOCKER_HOST``, ``DOCKER_CONTEXT``, the ``currentContext`` of ``config.json``, the default socket.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import EngineUnavailable

DEFAULT_HOST = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Endpoint:
    """The address of an engine and who named it."""

    host: str
    """As in ``DOCKER_HOST``: ``unix:///...``, ``tcp://host:port`` or ``ssh://...``."""
    source: str
    """Who named it, fit for a message."""
    tls_folder: Path | None = None
    """Where ``ca.pem``, ``cert.pem`` and ``key.pem`` stand, if TLS is asked for."""
    tls_verify: bool = True

    @property
    def socket(self) -> Path | None:
        """The path of a Unix socket; ``None`` for other kinds of address."""
        scheme, _, path = self.host.partition("://")
        return Path(path) if scheme == "unix" else None

    def environ(self) -> dict[str, str]:
        """Return the variables that make any Docker client choose this engine."""
        variables = {"DOCKER_HOST": self.host}
        if self.tls_folder is not None:
            variables["DOCKER_CERT_PATH"] = str(self.tls_folder)
            variables["DOCKER_TLS_VERIFY"] = "1" if self.tls_verify else ""
        return variables


def find_endpoint(environ: Mapping[str, str] | None = None) -> Endpoint:
    """Return the endpoint that ``environ`` and Docker's configuration name.

    Raises :class:`EngineUnavailable` where a context is named that does not exist or cannot be
    read.
    """
    environ = os.environ if environ is None else environ
    if host := environ.get("DOCKER_HOST"):
        return _from_environment(host, environ)
    config_folder = _config_folder(environ)
    name, source = _context_name(environ, config_folder)
    if name in {"", "default"}:
        return Endpoint(DEFAULT_HOST, "the default socket")
    return _from_context(name, source, config_folder)


def _config_folder(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("DOCKER_CONFIG"):
        return Path(folder)
    try:
        return Path(environ.get("HOME") or Path.home(), ".docker")
    except RuntimeError:  # the user has no entry, as in a container that runs as any number
        return Path("/.docker")


def _from_environment(host: str, environ: Mapping[str, str]) -> Endpoint:
    folder = environ.get("DOCKER_CERT_PATH")
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not folder:
        return Endpoint(host, "DOCKER_HOST")
    return Endpoint(host, "DOCKER_HOST", Path(folder or _config_folder(environ)), verify)


def _context_name(environ: Mapping[str, str], config_folder: Path) -> tuple[str, str]:
    if name := environ.get("DOCKER_CONTEXT"):
        return name, "DOCKER_CONTEXT"
    config = config_folder / "config.json"
    name = _read_object(config).get("currentContext", "") if config.is_file() else ""
    return str(name), str(config)


def _from_context(name: str, source: str, config_folder: Path) -> Endpoint:
    folder_name = hashlib.sha256(name.encode()).hexdigest()
    meta = config_folder / "contexts" / "meta" / folder_name / "meta.json"
    if not meta.is_file():
        raise EngineUnavailable(
            f"{source} names the Docker context '{name}', which does not exist. "
            "Choose another with 'docker context use', or set DOCKER_HOST."
        )
    endpoint = _read_object(meta).get("Endpoints", {}).get("docker", {})
    tls_folder = config_folder / "contexts" / "tls" / folder_name / "docker"
    return Endpoint(
        host=endpoint.get("Host") or DEFAULT_HOST,
        source=f"the Docker context '{name}'",
        tls_folder=tls_folder if tls_folder.is_dir() else None,
        tls_verify=not endpoint.get("SkipTLSVerify", False),
    )


def _read_object(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"{file} cannot be read: {error}. Mend it, or set DOCKER_HOST."
        ) from error
    return value if isinstance(value, dict) else {}
