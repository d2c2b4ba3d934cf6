"""Watches the health of an environment: its tasks by their events, its ports by health checks."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from . import culprits, health, messages
from .blame import blame, words_of
from .checks import Check
from .health import EnvironmentView, Health, InstanceView
from .tasks import Closing, Snapshot, exited, stopped_text

if TYPE_CHECKING:
    from .environment import Environment, Instance
    from .options import Configuration
    from .region import Region
    from .runtime import Runtime

_LOG = logging.getLogger(__name__)


class Monitor:
    """Looks at an environment after every change of a task, and every few seconds besides.

    What it finds stands in the records, and every change of the environment's health is an event.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._told: set[tuple[str, str]] = set()
        self._thread: threading.Thread | None = None
        self._last: str | None = None
        self._trouble = ""

    def start(self) -> None:
        """Begin to watch, unless it does."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            name = f"eb-health {self._runtime.environment.name}"
            self._thread = threading.Thread(target=self._live, name=name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop watching; what is told next is told as if it were the first."""
        self._stopping.set()
        with self._lock:  # a look under way has ended
            self._last = None
        self._runtime.region.tasks.wake()

    def look(self) -> None:
        """Take stock now."""
        region, environment = self._runtime.region, self._runtime.environment
        with self._lock:
            if self._stopping.is_set():
                return
            for instance in environment.instances:
                self._tell_refusals(instance)
                self._look_at(instance)
            found = health.of_environment(environment_view(region, environment))
            for instance in environment.instances:
                view = instance_view(region, environment, instance)
                instance.health = health.of_instance(view, environment.expected)
            environment.health = found
            self._tell(found)

    def has_told(self, task: str) -> None:
        """Note that somebody else has told why a task has stopped."""
        self._told.add((task, ""))

    def _live(self) -> None:
        region = self._runtime.region
        with suppress(Closing):
            while not self._stopping.is_set():
                seen = region.tasks.changes
                self._try_to_look()
                region.tasks.wait_for_change(seen, region.times.interval)

    def _try_to_look(self) -> None:
        """Look, and go on where that fails: the next update may mend it. The log has it once."""
        try:
            self.look()
        except Closing:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was
            if repr(error) != self._trouble:
                _LOG.exception("the health of %s cannot be told", self._runtime.environment.name)
            self._trouble = repr(error)
        else:
            self._trouble = ""

    def _look_at(self, instance: Instance) -> None:
        snapshot = snapshot_of(self._runtime.region, instance)
        if instance.is_busy or snapshot is None:
            return
        if is_down(snapshot):
            self._tell_crash(instance, snapshot)
            passes: bool | None = False
        else:
            self._tell_losses(instance, snapshot)
            passes = self._passes(instance)
        if instance.is_busy or snapshot_of(self._runtime.region, instance) is not snapshot:
            return  # what was asked is there no more: the next look is at what is
        instance.passes = passes
        if self._runtime.balancer is not None:
            self._runtime.balancer.mark(instance.id, healthy=instance.passes is not False)

    def _passes(self, instance: Instance) -> bool | None:
        configuration = self._runtime.environment.configuration
        if configuration.is_single:
            return None
        return instance.target is not None and check_of(configuration).passes(*instance.target)

    # --- what is told ---------------------------------------------------------------------------

    def _tell_crash(self, instance: Instance, snapshot: Snapshot) -> None:
        if not self._is_new(instance, "") or instance.release is None:
            return
        runtime = self._runtime
        runtime.tell(f"[Instance: {instance.id}] {stopped_text(snapshot)}", "WARN")
        dockerrun = instance.release.source.dockerrun
        instance.culprit = blame(runtime.region, snapshot, dockerrun) or ""
        if instance.culprit:
            runtime.tell(messages.ours(instance.culprit, instance.id), "WARN")

    def _tell_losses(self, instance: Instance, snapshot: Snapshot) -> None:
        for container in snapshot["containers"]:
            if exited(container) and self._is_new(instance, container["name"]):
                words = words_of(self._runtime.region, snapshot)
                told = culprits.lost(container["name"], snapshot, words)
                self._runtime.tell(messages.ours(told, instance.id), "WARN")

    def _tell_refusals(self, instance: Instance) -> None:
        for why in self._runtime.region.tasks.refusals(instance.container_instance):
            if self._is_new_of(instance.id, why):
                self._runtime.tell(messages.ours(why, instance.id), "WARN")

    def _is_new(self, instance: Instance, what: str) -> bool:
        return self._is_new_of(instance.task or "", what)

    def _is_new_of(self, whom: str, what: str) -> bool:
        key = (whom, what)
        is_new = key not in self._told
        self._told.add(key)
        return is_new

    def _tell(self, found: Health) -> None:
        if found.status == self._last:
            return
        before, self._last = self._last, found.status
        severity = "WARN" if found.is_bad else "INFO"
        causes = [cause for cause in found.causes if not cause.startswith(messages.OURS)]
        self._runtime.tell(messages.health_changed(before, found.status, causes), severity)


def environment_view(region: Region, environment: Environment) -> EnvironmentView:
    """Return what is known of an environment."""
    return EnvironmentView(
        instances=[instance_view(region, environment, i) for i in environment.instances],
        operation=environment.operation,
        expected=environment.expected,
        balanced=not environment.configuration.is_single,
        size=environment.configuration.size,
    )


def instance_view(region: Region, environment: Environment, instance: Instance) -> InstanceView:
    """Return what is known of one of its instances."""
    snapshot = snapshot_of(region, instance)
    essential = instance.release.essential() if instance.release is not None else ()
    return InstanceView(
        operation=instance.operation,
        has_version=environment.version is not None,
        runs=snapshot is not None and not is_down(snapshot),
        dead=tuple(
            container["name"]
            for container in (snapshot["containers"] if snapshot is not None else ())
            if container["name"] in essential and container["lastStatus"] == "STOPPED"
        ),
        passes=instance.passes,
        deployment=instance.deployment,
        failed=instance.failed,
        culprit=instance.culprit,
    )


def snapshot_of(region: Region, instance: Instance) -> Snapshot | None:
    """Return the last word on the instance's task, if it has one."""
    return region.tasks.task(instance.task) if instance.task else None


def is_down(snapshot: Snapshot) -> bool:
    """Tell whether a task has stopped, or is about to."""
    return "STOPPED" in {snapshot["lastStatus"], snapshot["desiredStatus"]}


def check_of(configuration: Configuration) -> Check:
    """Return the health check that a configuration asks for."""
    return Check(
        configuration.health_path, configuration.health_codes, configuration.health_timeout
    )
