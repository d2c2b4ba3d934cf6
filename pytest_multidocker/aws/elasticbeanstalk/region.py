"""What all environments of a region share."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...engine.troubles import TROUBLES
from .journal import EventRecord, Journal
from .messages import OURS

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..options import BeanstalkTimes
    from .balancer import EventLoop
    from .cloud import Cloud
    from .tasks import Tasks

_LOG = logging.getLogger(__name__)


class Region:
    """One region of one account: its clients, its tasks, its events, and where its files are."""

    def __init__(
        self, emulator: Emulator, name: str, cloud: Cloud, tasks: Tasks, loop: EventLoop
    ) -> None:
        self.emulator = emulator
        self.name = name
        self.cloud = cloud
        self.tasks = tasks
        self.loop = loop
        self.journal = Journal(self._publish)

    @property
    def times(self) -> BeanstalkTimes:
        """How long things are waited for."""
        return self.emulator.options.beanstalk

    def folder(self, environment_id: str) -> Path:
        """Return the folder with an environment's files."""
        return self.emulator.run.workdir / "beanstalk" / environment_id

    @cached_property
    def host(self) -> str:
        """The host at which the ports of containers are reached from here."""
        from testcontainers.core.docker_client import DockerClient

        from ...engine.testcontainers_config import LOOPBACK, configure

        local = configure(self.emulator.docker())
        return LOOPBACK if local else str(DockerClient().host())

    def log(self, runtime_id: str | None, lines: int | None = None) -> str:
        """Return the last lines that a container has logged, or all; none if it has gone."""
        if runtime_id is None:
            return ""
        try:
            api = self.emulator.docker().api
            written: bytes = api.logs(runtime_id, tail="all" if lines is None else lines)
        except TROUBLES as error:
            _LOG.info("the log of container %s cannot be read: %s", runtime_id, error)
            return ""
        return written.decode(errors="replace").strip()

    def _publish(self, event: EventRecord) -> None:
        self.emulator.events.publish(
            "beanstalk",
            application=event.application,
            environment=event.environment,
            severity=event.severity,
            message=event.message,
            by="multidocker" if event.message.startswith(OURS) else "aws",
        )
