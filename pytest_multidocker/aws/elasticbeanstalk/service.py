"""Elastic Beanstalk as a service of the emulator."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..moto_services import install_backend
from .backend import BeanstalkBackend
from .balancer import EventLoop
from .cloud import Cloud
from .load_balancers import BalancersBackend, ClassicBackend
from .region import Region
from .responses import BeanstalkResponse
from .tasks import Closing, Tasks
from .undocumented import add_to_model

if TYPE_CHECKING:
    from ..emulator import Emulator
    from .runtime import Runtime

_LOG = logging.getLogger(__name__)


class ElasticBeanstalkService:
    """Environments of all regions, on the emulator's own EC2, ECS and S3."""

    name = "elasticbeanstalk"

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._backends: Any = None
        self._loop = EventLoop()
        self._tasks = Tasks(emulator)

    def install(self) -> None:
        """Register the backend with moto."""
        add_to_model()
        self._tasks.start()
        backend = type("BeanstalkBackend", (BeanstalkBackend,), {"service": self})
        self._backends = install_backend(self._emulator, self.name, backend, BeanstalkResponse)
        for service, kind in (("elb", ClassicBackend), ("elbv2", BalancersBackend)):
            shown = type(kind.__name__, (kind,), {"environments": self})
            install_backend(self._emulator, service, shown)

    def runtimes(self, account: str, region: str) -> Sequence[Runtime]:
        """Return the environments of an account and region, those that are terminated too."""
        return list(self._backends[account][region].runtimes.values())

    def close(self) -> None:
        """End all operations, and the load balancers; what runs goes with the run."""
        self._tasks.wake()
        for _account, _region, backend in list(self._backends.iter_backends()):
            backend.close()
        self._loop.close()

    def region(self, name: str, account: str) -> Region:
        """Return what the environments of a region share."""
        cloud = Cloud(self._emulator, name, account)
        return Region(self._emulator, name, cloud, self._tasks, self._loop)

    @staticmethod
    def later(work: Callable[[], None]) -> None:
        """Do the work in a thread of its own."""

        def run() -> None:
            try:
                work()
            except Closing:
                return
            except Exception:  # noqa: BLE001 - the log has to have it
                _LOG.exception("work that a request has left behind failed")

        threading.Thread(target=run, name="eb-later", daemon=True).start()
