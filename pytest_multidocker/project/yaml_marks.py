"""YAML with the line and the column of every value; what is not YAML is passed over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .files import read

_LOG = logging.getLogger(__name__)


class Marked(NamedTuple):
    """A value of a YAML file: ``value`` is a dict or list of `Marked`, or a text."""

    value: Any
    line: int
    column: int
    first_line: int = 0
    """The line that a text begins on: the one after the mark of a block."""
    plain: bool = False
    """Whether it is a text without quotes, which YAML may read as a number or the like."""

    def get(self, *keys: str) -> Marked | None:
        """Return the value below these keys, ``None`` where there is none."""
        found: Marked | None = self
        for key in keys:
            if found is None or not isinstance(found.value, dict):
                return None
            entry = found.value.get(key)
            found = entry[1] if entry else None
        return found

    def text_of(self, *keys: str) -> str:
        """Return the text of the single value below these keys; empty where there is none."""
        found = self.get(*keys)
        return found.text if found is not None else ""

    def entries_of(self, *keys: str) -> list[Marked]:
        """Return the entries of what stands below these keys; none where there is nothing."""
        found = self.get(*keys)
        return found.entries() if found is not None else []

    def mapping_of(self, *keys: str) -> dict[str, Marked]:
        """Return the values of the mapping below these keys by its own; empty where there is none.

        Without any, it is the mapping itself.
        """
        found = self.get(*keys)
        return {key.text: value for key, value in found.items()} if found is not None else {}

    def items(self) -> Iterator[tuple[Marked, Marked]]:
        """Yield keys and values of a mapping; nothing of other values."""
        if isinstance(self.value, dict):
            yield from self.value.values()

    def entries(self) -> list[Marked]:
        """Return the items of a sequence; the value itself, if it is a single one; else nothing."""
        if isinstance(self.value, list):
            return self.value
        return [] if isinstance(self.value, dict) else [self]

    def scalars(self) -> Iterator[Marked]:
        """Yield the single values in it, at any depth and in order; keys are none.

        What an alias repeats comes once: a few lines of aliases may stand for billions of values.
        """
        pending, seen = [self], set()
        while pending:
            found = pending.pop()
            if id(found.value) in seen and not isinstance(found.value, str):
                continue
            seen.add(id(found.value))
            if isinstance(found.value, dict):
                pending += reversed([value for _, value in found.items()])
            elif isinstance(found.value, list):
                pending += reversed(found.value)
            else:
                yield found

    def pairs(self) -> Iterator[tuple[Marked, Marked]]:
        """Yield keys and values of all mappings in it, at any depth, those of aliases once."""
        pending, seen = [self], set()
        while pending:
            found = pending.pop()
            if isinstance(found.value, str) or id(found.value) in seen:
                continue
            seen.add(id(found.value))
            if isinstance(found.value, list):
                pending += found.value
            for key, value in found.items():
                yield key, value
                pending.append(value)

    def texts(self) -> Iterator[str]:
        """Yield the texts of the single values in it."""
        return (found.text for found in self.scalars() if found.text)

    @property
    def text(self) -> str:
        """The text of a single value; empty for others."""
        return self.value if isinstance(self.value, str) else ""


def load(file: Path) -> Marked | None:
    """Return the content of a YAML file, ``None`` where there is none that can be read."""
    text = read(file)
    return parse(text) if text else None


@lru_cache(maxsize=32)
def parse(text: str) -> Marked | None:
    """Return the content of a YAML text, ``None`` where it is none; of a few texts it is kept."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Marker().mark(root) if root is not None else None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        _LOG.debug("this is not read as YAML: %s", error)
        return None


class _Marker:
    """Turns the nodes of PyYAML's composer, each once: aliases are many names of one node."""

    def __init__(self) -> None:
        self._marked: dict[int, Marked] = {}

    def mark(self, node: Any) -> Marked:
        """Return the node as `Marked`; where it contains itself there stands an empty text."""
        key = id(node)
        if key not in self._marked:
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            style = getattr(node, "style", None)
            first_line = line + (style in {"|", ">"})
            self._marked[key] = Marked("", line, column, first_line)
            value = self._value(node)
            plain = isinstance(value, str) and style is None
            self._marked[key] = Marked(value, line, column, first_line, plain)
        return self._marked[key]

    def _value(self, node: Any) -> Any:
        import yaml

        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.mark(item) for item in node.value]
        return str(node.value)

    def _mapping(self, node: Any) -> dict[str, tuple[Marked, Marked]]:
        entries: dict[str, tuple[Marked, Marked]] = {}
        merged: dict[str, tuple[Marked, Marked]] = {}
        for key_node, value_node in node.value:
            key, value = self.mark(key_node), self.mark(value_node)
            if key.text == "<<" and isinstance(value.value, dict):
                merged.update(value.value)
            else:
                entries[key.text] = (key, value)
        return {**merged, **entries}
