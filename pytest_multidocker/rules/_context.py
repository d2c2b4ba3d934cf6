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
from ..dockerrun.shown import shown
from ..dockerrun.source import escape, unescape
from ._keys import Judged, Kind, judged
from ._model import Problem
from ._options import Options
from ._spelling import guessed_version, stand_ins
from .words import Hints

if TYPE_CHECKING:
    from ._around import Around

_MOST_CONTAINERS = 100
"""More are not looked into: ECS takes ten, and some rules compare each with each other."""
_CONTAINERS = "containerDefinitions"


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
        self.hints = Hints()

    @cached_property
    def around(self) -> Around | None:
        """The project around the file, if it is to be looked at."""
        if self.project is None or not self.is_object:
            return None
        from ._around import Around

        return Around(self.project, self.volumes)

    @property
    def has_folder(self) -> bool:
        """Whether what stands beside the file is known: it is of a source bundle, or a project."""
        return self.project is not None or self.document.is_bundled

    def is_beside(self, name: str) -> bool:
        """Return whether a file of that name stands beside it, in its bundle or its project."""
        if self.document.beside is not None:
            return name in self.document.beside
        return self.project is not None and (self.project / name).is_file()

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
        """Which format the file is judged by.

        A file with container definitions is judged as version 2, whatever it says of itself; else
        its own version counts, and at last what its keys are of.
        """
        if self.is_request or self.key_of(_CONTAINERS) in self.value:
            return 2
        return self.dockerrun.version or guessed_version(self.value)

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        if self.is_request:
            return {}
        return stand_ins(self.value, self.dockerrun.version, self.hints)

    def key_of(self, key: str) -> str:
        """Return the key at the top under which the value of ``key`` stands, mis-spelt or not."""
        return next((each for each, meant in self._stand_ins.items() if meant == key), key)

    @cached_property
    def all_containers(self) -> tuple[ContainerDefinition, ...]:
        """The containers that a version 2 file has, also where its version key is wrong."""
        if self.version != 2:  # noqa: PLR2004 - the version
            return ()
        key = self.key_of(_CONTAINERS)
        return parse_containers(self.value.get(key), pointer=f"/{escape(key)}")

    @property
    def containers_pointer(self) -> str:
        """The JSON pointer of the list of containers."""
        return f"/{escape(self.key_of(_CONTAINERS))}"

    @cached_property
    def containers(self) -> tuple[ContainerDefinition, ...]:
        """Those of the containers that rules look into: all, but of very many the first."""
        return self.all_containers[:_MOST_CONTAINERS]

    @cached_property
    def by_name(self) -> dict[str, ContainerDefinition]:
        """All containers by their names; of several with one name the last."""
        return {container.name: container for container in self.all_containers if container.name}

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The volumes that a version 2 file declares."""
        if self.version != 2:  # noqa: PLR2004 - the version
            return ()
        key = self.key_of("volumes")
        return parse_volumes(self.value.get(key), pointer=f"/{escape(key)}")

    def names_but(self, container: ContainerDefinition) -> tuple[str, ...]:
        """Return the names of the other containers."""
        return tuple(name for name in self.by_name if name != container.name)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every value that has a shape."""
        return tuple(found for found in self._walked if isinstance(found, Node))

    @cached_property
    def unknown_keys(self) -> tuple[UnknownKey, ...]:
        """Every key that its object should not have."""
        return tuple(found for found in self._walked if isinstance(found, UnknownKey))

    @cached_property
    def judged_keys(self) -> tuple[Judged, ...]:
        """What the unknown keys were meant to be."""
        return judged(self)

    @cached_property
    def _walked(self) -> tuple[Node | UnknownKey, ...]:
        if not self.is_object:
            return ()
        name = "RegisterTaskDefinitionRequest" if self.is_request else f"Dockerrun{self.version}"
        of_version_2 = self._stand_ins if self.version == 2 else {}  # noqa: PLR2004 - the version
        return tuple(walk(self.document.value, name, of_version_2))

    def structures(self, name: str) -> Iterator[Node]:
        """Yield the objects of the shape of that name."""
        for node in self.nodes:
            is_one = node.owner == name and node.shape["type"] == "structure"
            if is_one and isinstance(node.value, dict):
                yield node

    def is_absent(self, pointer: str, key: str) -> bool:
        """Return whether the object at the pointer has no such member, not even an unreadable one.

        ``null`` stands for an absent member.
        """
        found = self.at(pointer)
        if not isinstance(found, dict) or key not in found:
            return True
        place = f"{pointer}/{escape(key)}"
        return found[key] is None and (self._is_value or self.document.is_null(place))

    def is_blank(self, pointer: str, key: str) -> bool:
        """Return whether the member is absent or an empty text."""
        found = self.at(pointer)
        is_empty = isinstance(found, dict) and found.get(key) == ""
        return is_empty or self.is_absent(pointer, key)

    def lacks(self, pointer: str, key: str) -> bool:
        """Return whether the member is absent, and no other key stands there in its place."""
        return self.is_absent(pointer, key) and (pointer, key) not in self._misspelt

    @cached_property
    def _misspelt(self) -> set[tuple[str, str]]:
        return {each.stands_for for each in self.judged_keys if each.kind is Kind.MISSPELT}

    @cached_property
    def _is_value(self) -> bool:
        """Whether the document is of a plain value and has no text."""
        return not self.document.text

    def at(self, pointer: str) -> Any:
        """Return the value at a JSON pointer of the model; ``None`` where there is none."""
        found: Any = self.document.value
        for step in map(unescape, pointer.split("/")[1:]):
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
            return shown(container.name)
        return f"Container {int(container.pointer.rpartition('/')[2]) + 1}"

    def linked(self) -> Iterator[ContainerDefinition]:
        """Yield the containers that have links."""
        return (container for container in self.containers if container.links)
