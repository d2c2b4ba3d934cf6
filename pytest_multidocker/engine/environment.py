"""The variables of the containers that an engine makes: the definition's, and what is added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..ecs.environment import Unavailable, needs_fetching, with_surroundings

if TYPE_CHECKING:
    from ..dockerrun.model import ContainerDefinition
    from .identity import TaskIdentity

Fetch = Callable[["TaskIdentity"], "Mapping[str, ContainerDefinition]"]
"""Returns a task's containers by name, secrets and environment files among their variables.

Raises :class:`~pytest_multidocker.ecs.environment.Unavailable`.
"""
Inject = Callable[["TaskIdentity", "ContainerDefinition"], "Mapping[str, str]"]
"""Returns the variables that the agent puts into a container."""


def _from_nowhere(_task: TaskIdentity) -> Mapping[str, ContainerDefinition]:
    raise Unavailable("there is no AWS here to fetch secrets and environment files from")


class Environment:
    """Makes up what containers find in their environment.

    ``fetch`` gets what a definition only names, ``inject`` gives what the agent adds, ``forget``
    is told of tasks that are gone.
    """

    def __init__(
        self,
        fetch: Fetch = _from_nowhere,
        inject: Inject = lambda _task, _container: {},
        forget: Callable[[str], None] = lambda _arn: None,
    ) -> None:
        self._fetch = fetch
        self._inject = inject
        self._forget = forget
        self._fetched: dict[str, Mapping[str, ContainerDefinition]] = {}

    def provide(self, task: TaskIdentity) -> None:
        """Fetch what the task's variables need. Raises ``Unavailable``."""
        if needs_fetching(task.definition):
            self._fetched[task.arn] = self._fetch(task)

    def variables(
        self, task: TaskIdentity, container: ContainerDefinition, image: Mapping[str, str]
    ) -> dict[str, str]:
        """Return a container's variables; ``image`` has those of its image, which stay."""
        complete = self._fetched.get(task.arn, {}).get(container.name, container)
        variables = with_surroundings(dict(complete.environment), image, task.region)
        return {**variables, **self._inject(task, container)}

    def forget(self, task_arn: str) -> None:
        """Forget what was fetched for a task."""
        self._fetched.pop(task_arn, None)
        self._forget(task_arn)
