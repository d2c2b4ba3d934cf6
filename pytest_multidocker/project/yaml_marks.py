"""YAML with the line and the column of every value; what is not YAML is passed over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_LOG = logging.getLogger(__name__)
_LARGEST = 1_000_000
"""Bytes; what is written by hand is far smaller."""


class Marked(NamedTuple):
    """A value of a YAML file: ``value`` is a dict or list of `Marked`, or a text."""

    value: Any
    line: int
    column: int

    def get(self, *keys: str) -> Marked | None:
        """Return the value below these keys, ``None`` where there is none."""
        found: Marked | None = self
        for key in keys:
            if found is None or not isinstance(found.value, dict):
                return None
            entry = found.value.get(key)
            found = entry[1] if entry else None
        return found

    def items(self) -> Iterator[tuple[Marked, Marked]]:
        """Yield keys and values of a mapping; nothing of other values."""
        if isinstance(self.value, dict):
            yield from self.value.values()

    def entries(self) -> list[Marked]:
        """Return the items of a sequence; the value itself, if it is a single one; else nothing."""
        if isinstance(self.value, list):
            return self.value
        return [] if isinstance(self.value, dict) else [self]

    def texts(self) -> Iterator[str]:
        """Yield every text in the value, at any depth; keys are none."""
        if self.text:
            yield self.text
        for entry in self.value if isinstance(self.value, list) else ():
            yield from entry.texts()
        for pair in self.items():
            yield from pair[1].texts()

    @property
    def text(self) -> str:
        """The text of a single value; empty for others."""
        return self.value if isinstance(self.value, str) else ""


def load(file: Path) -> Marked | None:
    """Return the content of a YAML file, ``None`` where there is none that can be read."""
    import yaml

    try:
        if file.stat().st_size > _LARGEST:
            _LOG.debug("%s is not read: it is larger than %s bytes", file, _LARGEST)
            return None
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        return _Marker().mark(root) if root is not None else None
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        _LOG.debug("%s is not read: %s", file, error)
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
            self._marked[key] = Marked("", line, column)
            self._marked[key] = Marked(self._value(node), line, column)
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
