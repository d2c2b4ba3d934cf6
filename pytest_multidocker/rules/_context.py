"""What a rule looks at: the document, its model, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dockerrun import (
    ContainerDefinition,
    Dockerrun,
    Document,
    Volume,
    parse,
    parse_containers,
    parse_volumes,
)
from ..dockerrun.shapes import Node, UnknownKey, walk
from ._model import Problem
from ._options import Options

if TYPE_CHECKING:
    from ._around import Around


class Context:
    """One document under the rules.

    ``project`` is the folder that the app's other files stand in, if they are to be looked at.
    ``options`` say where it will be deployed. ``is_request`` says that the document is a
    RegisterTaskDefinition request and no file.
    """

    def __init__(
        self,
        document: Document,
        *,
        project: Path | None = None,
        options: Options | None = None,
        is_request: bool = False,
    ) -> None:
        self.document = document
        self.project = project
        self.options = options or Options()
        self.is_request = is_request

    @cached_property
    def around(self) -> Around | None:
        """The project around the file, if it is to be looked at."""
        if self.project is None or not self.is_object:
            return None
        from ._around import Around

        return Around(self.project, self.volumes)

    @cached_property
    def value(self) -> Mapping[str, Any]:
        """The top level; empty where it is no object."""
        value = self.document.value
        return value if isinstance(value, dict) else {}

    @cached_property
    def dockerrun(self) -> Dockerrun:
        """The model of the document."""
        return parse(self.document)

    @cached_property
    def is_object(self) -> bool:
        """Whether the document has an object at its top."""
        return isinstance(self.document.value, dict)

    @cached_property
    def version(self) -> int:
        """Which format the file is judged by: its own version, else what its keys are of."""
        if self.is_request:
            return 2
        if self.dockerrun.version is not None:
            return self.dockerrun.version
        upper = {"Image", "Ports", "Logging", "Volumes", "Command", "Entrypoint"}
        return 1 if upper & set(self.value) else 2

    @cached_property
    def containers(self) -> tuple[ContainerDefinition, ...]:
        """The containers that a version 2 file has, also where its version key is wrong."""
        if self.version != 2:  # noqa: PLR2004 - the version
            return ()
        return parse_containers(self.value.get("containerDefinitions"))

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The volumes that a version 2 file declares."""
        return parse_volumes(self.value.get("volumes")) if self.version == 2 else ()  # noqa: PLR2004

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The containers' names."""
        return tuple(container.name for container in self.containers if container.name)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every value that has a shape."""
        return tuple(found for found in self._walked if isinstance(found, Node))

    @cached_property
    def unknown_keys(self) -> tuple[UnknownKey, ...]:
        """Every key that its object should not have."""
        return tuple(found for found in self._walked if isinstance(found, UnknownKey))

    @cached_property
    def _walked(self) -> tuple[Node | UnknownKey, ...]:
        if not self.is_object:
            return ()
        name = "RegisterTaskDefinitionRequest" if self.is_request else f"Dockerrun{self.version}"
        return tuple(walk(self.document.value, name))

    def at(self, pointer: str) -> Any:
        """Return the value at a JSON pointer of the model; ``None`` where there is none."""
        found: Any = self.document.value
        for step in pointer.split("/")[1:]:
            if isinstance(found, list):
                found = found[int(step)]
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found

    def raw(self, container: ContainerDefinition) -> Mapping[str, Any]:
        """Return the container definition as it stands in the document."""
        found: Mapping[str, Any] = self.at(container.pointer)
        return found

    def at_container(self, container: ContainerDefinition, message: str, **more: str) -> Problem:
        """Return a problem of a whole container: it selects the name, else the opening brace."""
        if isinstance(self.raw(container).get("name"), str):
            span = self.document.span(f"{container.pointer}/name")
        else:
            span = self.document.opening_span(container.pointer)
        return Problem(message, container.pointer, span=span, **more)  # type: ignore[arg-type]

    def label(self, container: ContainerDefinition) -> str:
        """Return how a message calls the container: by its name, else by its place."""
        if container.name:
            return container.name[:60]
        return f"Container {int(container.pointer.rpartition('/')[2]) + 1}"

    def linked(self) -> Iterator[ContainerDefinition]:
        """Yield the containers that have links."""
        return (container for container in self.containers if container.links)
