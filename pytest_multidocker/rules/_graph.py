"""Circles among containers that wait for each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

Edge = tuple[str, str, str]
"""From, to, and the JSON pointer that says so."""


class Cycle(NamedTuple):
    """A circle: its names from the first to the first again, and the edge that closes it."""

    names: tuple[str, ...]
    pointer: str
    pointers: tuple[str, ...]


def cycles(edges: Iterable[Edge]) -> Iterator[Cycle]:
    """Yield circles such that each circle of the graph shares an edge with one of them.

    Depth first, without recursion, from the first name on: every edge back to a name that the walk
    stands on closes a circle.
    """
    outgoing: dict[str, list[tuple[str, str]]] = {}
    for source, target, pointer in edges:
        outgoing.setdefault(source, []).append((target, pointer))
    done: set[str] = set()
    for start in outgoing:
        if start not in done:
            yield from _walk(start, outgoing, done)


def _walk(
    start: str, outgoing: dict[str, list[tuple[str, str]]], done: set[str]
) -> Iterator[Cycle]:
    path = [start]
    pointers: list[str] = []
    places = {start: 0}
    pending = [iter(outgoing[start])]
    while pending:
        edge = next(pending[-1], None)
        if edge is None:
            pending.pop()
            name = path.pop()
            del places[name]
            done.add(name)
            del pointers[-1:]
            continue
        target, pointer = edge
        if target in places:
            place = places[target]
            yield Cycle((*path[place:], target), pointer, (*pointers[place:], pointer))
        elif target not in done:
            places[target] = len(path)
            path.append(target)
            pointers.append(pointer)
            pending.append(iter(outgoing.get(target, [])))
