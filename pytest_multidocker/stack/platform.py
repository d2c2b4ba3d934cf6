"""An emulator that this process uses, and the Docker Engine behind it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..emulator_session import EmulatorSession
from ..engine.images import inspect, probe_image
from ..engine.run import run_labels
from ..engine.testcontainers_config import LOOPBACK, configure
from ..errors import EmulatorError
from .beside import Beside
from .monitor import Monitor
from .probe import Probe

if TYPE_CHECKING:
    from docker import DockerClient

    from ..aws.process import EmulatorProcess

PROBE_LABEL = "io.multidocker.probe"


class Platform:
    """What every task of a stack shares: the emulator, its events, Docker, and a boto3 session."""

    def __init__(self, client: DockerClient, emulator: EmulatorProcess, region: str) -> None:
        self.client = client
        self.emulator = emulator
        self.session = EmulatorSession(emulator.endpoint_url, region)
        self.monitor = Monitor(emulator.endpoint_url, emulator.obituary)
        self._is_local = configure(client)
        self._lock = threading.Lock()

    @cached_property
    def ecs(self) -> Any:
        """A boto3 client for ECS."""
        return self.session.client("ecs")

    @cached_property
    def host(self) -> str:
        """The host at which published ports are reached from here."""
        from testcontainers.core.docker_client import DockerClient as TestcontainersClient

        return LOOPBACK if self._is_local else str(TestcontainersClient().host())

    def probe(self, runtime_id: str) -> Probe:
        """Return a new probe in a container's network."""
        return Probe(self.client, self.probe_image, runtime_id, self._probe_labels(runtime_id))

    def beside(self, runtime_id: str) -> Beside:
        """Return what runs commands beside a container."""
        return Beside(self.client, self.probe_image, runtime_id, self._probe_labels(runtime_id))

    @property
    def probe_image(self) -> str:
        """The image of all helpers: a static busybox. The first call makes it, if need be."""
        with self._lock:
            return self._probe_image

    @cached_property
    def tools(self) -> str:
        """The name of a Docker volume that holds a static busybox."""
        labels = run_labels(self.emulator.run_id)
        name = f"multidocker-{self.emulator.run_id}-tools-{uuid.uuid4().hex[:8]}"
        self.client.volumes.create(name, labels=labels)
        # Docker copies what an image has at the place of an empty volume into it.
        mount = [f"{name}:/bin"]
        self.client.containers.create(self.probe_image, volumes=mount, labels=labels).remove()
        return name

    def image_config(self, image: str) -> dict[str, Any]:
        """Return Docker's ``Config`` of an image; empty where there is no such image."""
        return (inspect(self.client, image) or {}).get("Config") or {}

    def _probe_labels(self, runtime_id: str) -> dict[str, str]:
        return {**run_labels(self.emulator.run_id), PROBE_LABEL: runtime_id}

    def stop_task(self, arn: str, reason: str | None) -> None:
        """Ask ECS to stop a task."""
        cluster = arn.split("/")[-2]
        with self.asking():
            self.ecs.stop_task(cluster=cluster, task=arn, **({"reason": reason} if reason else {}))

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Raise :class:`EmulatorError`, with how it ended, where the emulator gives no answer."""
        from urllib.error import URLError

        from botocore.exceptions import ConnectionError as NotConnected
        from botocore.exceptions import HTTPClientError

        try:
            yield
        except (NotConnected, HTTPClientError, URLError) as error:
            raise EmulatorError(self.emulator.obituary()) from error

    def close(self, *, shared: bool) -> None:
        """End the emulator with all that it runs; one that others share ends with the last."""
        self.monitor.close()
        if shared:
            self.emulator.release()
        else:
            self.emulator.stop()
        self.client.close()

    @cached_property
    def _probe_image(self) -> str:
        return probe_image(self.client)
