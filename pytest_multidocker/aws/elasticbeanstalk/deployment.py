"""Brings a release to the instances of an environment, by its deployment policy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from . import messages
from .command import Command, Outcome
from .monitor import check_of
from .pipeline import DEPLOY, Hook
from .policies import Plan, batch_size, plan
from .runtime import OperationFailed

if TYPE_CHECKING:
    from .environment import Instance
    from .fleet import Fleet
    from .release import Release
    from .runtime import Runtime

_LOOK_INTERVAL = 0.1  # seconds: nobody tells when a port answers
_LAUNCHING, _DEPLOYING = "Initialization", "Application deployment"


class Deployer:
    """Deploys to one environment. What fails raises :class:`OperationFailed`, events told."""

    def __init__(self, runtime: Runtime, fleet: Fleet) -> None:
        self._runtime = runtime
        self._fleet = fleet
        self._batch = 0
        self._done = 0

    def deploy(self, release: Release) -> None:
        """Bring the release to all instances by the deployment policy."""
        environment = self._runtime.environment
        settings, ids = environment.configuration, [i.id for i in environment.instances]
        size = batch_size(*settings.batch, len(ids))
        self._batch = self._done = 0
        chosen = plan(settings.policy, ids, size)
        if chosen.replaces:
            self._runtime.tell(messages.IMMUTABLE)
            self.replace(release)
        elif chosen.drains:
            self._roll(release, chosen)
        else:
            self.run(environment.instances, release)
            self.serve(environment.instances)

    def run(
        self,
        instances: Sequence[Instance],
        release: Release,
        what: str = _DEPLOYING,
        hooks: tuple[Hook, ...] = DEPLOY,
    ) -> None:
        """Run a command on instances at the same time, and tell how it has ended."""
        if not instances:
            return
        for instance in instances:
            instance.begin(what)
        try:
            with ThreadPoolExecutor(len(instances)) as pool:
                commands = [Command(self._runtime, i, release, hooks) for i in instances]
                outcomes = list(pool.map(Command.run, commands))
        finally:
            for instance in instances:
                instance.end()
        self._tell(instances, outcomes)

    def serve(self, instances: Sequence[Instance]) -> None:
        """Have instances get requests: at once those that pass their health check by now."""
        balancer, settings = self._runtime.balancer, self._runtime.environment.configuration
        for instance in instances:
            if balancer is not None and instance.target is not None:
                healthy = settings.is_single or check_of(settings).passes(*instance.target)
                balancer.register(instance.id, *instance.target, healthy=healthy)

    def replace(self, release: Release | None) -> None:
        """Put new instances in the place of those that there are, first one to see how it goes."""
        environment = self._runtime.environment
        old = list(environment.instances)
        fresh: list[Instance] = []
        try:
            for size in plan("Immutable", ["any"] * environment.configuration.size, 1).fresh:
                if fresh:
                    self._runtime.tell(messages.IMMUTABLE_TEST_PASSED)
                fresh += self._launch(size, release)
            self._runtime.tell(messages.IMMUTABLE_LAUNCHED)
        except BaseException:
            self._fleet.terminate([i for i in environment.instances if i not in old])
            raise
        self._runtime.tell(messages.IMMUTABLE_SUCCEEDED)
        self._fleet.terminate(old)

    def grow(self, release: Release | None, count: int) -> None:
        """Launch instances, with the release if there is one."""
        launched = self._fleet.launch(count)
        if release is not None:
            self.run(launched, release, _LAUNCHING)
            self.serve(launched)
        for instance in launched:
            instance.end()

    # --- batches --------------------------------------------------------------------------------

    def _roll(self, release: Release, chosen: Plan) -> None:
        environment = self._runtime.environment
        before = list(environment.instances)
        try:
            for size in chosen.fresh:
                self._launch(size, release)
            for ids in chosen.batches:
                self._runtime.check()
                self._change([i for i in before if i.id in ids], release)
        finally:
            self._fleet.terminate([i for i in environment.instances if i not in before])

    def _change(self, batch: Sequence[Instance], release: Release) -> None:
        runtime, ids = self._runtime, [instance.id for instance in batch]
        self._batch += 1
        runtime.tell(messages.batch_starting(self._batch, ids))
        runtime.tell(messages.batch_leaving(self._batch))
        for instance in batch:
            instance.begin(_DEPLOYING)
        self._leave(batch)
        runtime.tell(messages.batch_executing(self._batch))
        self.run(batch, release)
        runtime.tell(messages.batch_executed(self._batch))
        self._done += len(batch)
        total = len(runtime.environment.instances)
        runtime.tell(messages.batch_progress(self._done, total))
        runtime.tell(messages.batch_returning(self._batch))
        self._await_health(batch)
        self.serve(batch)
        runtime.tell(messages.batch_completed(self._batch))

    def _launch(self, count: int, release: Release | None) -> list[Instance]:
        runtime = self._runtime
        launched = self._fleet.launch(count)
        ids = [instance.id for instance in launched]
        if release is not None:
            self.run(launched, release, _LAUNCHING)
            runtime.tell(messages.joining(ids))
            runtime.tell(messages.passing_checks(ids))
            self._await_health(launched)
            self.serve(launched)
        for instance in launched:
            instance.end()
        return launched

    def _leave(self, batch: Sequence[Instance]) -> None:
        balancer = self._runtime.balancer
        if balancer is not None:
            with ThreadPoolExecutor(len(batch)) as pool:
                list(pool.map(lambda i: balancer.withdraw(i.id, self._runtime.drain), batch))

    def _await_health(self, batch: Sequence[Instance]) -> None:
        """Wait until the instances pass their health checks, unless the settings say not to."""
        settings = self._runtime.environment.configuration
        if settings.ignores_health or settings.is_single:
            return
        check, seconds = check_of(settings), self._runtime.region.times.health
        deadline = time.monotonic() + seconds
        for instance in batch:
            while instance.target is None or not check.passes(*instance.target):
                if time.monotonic() > deadline:
                    text = f"It does not pass the health check ({check}) in {seconds:g} seconds."
                    self._runtime.error(messages.ours(text, instance.id))
                    raise OperationFailed
                self._runtime.wait(lambda: False, _LOOK_INTERVAL)

    def _tell(self, instances: Sequence[Instance], outcomes: Sequence[Outcome]) -> None:
        runtime = self._runtime
        by_outcome = {
            outcome: [i.id for i, o in zip(instances, outcomes, strict=True) if o is outcome]
            for outcome in Outcome
        }
        failed, late = by_outcome[Outcome.FAILED], by_outcome[Outcome.TIMED_OUT]
        for _ in by_outcome[Outcome.SUCCESSFUL]:
            runtime.tell(messages.INSTANCE_DEPLOYED)
        if not failed and not late:
            return
        for instance in failed:
            runtime.error(messages.INSTANCE_FAILED)
            runtime.error(messages.command_failed(instance))
        if late:
            runtime.tell(messages.command_timed_out(late), "WARN")
        counts = len(by_outcome[Outcome.SUCCESSFUL]), len(failed), len(late)
        runtime.tell(messages.command_summary(*counts))
        raise CommandFailed(failed + late)


class CommandFailed(OperationFailed):
    """A command has failed on instances; ``instances`` are their ids."""

    def __init__(self, instances: Sequence[str]) -> None:
        super().__init__(*instances)
        self.instances = list(instances)
