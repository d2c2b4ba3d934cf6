"""Removing what runs have left: containers, volumes and networks by label, rules by comment."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .erasing import erase
from .redirection import redirections, remove_redirections
from .run import RUN_LABEL, KnownRun, claim, forget, known_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docker import DockerClient

#: docker-py's connection pool has 25; the engine itself gains nothing beyond this many.
_PARALLEL = 8
_REMOVAL_TIMEOUT = 10  # seconds, for a removal that somebody else has begun
_NOT_FOUND, _CONFLICT = 404, 409


@dataclass(frozen=True)
class Removed:
    """What was removed of one run, or would be: the names of its objects."""

    run_id: str
    containers: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Of iptables, on this machine."""
    failures: tuple[str, ...] = ()
    """Why some of them are still there."""

    def __bool__(self) -> bool:
        found = (self.containers, self.volumes, self.networks, self.rules, self.failures)
        return any(found)


def leftovers(client: DockerClient, run_id: str) -> Removed:
    """Return what of a run is on the engine and this machine, without removing it."""
    filters = {"label": f"{RUN_LABEL}={run_id}"}
    return Removed(
        run_id,
        tuple(_container_name(entry) for entry in client.api.containers(all=True, filters=filters)),
        tuple(entry["Name"] for entry in client.api.volumes(filters=filters)["Volumes"] or ()),
        tuple(entry["Name"] for entry in client.api.networks(filters=filters)),
        tuple(rule.name for rule in redirections(run_id)),
    )


def remove_run(client: DockerClient, run_id: str) -> Removed:
    """Remove all that a run has on the engine, in parallel, and its rules; return what it was.

    Containers go by force and with their anonymous volumes. What is gone already, or is being
    removed by somebody else, is no error, so that calling it twice is fine; what cannot be removed
    keeps nothing else from being.
    """
    found = leftovers(client, run_id)
    if found.rules:
        remove_redirections(run_id)
    api = client.api
    failures: list[str] = []

    def without_failed(
        kind: str, names: tuple[str, ...], remove: Callable[[str], None]
    ) -> tuple[str, ...]:
        failed = _in_parallel(remove, names)
        failures.extend(f"{kind} {name}: {why}" for name, why in failed.items())
        return tuple(name for name in names if name not in failed)

    return replace(
        found,
        containers=without_failed(
            "container", found.containers, lambda name: remove_container(client, name)
        ),
        volumes=without_failed(
            "volume", found.volumes, lambda name: _ignoring(api.remove_volume, name, force=True)
        ),
        networks=without_failed(
            "network", found.networks, lambda name: _ignoring(api.remove_network, name)
        ),
        failures=tuple(failures),
    )


def remove_container(client: DockerClient, name: str) -> None:
    """Remove a container by force, with its anonymous volumes, and return when it is gone.

    One that is gone already, or that somebody else is removing, is no error.
    """
    from docker.errors import APIError

    try:
        client.api.remove_container(name, v=True, force=True)
    except APIError as error:
        if error.status_code == _CONFLICT:  # somebody else is removing it: wait for that
            _await_removal(client, name)
        elif error.status_code != _NOT_FOUND:
            raise


def _await_removal(client: DockerClient, name: str) -> None:
    from requests import RequestException

    # One that takes longer must not keep the others from being removed.
    with contextlib.suppress(RequestException):
        _ignoring(client.api.wait, name, timeout=_REMOVAL_TIMEOUT, condition="removed")


def dead_runs(client: DockerClient) -> list[KnownRun]:
    """Return the runs of this machine on this engine whose process is gone."""
    engine = engine_id(client)
    return [run for run in known_runs() if run.is_on(engine) and not run.is_alive()]


def engine_id(client: DockerClient) -> str:
    """Return the id that an engine keeps for its life."""
    return str(client.info().get("ID", ""))


def sweep_dead_runs(client: DockerClient) -> list[Removed]:
    """Remove all that dead runs of this machine have left, their folders and locks too.

    Runs that used another engine are left to a sweep of that one. A run of which something cannot
    be removed is left to the next sweep.
    """
    swept = []
    for run in dead_runs(client):
        with claim(run) as claimed:
            if claimed:
                removed = remove_run(client, run.id)
                swept.append(removed)
                if not removed.failures:
                    if run.workdir is not None:
                        erase(client, run.workdir)
                    forget(run)
    return swept


def labelled_runs(client: DockerClient) -> set[str]:
    """Return the ids of all runs that have something left, on the engine also other machines'."""
    filters = {"label": RUN_LABEL}
    entries = [
        *client.api.containers(all=True, filters=filters),
        *(client.api.volumes(filters=filters)["Volumes"] or ()),
        *client.api.networks(filters=filters),
    ]
    labelled = {entry["Labels"][RUN_LABEL] for entry in entries}
    return labelled | {rule.run_id for rule in redirections()}


def _container_name(entry: dict[str, Any]) -> str:
    # A container that others link to is also listed under /linker/alias: its own name is the
    # shortest. One that is being removed may have lost its names already.
    names = sorted((name.lstrip("/") for name in entry["Names"] or ()), key=lambda n: n.count("/"))
    return names[0] if names else str(entry["Id"])


def _ignoring(remove: Callable[..., Any], name: str, **options: Any) -> None:
    """Call `remove`, content if the object is gone already."""
    from docker.errors import NotFound

    try:
        remove(name, **options)
    except NotFound:
        return


def _in_parallel(remove: Callable[[str], None], names: Iterable[str]) -> dict[str, str]:
    """Remove all that have these names; return why, for each that cannot be removed."""
    from .troubles import TROUBLES, words

    failed: dict[str, str] = {}

    def attempt(name: str) -> None:
        try:
            remove(name)
        except TROUBLES as error:
            failed[name] = words(error)

    names = tuple(names)
    if names:
        with ThreadPoolExecutor(min(_PARALLEL, len(names))) as pool:
            list(pool.map(attempt, names))
    return failed
