"""Which container is to blame for a stopped task: what AWS's own events leave to guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...dockerrun import parse_containers
from ...dockerrun.model import ContainerDefinition
from .tasks import Snapshot, exited

Logs = Callable[[str], str]
"""Gives the last log lines of the container with that name."""

_Container = Mapping[str, Any]


def culprit(
    snapshot: Snapshot, order: Sequence[str], dockerrun: Mapping[str, Any], logs: Logs
) -> str | None:
    """Return the sentence that names why a task has stopped, ``None`` where nobody is to blame.

    ``order`` is in which order its containers have stopped. The first essential one of them is to
    blame, unless a container that it links to had stopped before it could start.
    """
    definitions = {c.name: c for c in parse_containers(dockerrun.get("containerDefinitions") or [])}
    containers = {c["name"]: c for c in snapshot["containers"]}
    if snapshot.get("stopCode") == "UserInitiated":
        return None
    for name in order:
        definition = definitions.get(name)
        if definition is not None and definition.essential:
            return _about(definition, containers, order, logs)
    return str(snapshot.get("stoppedReason") or "") or None


def lost(name: str, snapshot: Snapshot, logs: Logs) -> str:
    """Return the sentence about a container that stopped and that the task can do without."""
    container = next(c for c in snapshot["containers"] if c["name"] == name)
    return (
        f"{name}, which is not essential, {_how(container)}, and nothing restarts it."
        f"{_words(logs(name))}"
    )


def _about(
    definition: ContainerDefinition,
    containers: Mapping[str, _Container],
    order: Sequence[str],
    logs: Logs,
) -> str:
    name, container = definition.name, containers[definition.name]
    if exited(container):
        return f"{name} is essential and {_how(container)}.{_words(logs(name))}"
    earlier = order[: order.index(name)]
    for link in definition.links:
        if link.name in earlier and exited(containers[link.name]):
            target = containers[link.name]
            return (
                f"{name} links to {link.name}, which {_how(target)} before {name} could start."
                f"{_words(logs(link.name))}"
            )
    reason = container.get("reason") or "it never came to run"
    return f"{name} is essential and could not be started: {reason}"


def _how(container: _Container) -> str:
    if container.get("exitCode") is None:
        return "has stopped"
    reason = f" ({container['reason']})" if container.get("reason") else ""
    return f"exited with code {container['exitCode']}{reason}"


def _words(lines: str) -> str:
    return f" Its last log lines:\n{lines}" if lines else " It logged nothing."
