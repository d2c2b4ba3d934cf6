"""What a container waits for, before it starts and before it is stopped.

A link waits until its target runs, ``volumesFrom`` until its source is created, ``dependsOn`` for
its condition. Containers are stopped in the opposite order. Source:
``agent/engine/dependencygraph/graph.go`` and ``agent/api/task/task.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter

from ..dockerrun.model import ContainerDefinition
from .definition import TaskDefinition


class Condition(Enum):
    """What must hold of a container before one that depends on it moves on."""

    CREATE = "CREATE"
    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"
    HEALTHY = "HEALTHY"


@dataclass(frozen=True)
class Edge:
    """One dependency: the container waited for, and the condition."""

    on: str
    condition: Condition


@dataclass(frozen=True)
class Unresolvable:
    """Why a task's dependencies can never come true; ``initialisation`` tells the agent's phase."""

    why: str
    initialisation: bool


def edges(container: ContainerDefinition) -> tuple[Edge, ...]:
    """Return what the container waits for: ``dependsOn``, then links, then ``volumesFrom``."""
    return tuple(_edges(container))


def _edges(container: ContainerDefinition) -> Iterator[Edge]:
    for dependency in container.depends_on:
        yield Edge(dependency.container_name, Condition(dependency.condition))
    for link in container.links:
        yield Edge(link.name, Condition.START)
    for volume in container.volumes_from:
        yield Edge(volume.source_container, Condition.CREATE)


def edges_of(definition: TaskDefinition) -> Mapping[str, tuple[Edge, ...]]:
    """Return every container's dependencies by its name."""
    return {container.name: edges(container) for container in definition.containers}


def dependents(definition: TaskDefinition) -> Mapping[str, frozenset[str]]:
    """Return for every container those that wait for it, and so must be stopped before it."""
    graph = edges_of(definition)
    return {
        name: frozenset(other for other, waits in graph.items() if any(e.on == name for e in waits))
        for name in graph
    }


def problem(definition: TaskDefinition) -> Unresolvable | None:
    """Return why the agent would refuse the task before any container is created, or ``None``."""
    for why in _initialisation_problems(definition):
        return Unresolvable(why, initialisation=True)
    return _ordering_problem(definition, {c.name for c in definition.containers})


def _initialisation_problems(definition: TaskDefinition) -> Iterator[str]:
    limit = definition.memory
    for container in definition.containers:
        if limit and (container.memory or 0) > limit:
            yield (
                "cgroup resource: unable to build resource spec for task: task memory spec "
                f"builder: container memory limit({container.memory}) greater than task memory "
                f"limit({limit})"
            )
    yield from _reference_problems(definition)
    for volume in definition.docker_volumes:
        config = volume.docker_volume_configuration or {}
        if config.get("scope") == "task" and config.get("autoprovision"):
            yield f"volume [{volume.name}] : task scoped volume could not be autoprovisioned"


def _reference_problems(definition: TaskDefinition) -> Iterator[str]:
    names = {container.name for container in definition.containers}
    for container in definition.containers:
        for volume in container.volumes_from:
            if (name := volume.source_container) not in names:
                yield f"could not find volume source container with name {name}"
    for container in definition.containers:
        for link in container.links:
            if ":" in link.alias:
                yield "invalid link format"
            if link.name not in names:
                yield f"could not find container for link {link.name}"


def _ordering_problem(definition: TaskDefinition, names: set[str]) -> Unresolvable | None:
    graph = edges_of(definition)
    for name, waits in graph.items():
        for edge in waits:
            if edge.on not in names:
                return Unresolvable(f"{name} depends on unknown {edge.on}", initialisation=False)
            unchecked = definition.container(edge.on).health_check is None
            if edge.condition is Condition.HEALTHY and unchecked:
                return Unresolvable(f"{edge.on} has no health check", initialisation=False)
    try:
        TopologicalSorter({n: [e.on for e in waits] for n, waits in graph.items()}).prepare()
    except CycleError as error:
        return Unresolvable("cycle: " + " -> ".join(error.args[1]), initialisation=False)
    return None
