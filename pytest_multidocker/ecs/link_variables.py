"""The environment variables that a link gives to the linking container.

Up to version 28 Docker sets them itself. From 29 on it does not (unless it is told to), and the
agent goes on without them; those who wrote a task definition for them find nothing. So that a task
behaves alike on every engine they are computed here as ``daemon/links/links.go`` of moby did it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FIRST_ENGINE_WITHOUT = 29
"""The first version of Docker Engine that sets no such variables."""

_OF_THE_BUILD = {"HOME", "PATH"}


@dataclass(frozen=True)
class Target:
    """A container that is linked to: its address, variables and exposed ports (``5432/tcp``)."""

    address: str
    variables: Mapping[str, str]
    ports: Sequence[str]


def needed(engine_version: str) -> bool:
    """Tell whether an engine of that version leaves the variables to others."""
    major = engine_version.partition(".")[0]
    return major.isdecimal() and int(major) >= FIRST_ENGINE_WITHOUT


def link_variables(linking: str, alias: str, target: Target) -> dict[str, str]:
    """Return the variables of one link; ``linking`` is the linking container's Docker name."""
    prefix = alias.upper().replace("-", "_")
    return {
        **dict(_of_ports(prefix, target)),
        f"{prefix}_NAME": f"/{linking}/{alias}",
        **{
            f"{prefix}_ENV_{name}": value
            for name, value in target.variables.items()
            if name not in _OF_THE_BUILD
        },
    }


@dataclass(frozen=True)
class _Port:
    number: int
    protocol: str

    @classmethod
    def parse(cls, text: str) -> _Port:
        number, _, protocol = text.partition("/")
        return cls(int(number), protocol or "tcp")


def _of_ports(prefix: str, target: Target) -> Iterator[tuple[str, str]]:
    ports = sorted(map(_Port.parse, target.ports), key=lambda p: (p.number, p.protocol != "tcp"))
    if ports:
        yield f"{prefix}_PORT", _url(ports[0], target)
    index = 0
    while index < len(ports):
        last = _last_in_a_row(ports, index)
        if last > index + 1:
            yield from _of_row(prefix, target, ports[index], ports[last])
            index = last
        index += 1
    for port in ports:
        name = _name(prefix, port)
        yield name, _url(port, target)
        yield f"{name}_ADDR", target.address
        yield f"{name}_PORT", str(port.number)
        yield f"{name}_PROTO", port.protocol


def _of_row(prefix: str, target: Target, first: _Port, last: _Port) -> Iterator[tuple[str, str]]:
    name = _name(prefix, first)
    yield f"{name}_START", _url(first, target)
    yield f"{name}_PORT_START", str(first.number)
    yield f"{name}_END", _url(last, target)
    yield f"{name}_PORT_END", str(last.number)


def _last_in_a_row(ports: Sequence[_Port], index: int) -> int:
    """Return the index of the last of the ports that follow each other without a gap.

    One number for two protocols counts as two numbers here, as it does in Docker.
    """
    expected = ports[index].number
    for following in range(index + 1, len(ports)):
        expected += 1
        if ports[following].number > expected:
            return following - 1
    return len(ports) - 1


def _name(prefix: str, port: _Port) -> str:
    return f"{prefix}_PORT_{port.number}_{port.protocol.upper()}"


def _url(port: _Port, target: Target) -> str:
    return f"{port.protocol}://{target.address}:{port.number}"
