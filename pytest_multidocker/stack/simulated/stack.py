"""A project on the simulated engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...ecs.accounting import no_room
from ...engine.simulated import placement
from ...engine.simulated.simulation import Simulation
from ...errors import NotSimulated, StackError
from ...project.environment import resolve_environment
from ..stack import Stack
from .task import SimulatedTask

if TYPE_CHECKING:
    from ...project.settings import Settings
    from ..databases import Databases
    from ..deployed import Deployed
    from ..platform import Platform
    from ..stack import StackOptions
    from ..task import Task


class SimulatedStack(Stack):
    """The project of one Dockerrun file, without Docker, emulator, databases and images."""

    is_simulated = True

    def __init__(self, options: StackOptions) -> None:
        super().__init__(options)
        self._count = 0

    @property
    def platform(self) -> Platform:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated("what the local AWS answers")

    @property
    def databases(self) -> Databases:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated("what a database answers")

    def deployed(self) -> Deployed:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated("a deploy through Elastic Beanstalk")

    def new_task(
        self,
        *,
        own_databases: bool = False,  # noqa: ARG002
        slow_start: Mapping[str, float] | None = None,
    ) -> Task:
        """Start a simulated task and return it when it runs; raises :class:`TaskError` if not.

        A task has no databases here. When an application begins to listen is not simulated.
        """
        if slow_start:
            raise NotSimulated("what an application does that starts late")
        task = self._start()
        self._fresh.append(task)
        task.wait_running(self.options.timeout)
        return task

    def _share(self) -> Task:
        self.require_contract()
        task = self._start()
        task.wait_running(self.options.timeout)
        return task

    def _start(self) -> SimulatedTask:
        settings = self.options.settings
        self.require_contract()
        self._count += 1
        identity = placement.identity(
            self.document.value,
            self._family,
            number=self._count,
            properties=resolve_environment(settings.environment, _references(settings)),
            stop_timeout=settings.stop_timeout,
        )
        try:
            failure = placement.refusal(identity.definition, settings.instance_type)
        except KeyError:
            raise StackError(f"The instance type {settings.instance_type} is not known.") from None
        if failure is not None:
            raise StackError(no_room(identity.definition, settings.instance_type, failure))
        fixed = self.options.host_ports == "declared"
        return SimulatedTask(Simulation(identity, {}, fixed_ports=fixed))


def _references(settings: Settings) -> dict[str, str | int]:
    """Return something for all that environment properties may refer to; nothing reads it."""
    return {name: name for name in settings.reference_names()}
