"""The images of a task's containers: pulled or not, by the agent's pull behaviour."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..ecs import reasons
from ..ecs.events import Pulled, PullFailed
from ..ecs.namespaces import PAUSE_IMAGE
from ..ecs.pulls import PullBehavior, is_fatal, must_pull
from ..errors import ImageUnavailable
from . import troubles
from .bounds import Bounds
from .image_attempt import inspect
from .pulling import Mirror, PullBroken, PullStalled, pull
from .pulling import PullFailed as NotPulled
from .stock_images import PROBE_IMAGE, probe_image
from .troubles import TROUBLES

if TYPE_CHECKING:
    from docker import DockerClient

    from ..dockerrun.model import ContainerDefinition


class TaskImages:
    """Gets the images of containers; ``stand_ins`` are local ones in the place of others.

    A stand-in is never pulled: there is no registry that would know it. ``mirror`` is asked at each
    pull for a registry to try first.
    """

    def __init__(
        self,
        client: DockerClient,
        behavior: PullBehavior,
        stand_ins: Mapping[str, str],
        bounds: Bounds,
        mirror: Callable[[], Mirror | None] = lambda: None,
    ) -> None:
        self._client = client
        self._first_answer = bounds.pull_begin
        self._behavior = behavior
        self._stand_ins = stand_ins
        self._mirror = mirror
        self._pulled: set[str] = set()

    def name(self, container: ContainerDefinition) -> str:
        """Return the image that the container is made of."""
        if container.image == PAUSE_IMAGE:
            return PROBE_IMAGE
        return self._stand_ins.get(container.image, container.image)

    def pull(self, container: ContainerDefinition) -> Pulled | PullFailed:
        """Pull the container's image if need be."""
        name = self.name(container)
        try:
            if container.image == PAUSE_IMAGE:
                self._make_pause_image()
            elif self._must_pull(container):
                bound, mirror = self._first_answer, self._mirror()
                pull(self._client, name, first_answer=bound, mirror=mirror)
                self._pulled.add(name)
        except NotPulled as error:
            fatal = is_fatal(self._behavior)
            return PullFailed(container.name, time.time(), _reason(error), fatal=fatal)
        return Pulled(container.name, time.time(), digest(self.find(name) or {}))

    def _make_pause_image(self) -> None:
        try:
            probe_image(self._client)
        except ImageUnavailable as error:
            raise NotPulled(str(error)) from error

    def variables(self, container: ContainerDefinition) -> dict[str, str]:
        """Return the variables that the container's image sets."""
        config = (self.find(self.name(container)) or {}).get("Config") or {}
        pairs = (each.partition("=") for each in config.get("Env") or ())
        return {name: value for name, _, value in pairs}

    def _must_pull(self, container: ContainerDefinition) -> bool:
        name = self.name(container)
        stands_in = name != container.image
        return must_pull(
            "prefer-cached" if stands_in else self._behavior,
            is_here=self.find(name) is not None,
            was_pulled=name in self._pulled,
        )

    def find(self, name: str) -> dict[str, Any] | None:
        """Return what Docker knows of an image; ``None`` where it knows none of that name."""
        with contextlib.suppress(*TROUBLES):  # what is wrong, the next request says too
            return inspect(self._client, name)
        return None


def digest(image: Mapping[str, Any]) -> str | None:
    """Return the digest under which a registry has the image; ``None`` for one made here."""
    digests = image.get("RepoDigests") or []
    return str(digests[0]).partition("@")[2] if digests else None


def _reason(error: NotPulled) -> str:
    if isinstance(error, PullStalled):
        return reasons.timed_out(error.transition, error.seconds)
    if isinstance(error, PullBroken):
        return troubles.reason("CannotPullContainerError", error.error, "pulled", 0)
    return reasons.cannot_pull(str(error))
