"""What a Dockerrun file promises, as checks with names: the items that pytest collects.

Most look at a task that they share; the destructive ones get a fresh one each and come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from . import expect
from .ecs import reasons
from .ecs.dependencies import awaited_to_end
from .errors import HasFinished

if TYPE_CHECKING:
    from .dockerrun import ContainerDefinition, Dockerrun, Link, PortMapping
    from .stack.stack import Stack
    from .stack.task import Task

KILLED = 137
"""The exit code of a process that SIGKILL has ended: 128 + 9."""


@dataclass(frozen=True)
class Promise:
    """One promise: its group and name, where the file makes it, and how it is checked.

    ``about`` names the containers that have to run for it.
    """

    group: str
    name: str
    pointer: str
    check: Callable[[Task], None]
    about: tuple[str, ...] = ()
    destructive: bool = False

    def prove(self, stack: Stack) -> None:
        """Check the promise on a task of the stack; raises ``AssertionError`` if it is broken.

        Raises :class:`HasFinished` where one of the containers has ended in order.
        """
        task = stack.new_task() if self.destructive else stack.shared_task()
        for name in self.about:
            if task.has_finished(name):
                code = task.containers[name].exit_code
                raise HasFinished(f"'{name}' has done its work and ended with exit code {code}")
        self.check(task)


@dataclass(frozen=True)
class DeployPromise:
    """What holds of the project deployed through Elastic Beanstalk, and how it is checked."""

    name: str
    check: Callable[[Stack], None]
    destructive: bool = False


def promises(dockerrun: Dockerrun) -> list[Promise]:
    """Return all promises of a file of version 2, the destructive ones last."""
    found = [
        *_links(dockerrun),
        *_isolation(dockerrun),
        *_ports(dockerrun),
        *_memory(dockerrun),
        *_out_of_memory(dockerrun),
        *_essential(dockerrun),
    ]
    return sorted(found, key=lambda promise: promise.destructive)


def _links(dockerrun: Dockerrun) -> Iterator[Promise]:
    for container in dockerrun.containers:
        for link in container.links:
            names = _further_names(dockerrun, link)
            label = f"{link.name}({','.join(names)})" if names else link.name
            check = partial(_linked, container=container.name, target=link.name)
            yield Promise("links", f"{container.name}->{label}", link.pointer, check)


def _further_names(dockerrun: Dockerrun, link: Link) -> list[str]:
    hostname = dockerrun.container(link.name).hostname
    names = dict.fromkeys([link.alias, *([hostname] if hostname else [])])
    return [name for name in names if name != link.name]


def _isolation(dockerrun: Dockerrun) -> Iterator[Promise]:
    for container in dockerrun.containers:
        linked = {link.name for link in container.links}
        for target in dockerrun.containers:
            if target is not container and target.name not in linked:
                check = partial(_not_linked, container=container.name, target=target.name)
                name = f"{container.name}-/->{target.name}"
                about = (container.name, target.name)
                yield Promise("isolation", name, container.pointer, check, about)


def _ports(dockerrun: Dockerrun) -> Iterator[Promise]:
    for container in dockerrun.containers:
        for mapping in container.port_mappings:
            ports = mapping.container_port_range or mapping.container_port
            name = f"{container.name}:{mapping.host_port or 0}->{ports}/{mapping.protocol}"
            check = partial(_port_mapping, container=container.name, mapping=mapping)
            yield Promise("ports", name, mapping.pointer, check, (container.name,))


def _memory(dockerrun: Dockerrun) -> Iterator[Promise]:
    for container in dockerrun.containers:
        if container.memory is not None:
            check = partial(_memory_limit, container=container.name, mib=container.memory)
            name = f"{container.name}<={container.memory}MiB"
            pointer = f"{container.pointer}/memory"
            yield Promise("memory", name, pointer, check, (container.name,))


def _out_of_memory(dockerrun: Dockerrun) -> Iterator[Promise]:
    """Show on one container what the hard limit does: one that takes no other down, if any."""
    jobs = awaited_to_end(dockerrun.containers)
    limited = [c for c in dockerrun.containers if c.memory is not None and c.name not in jobs]
    if limited:
        victim = min(limited, key=lambda c: c.essential)
        check = partial(_killed_for_memory, container=victim)
        name, pointer = f"{victim.name}-out-of-memory", f"{victim.pointer}/memory"
        yield Promise("memory", name, pointer, check, (victim.name,), destructive=True)


def _essential(dockerrun: Dockerrun) -> Iterator[Promise]:
    for container in dockerrun.containers:
        name, check = (
            (f"{container.name}-stops-the-task", _stops_the_task)
            if container.essential
            else (f"{container.name}-stops-alone", _stops_alone)
        )
        yield Promise(
            "essential",
            name,
            container.pointer,
            partial(check, container=container.name),
            destructive=True,
        )


# --- the checks -------------------------------------------------------------------------------


def _linked(task: Task, container: str, target: str) -> None:
    expect.linked(task, container, target)


def _not_linked(task: Task, container: str, target: str) -> None:
    expect.not_linked(task, container, target)


def _port_mapping(task: Task, container: str, mapping: PortMapping) -> None:
    if mapping.container_port_range is None:
        expect.port_mapping(task, container, mapping.container_port, mapping.protocol)
        return
    for port in mapping.container_ports:  # of a range not every port need be listened on
        task.host_port(container, port, mapping.protocol)


def _memory_limit(task: Task, container: str, mib: int) -> None:
    expect.memory_limit(task, container, mib)


def _killed_for_memory(task: Task, container: ContainerDefinition) -> None:
    task.oom(container.name)
    expect.stopped(task, container.name, exit_code=KILLED, reason=reasons.OUT_OF_MEMORY)
    if container.essential:
        expect.task_stopped(task, code=reasons.CODE_ESSENTIAL_EXITED)


def _stops_the_task(task: Task, container: str) -> None:
    task.kill(container)
    expect.task_stopped(
        task,
        reason=reasons.ESSENTIAL_EXITED,
        code=reasons.CODE_ESSENTIAL_EXITED,
    )
    for other in task.containers:
        expect.stopped(task, other)


def _stops_alone(task: Task, container: str) -> None:
    if not task.has_finished(container):
        task.kill(container)
        expect.stopped(task, container, exit_code=KILLED)
    _others_live_on(task, container)


def _others_live_on(task: Task, container: str) -> None:
    others = _unfinished(task, container)
    try:
        expect.running(task, *others)
    except AssertionError:
        if _unfinished(task, container) == others:
            raise
        _others_live_on(task, container)  # one has ended meanwhile, in order


def _unfinished(task: Task, container: str) -> list[str]:
    return [name for name in task.containers if name != container and not task.has_finished(name)]


def _turns_green(stack: Stack) -> None:
    deployed = stack.deployed()
    environment = deployed.environment
    assert environment.health == "Green", "\n".join([*environment.causes, *environment.events()])
    expect.answers(deployed.url)


def _leaves_nothing(stack: Stack) -> None:
    left = stack.deployed().destroy()
    assert not left, "After the clean-up there is still: " + ", ".join(left)


DEPLOY_PROMISES = (
    DeployPromise("green", _turns_green),
    DeployPromise("cleanup", _leaves_nothing, destructive=True),
)
