"""A command on one instance: its hooks in their order, as the platform's scripts run them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from . import messages
from .blame import blame
from .cloud import CloudError
from .monitor import check_of
from .pipeline import ATTEMPTS, DEPLOY, Activity, Hook, Work
from .records import now
from .tasks import Snapshot, stopped_text

if TYPE_CHECKING:
    from .environment import Instance
    from .release import Release
    from .runtime import Runtime

_LOOK_INTERVAL = 0.05  # seconds: nobody tells when a port answers
_ACTIVITY_LOG = "eb-activity.log"


class Outcome(Enum):
    """How a command has ended on an instance."""

    SUCCESSFUL = "Successful"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"


class HookFailed(Exception):  # noqa: N818 - says what is the case
    """A hook has failed, and told why."""


class _TimedOut(Exception):  # noqa: N818
    """The command has taken longer than it may."""


class Command:
    """Runs the hooks of a command on an instance, to have it run a release.

    The events that are told are those of the scripts; what it comes to, is told by its caller.
    """

    def __init__(
        self,
        runtime: Runtime,
        instance: Instance,
        release: Release,
        hooks: tuple[Hook, ...] = DEPLOY,
    ) -> None:
        self._runtime = runtime
        self._instance = instance
        self._release = release
        deployment = release.deployment
        name = f"Application update {deployment.label}@{deployment.number}"
        self._activity = Activity(name if hooks is DEPLOY else "Application restart", hooks)
        timeout = runtime.environment.configuration.command_timeout
        self._deadline = time.monotonic() + timeout
        self._work: dict[Work, Callable[[], None]] = {
            Work.DOWNLOAD: self._unpack,
            Work.STOP: self._stop,
            Work.FLIP: self._flip,
            Work.START: self._start,
            Work.NOTHING: lambda: None,
        }

    def run(self) -> Outcome:
        """Run all hooks, up to the first that fails."""
        instance = self._instance
        instance.failed, instance.culprit = False, ""
        try:
            for hook in self._activity.hooks:
                self._run(hook)
        except HookFailed:
            outcome = Outcome.FAILED
        except _TimedOut:
            outcome = Outcome.TIMED_OUT
        else:
            instance.deployed_at = now()
            return Outcome.SUCCESSFUL
        instance.failed = True
        return outcome

    def _run(self, hook: Hook) -> None:
        self._runtime.check()
        self._log(self._activity.starting(hook, _stamp()))
        try:
            self._work[hook.work]()
        except CloudError as error:
            self._fail(messages.from_ecs(error.code, error.message))
        except HookFailed as failure:
            self._log(self._activity.failed(hook, _stamp(), str(failure)))
            raise
        self._log(self._activity.completed(hook, _stamp()))

    # --- the hooks ------------------------------------------------------------------------------

    def _unpack(self) -> None:
        shutil.rmtree(self._instance.staging, ignore_errors=True)
        shutil.copytree(self._release.source.files, self._instance.staging)

    def _flip(self) -> None:
        shutil.rmtree(self._instance.bundle, ignore_errors=True)
        self._instance.staging.replace(self._instance.bundle)

    def _stop(self) -> None:
        arn, runtime = self._instance.task, self._runtime
        if arn is None or runtime.region.tasks.status(arn) == "STOPPED":
            return
        seconds = runtime.region.times.stop
        runtime.region.cloud.stop_task(runtime.environment.cluster or "", arn)
        if not self._wait(lambda: runtime.region.tasks.status(arn) == "STOPPED", seconds):
            self._fail(messages.task_not_stopped(arn, seconds))

    def _start(self) -> None:
        self._instance.release = self._release
        for _ in range(1, ATTEMPTS):
            if self._succeeds():
                return
            self._runtime.tell(messages.TASK_RETRY, "WARN")
            self._wait(lambda: False, self._runtime.region.times.retry)
        if not self._succeeds():
            self._fail(messages.task_given_up(ATTEMPTS))

    def _succeeds(self) -> bool:
        try:
            self._attempt()
        except HookFailed:
            return False
        return True

    def _attempt(self) -> None:
        runtime, instance = self._runtime, self._instance
        answer = runtime.region.cloud.start_task(
            runtime.environment.cluster or "", self._release.definition, instance.container_instance
        )
        if answer["failures"]:
            self._fail(messages.not_placed(answer))
        arn = str(answer["tasks"][0]["taskArn"])
        instance.task, instance.target = arn, None
        seconds = runtime.region.times.pending
        if not self._wait(lambda: runtime.region.tasks.status(arn) != "PENDING", seconds):
            runtime.error(messages.task_pending(arn, seconds))
            self._stop()
            raise HookFailed(messages.task_pending(arn, seconds))
        if runtime.region.tasks.status(arn) == "RUNNING":
            self._settle(arn)
        if runtime.region.tasks.status(arn) != "RUNNING":
            self._died(arn)

    def _settle(self, arn: str) -> None:
        """Watch a task that has just come to run: until its port answers, it dies, or for a while.

        The platform's script looks every three seconds, and so sees a task that ends at once as one
        that has not started.
        """
        tasks, instance = self._runtime.region.tasks, self._instance
        instance.target = address(self._runtime, self._release, arn)
        check = check_of(self._runtime.environment.configuration)
        until = time.monotonic() + self._runtime.region.times.settle
        while time.monotonic() < until:
            if self._wait(lambda: tasks.status(arn) != "RUNNING", _LOOK_INTERVAL):
                return
            if instance.target is not None and check.passes(*instance.target):
                return

    def _died(self, arn: str) -> None:
        runtime = self._runtime
        snapshot: Snapshot = runtime.region.tasks.task(arn) or {}
        runtime.error(messages.task_stopped(arn))
        cause = blame(runtime.region, snapshot, self._release.source.dockerrun)
        if cause:
            self._instance.culprit = cause
            runtime.error(messages.ours(cause, self._instance.id))
        runtime.monitor.has_told(arn)
        self._fail(stopped_text(snapshot))

    # --- what they share ------------------------------------------------------------------------

    def _wait(self, done: Callable[[], bool], seconds: float) -> bool:
        left = self._deadline - time.monotonic()
        ended = self._runtime.wait(done, min(seconds, max(left, 0)))
        if not ended and left <= seconds:
            raise _TimedOut
        return ended

    def _fail(self, message: str) -> None:
        self._runtime.error(message)
        raise HookFailed(message)

    def _log(self, text: str) -> None:
        self._instance.logs.mkdir(parents=True, exist_ok=True)
        with (self._instance.logs / _ACTIVITY_LOG).open("a") as file:
            file.write(text)


def address(runtime: Runtime, release: Release, arn: str) -> tuple[str, int] | None:
    """Return where the port of the instance that gets requests is reached from here."""
    snapshot = runtime.region.tasks.task(arn)
    if snapshot is None or release.serves is None:
        return None
    name, port = release.serves
    for container in snapshot["containers"]:
        for binding in container["networkBindings"] if container["name"] == name else ():
            if binding.get("containerPort") == port and binding["protocol"] == "tcp":
                return runtime.region.host, int(binding["hostPort"])
    return None


def _stamp() -> str:
    return now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
