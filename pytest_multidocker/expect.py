"""What a test may expect of a task: one sentence each, and on failure what was seen instead.

    from pytest_multidocker import expect

    expect.linked(task, "nginx", "server")
    expect.stopped(task, "worker", exit_code=137)

Every function waits for as long as what it expects can still come, and no longer. Names are read
from the container's own ``/etc/hosts`` and connections are made from inside its network, so that
nothing depends on what its image holds. All raise ``AssertionError``.
"""

from __future__ import annotations

import http
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from .errors import TaskError
from .local import is_local, open_directly

if TYPE_CHECKING:
    from .stack.task import Task

__all__ = [
    "answers",
    "healthy",
    "linked",
    "memory_limit",
    "not_linked",
    "port_mapping",
    "running",
    "stopped",
    "task_stopped",
    "unhealthy",
]

_MIB = 1024 * 1024
_TIMEOUT = 60.0  # seconds
_LISTEN_TIMEOUT = 30.0  # seconds until an application has to listen
_LISTEN_POLL = 0.1  # seconds; no engine tells when an application begins to listen
_REPORT_TIMEOUT = 5.0  # seconds until ECS knows of what Docker knows
_QUIET = 0.5  # seconds in which nothing more may stop


def linked(
    task: Task, container: str, target: str, *names: str, timeout: float = _LISTEN_TIMEOUT
) -> None:
    """Expect that ``container`` reaches ``target`` through a link, by each of ``names``.

    Without names they are those that the link gives: its alias and the target's hostname. Each has
    to lead to the target's address, and the ports that the target declares, or listens on, have to
    accept a connection within ``timeout`` seconds.
    """
    with _while_they_run(task, container, target):
        _linked(task, container, target, names or link_names(task, container, target), timeout)


def _linked(task: Task, container: str, target: str, names: Iterable[str], timeout: float) -> None:
    address = _address(task, target)
    hosts = task.probe(container).hosts()
    for name in names:
        if hosts.get(name) != address:
            seen = f"it leads to {hosts[name]}" if name in hosts else "it knows no such name"
            _fail(
                task,
                f"'{container}' does not reach '{target}' ({address}) as '{name}': {seen}. "
                f"Its links are {_links(task, container)}. See 'multidocker explain MD201'.",
                container,
            )
    for port in _ports_to_reach(task, target, timeout):
        if not task.probe(container).connects(address, port):
            _fail(task, f"'{container}' cannot connect to port {port} of '{target}'", target)


def not_linked(task: Task, container: str, target: str) -> None:
    """Expect that ``container`` knows ``target`` by no name, as ECS has it without a link."""
    with _while_they_run(task, container, target):
        address = _address(task, target)
        hosts = task.probe(container).hosts()
    names = sorted(name for name, found in hosts.items() if address and found == address)
    if names:
        _fail(task, f"'{container}' knows '{target}' as {', '.join(names)}", container)


def port_mapping(
    task: Task,
    container: str,
    port: int,
    protocol: str = "tcp",
    *,
    timeout: float = _LISTEN_TIMEOUT,
) -> str:
    """Expect that a container port is published and answered; return what answered.

    That is the status line of an HTTP answer, or ``tcp``: then a connection is accepted, and the
    service says nothing to an HTTP request. Of UDP only the mapping itself can be seen: ``udp``.
    """
    _alive(task, container)
    host_port = task.host_port(container, port, protocol)
    if protocol != "tcp":
        return protocol
    with _while_they_run(task, container):
        found = _wait_for_listener(task, container, {port}, timeout)
        if not found.get(port):
            where = "only on the container's own loopback" if port in found else "nowhere"
            _fail(
                task,
                f"nothing answers on port {port} of '{container}' (published on {host_port}): "
                f"after {timeout:g} s it listens {where}; its ports are {sorted(found) or 'none'}",
                container,
            )
        return task.answer(container, port)


def memory_limit(task: Task, container: str, mib: int) -> None:
    """Expect that the kernel limits the container's memory to ``mib`` MiB."""
    with _while_they_run(task, container):
        limit = task.memory_limit(container)
    if limit != mib * _MIB:
        _fail(
            task,
            f"the memory of '{container}' is limited to {limit} bytes, not to {mib} MiB "
            f"({mib * _MIB} bytes)",
            container,
        )


def answers(url: str, *, timeout: float = _LISTEN_TIMEOUT) -> None:
    """Expect that an HTTP server at ``url`` answers within ``timeout`` seconds, and is not broken.

    A status of 500 or more is that of a broken one, such as a load balancer without an instance.
    """
    deadline = time.monotonic() + timeout
    while (seen := _request(url)) is not None:
        if time.monotonic() > deadline:
            raise AssertionError(f"{url} does not answer as it should within {timeout:g} s: {seen}")
        time.sleep(_LISTEN_POLL)


def _request(url: str) -> str | None:
    """Return what is wrong with the answer, or ``None`` for a good one."""
    try:
        opened = open_directly if is_local(url) else urllib.request.urlopen
        opened(url, timeout=_LISTEN_TIMEOUT).close()
    except urllib.error.HTTPError as error:
        error.close()
        broken = error.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        return f"status {error.code}" if broken else None
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    return None


def running(task: Task, *containers: str, seconds: float = _QUIET) -> None:
    """Expect that these containers (all, if none is named) run, and still do after ``seconds``."""
    names = containers or tuple(task.containers)
    task.wait(lambda: any(not _runs(task, name) for name in names), seconds)
    for name in names:
        if not _runs(task, name) or not task.is_alive(name):
            _fail(task, f"'{name}' does not run: {task.containers[name]}", name)


def healthy(task: Task, container: str, *, timeout: float = _TIMEOUT) -> None:
    """Expect that ECS reports the container HEALTHY within ``timeout`` seconds.

    It does so only where the container definition has a ``healthCheck``.
    """
    _health(task, container, "HEALTHY", timeout)


def unhealthy(task: Task, container: str, *, timeout: float = _TIMEOUT) -> None:
    """Expect that ECS reports the container UNHEALTHY within ``timeout`` seconds."""
    _health(task, container, "UNHEALTHY", timeout)


def stopped(
    task: Task,
    container: str,
    *,
    exit_code: int | None = None,
    reason: str | None = None,
    timeout: float = _TIMEOUT,
) -> None:
    """Expect that the container stops within ``timeout`` seconds, with that code and reason.

    The reason is the one that ECS shows, such as ``OutOfMemoryError: Container killed due to memory
    usage``; what is given has to be its beginning.
    """
    if not task.wait_container_stopped(container, timeout):
        _fail(task, f"'{container}' has not stopped within {timeout:g} s", container)
    seen = task.containers[container]
    if exit_code is not None and seen.exit_code != exit_code:
        _fail(
            task, f"'{container}' ended with exit code {seen.exit_code}, not {exit_code}", container
        )
    if reason is not None and not (seen.reason or "").startswith(reason):
        _fail(task, f"'{container}' ended with reason {seen.reason!r}, not {reason!r}", container)


def task_stopped(
    task: Task,
    *,
    reason: str | None = None,
    code: str | None = None,
    timeout: float | None = None,
) -> None:
    """Expect that the whole task stops within ``timeout`` seconds, with that reason and stop code.

    They are ECS's: ``Essential container in task exited`` and ``EssentialContainerExited``. By
    default all containers may use their stop timeouts.
    """
    timeout = task.stop_patience if timeout is None else timeout
    if not task.wait(lambda: task.status == "STOPPED", timeout):
        _fail(task, f"the task has not stopped within {timeout:g} s")
    for what, seen, wanted in (
        ("reason", task.stopped_reason, reason),
        ("stop code", task.stop_code, code),
    ):
        if wanted is not None and seen != wanted:
            _fail(task, f"the task stopped with {what} {seen!r}, not {wanted!r}")


def link_names(task: Task, container: str, target: str) -> list[str]:
    """Return the names by which ``container`` shall reach ``target``: aliases, then hostname."""
    aliases = [
        link.alias for link in task.definition_of(container).links if link.name == target
    ] or [target]
    hostname = task.definition_of(target).hostname
    return [*aliases, *([hostname] if hostname and hostname not in aliases else [])]


# --- what it takes ----------------------------------------------------------------------------


def _runs(task: Task, container: str) -> bool:
    return task.containers[task.definition_of(container).name].status == "RUNNING"


def _health(task: Task, container: str, wanted: str, timeout: float) -> None:
    _alive(task, container)
    if task.definition_of(container).health_check is None:
        _fail(task, f"ECS reports no health of '{container}': its definition has no healthCheck")

    def is_seen() -> bool:
        return task.containers[container].health == wanted

    task.wait(lambda: is_seen() or not _runs(task, container), timeout)
    if not is_seen():
        said = task.last_health_check(container)
        last = f"; its last check said: {said}" if said else ""
        _fail(task, f"'{container}' is not {wanted} within {timeout:g} s{last}", container)


def _alive(task: Task, *containers: str) -> None:
    for name in containers:
        if not _runs(task, name):
            _fail(task, f"'{name}' does not run: {task.containers[name]}", name)


@contextmanager
def _while_they_run(task: Task, *containers: str) -> Iterator[None]:
    """Fail where one of the containers does not run, or ends while it is looked at."""
    _alive(task, *containers)
    try:
        yield
    except TaskError as error:  # Docker knows of an end before ECS does
        task.wait(lambda: any(not _runs(task, name) for name in containers), _REPORT_TIMEOUT)
        _alive(task, *containers)
        _fail(task, str(error), containers[0])


def _address(task: Task, container: str) -> str:
    address = task.ip_address(container)
    if not address and not task.is_alive(container):
        raise TaskError(f"Container '{container}' has ended, and with it its address.")
    return address


def _links(task: Task, container: str) -> str:
    links = [f"{link.name}:{link.alias}" for link in task.definition_of(container).links]
    return ", ".join(links) or "none"


def _ports_to_reach(task: Task, target: str, timeout: float) -> list[int]:
    """Return the declared ports once they are listened on, or else those that are by now."""
    declared = task.exposed_ports(target)
    found = _wait_for_listener(task, target, declared, timeout)
    missing = sorted(port for port in declared if not found.get(port))
    if missing:
        _fail(
            task, f"'{target}' does not listen on its port {missing[0]} after {timeout:g} s", target
        )
    return sorted(port for port, from_outside in found.items() if from_outside)


def _wait_for_listener(
    task: Task, container: str, ports: set[int], timeout: float
) -> dict[int, bool]:
    """Return what the container listens on, as soon as all of ``ports`` are there or it ended."""
    found: dict[int, bool] = {}

    def all_there() -> bool:
        found.clear()
        found.update(task.probe(container).listening())
        return all(found.get(port) for port in ports)

    _poll(task, container, all_there, timeout)
    return found


def _poll(task: Task, container: str, done: Callable[[], bool], timeout: float) -> None:
    deadline = task.clock() + timeout
    while not done() and task.clock() < deadline:
        if task.wait(lambda: not _runs(task, container), _LISTEN_POLL):
            return


def _fail(task: Task, what: str, container: str = "") -> NoReturn:
    parts = [what, task.summary()]
    tail = task.last_lines(container) if container else ""
    if tail:
        indented = "\n".join(f"    {line}" for line in tail.splitlines())
        parts.append(f"last log lines of {container}:\n{indented}")
    raise AssertionError("\n".join(parts))
