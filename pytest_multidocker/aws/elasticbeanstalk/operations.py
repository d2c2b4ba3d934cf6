"""What is done to an environment: the operations, each from its first event to its last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import messages
from .cloud import CloudError
from .deployment import CommandFailed, Deployer
from .fleet import Fleet
from .health import NO_DATA, Health
from .pipeline import RESTART
from .properties import too_large
from .release import Release, Source, fetch, release
from .runtime import Aborted, OperationFailed

if TYPE_CHECKING:
    from .options import Configuration
    from .platforms import PlatformVersion
    from .records import Version
    from .runtime import Runtime


@dataclass(frozen=True)
class Change:
    """What UpdateEnvironment asks for; ``version`` is ``None`` where it stays the same."""

    configuration: Configuration
    platform: PlatformVersion
    version: Version | None = None


class Operations:
    """The operations on one environment; each blocks until it has ended, and raises nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._environment = runtime.environment
        self._fleet = Fleet(runtime)
        self._deployer = Deployer(runtime, self._fleet)

    # --- launching ------------------------------------------------------------------------------

    def launch(self, version: Version | None) -> None:
        """Launch the environment; the answer to CreateEnvironment."""
        self._runtime.tell(messages.CREATING)
        self._launch(version)

    def rebuild(self, version: Version | None) -> None:
        """Remove all that the environment has, and launch it again."""
        runtime = self._runtime
        runtime.tell(messages.REBUILDING)
        if self._environment.instances:
            runtime.tell(messages.WAITING_FOR_TERMINATION)
        self._remove_resources()
        self._launch(version)

    def _launch(self, version: Version | None) -> None:
        runtime = self._runtime
        runtime.monitor.start()
        try:
            bucket = runtime.region.cloud.ensure_bucket()
            runtime.tell(messages.using_bucket(bucket))
            source = self._fetch(version, self._environment.platform) if version else None
            self._fleet.create_base()
            made = self._release(source, self._environment.configuration) if source else None
            runtime.tell(messages.WAITING_FOR_LAUNCH)
            self._set(made)
            self._deployer.grow(made, self._environment.configuration.size)
        except CommandFailed:
            runtime.finish(("ERROR", messages.LAUNCHED_WITH_ERRORS))
        except CloudError as error:
            runtime.error(error.message)
            runtime.finish(("ERROR", messages.LAUNCH_FAILED))
        except OperationFailed:
            runtime.finish(("ERROR", messages.LAUNCH_FAILED))
        else:
            runtime.tell(messages.available_at(self._environment.cname))
            runtime.finish(("INFO", messages.launched(self._environment.name)))

    # --- updating -------------------------------------------------------------------------------

    def update(self, change: Change) -> None:
        """Bring a new version, or new settings, to the instances; the answer to UpdateEnvironment.

        What fails leaves the environment with the version and the settings that it had, and its
        instances as they are: nothing is rolled back.
        """
        runtime, before = self._runtime, self._environment.configuration
        runtime.tell(messages.UPDATING)
        if change.version is None:
            runtime.tell(messages.updating_configuration(self._environment.name))
        else:
            runtime.tell(messages.DEPLOYING)
        try:
            self._update(change)
        except Aborted:
            self._environment.configuration = before
            self._revert()
        except OperationFailed as failure:
            self._environment.configuration = before
            self._environment.deployed_configuration = "failed"
            runtime.finish(*_failure(failure, change))
        except Exception:  # a fault of ours, which may well lie in the new settings
            self._environment.configuration = before
            raise
        else:
            self._environment.deployed_configuration = "deployed"
            done = messages.CONFIGURED if change.version is None else messages.DEPLOYED
            runtime.finish(("INFO", done), ("INFO", messages.UPDATED))

    def _update(self, change: Change) -> None:
        environment, old = self._environment, self._runtime.release
        before = environment.configuration
        source = old.source if old is not None else None
        if change.version is not None:
            source = self._fetch(change.version, change.platform)
        settings = source.settings if source is not None else {}
        after = replace(change.configuration, bundle=settings)
        made = old
        if source is not None and (
            change.version is not None or after.properties != before.properties
        ):
            made = self._release(source, after)
        is_new_machine = after.machine != before.machine or change.platform != environment.platform
        environment.configuration = after
        self._change(made if made is not old else None, is_new_machine=is_new_machine)
        environment.platform = change.platform
        self._set(made)

    def _change(self, made: Release | None, *, is_new_machine: bool) -> None:
        """Bring what has changed to the instances: ``made`` is a release, if there is a new one."""
        runtime, environment = self._runtime, self._environment
        if is_new_machine:
            self._deployer.replace(made or runtime.release)
        elif made is not None:
            self._deployer.deploy(made)
        size, there = environment.configuration.size, len(environment.instances)
        if size > there:
            self._deployer.grow(made or runtime.release, size - there)
        elif size < there:
            self._fleet.terminate(environment.instances[size:])

    def _revert(self) -> None:
        """Bring the release that was there before an aborted update back to all instances."""
        runtime, old = self._runtime, self._runtime.release
        runtime.aborting.clear()
        runtime.tell(messages.ABORTING, "WARN")
        tasks = runtime.region.tasks
        changed = [
            instance
            for instance in self._environment.instances
            if instance.release is not old or tasks.status(instance.task) != "RUNNING"
        ]
        try:
            if old is not None:
                self._deployer.run(changed, old)
        except CommandFailed as failure:
            runtime.error(messages.unsuccessful(failure.instances))
        runtime.finish(("ERROR", messages.ABORTED))

    # --- restarting, terminating ----------------------------------------------------------------

    def restart(self) -> None:
        """Stop and start the task on every instance; the answer to RestartAppServer."""
        runtime, instances = self._runtime, self._environment.instances
        runtime.tell(messages.RESTARTING)
        try:
            if runtime.release is not None:
                self._deployer.run(instances, runtime.release, "Application restart", RESTART)
        except CommandFailed as failure:
            runtime.error(messages.unsuccessful(failure.instances))
            runtime.finish(("ERROR", messages.RESTART_FAILED))
        else:
            runtime.finish(("INFO", messages.RESTARTED))

    def terminate(self, then: Callable[[], None] = lambda: None) -> None:
        """Remove all that there is of the environment; the answer to TerminateEnvironment."""
        runtime, environment = self._runtime, self._environment
        runtime.monitor.stop()
        environment.health = Health(NO_DATA)
        runtime.tell(messages.TERMINATING)
        runtime.tell(messages.WAITING_FOR_TERMINATION)
        self._remove_resources()
        if environment.balancer_name is not None:
            runtime.tell(messages.deleted("load balancer", environment.balancer_name))
        runtime.close()
        shutil.rmtree(runtime.region.folder(environment.id), ignore_errors=True)
        environment.end("Terminated")
        runtime.tell(messages.TERMINATED)
        then()

    def _remove_resources(self) -> None:
        self._fleet.terminate(self._environment.instances)
        self._fleet.remove_base()

    # --- versions -------------------------------------------------------------------------------

    def _fetch(self, version: Version, platform: PlatformVersion) -> Source:
        source = fetch(self._runtime, version, platform)
        if self._runtime.release is None:
            environment = self._environment
            environment.configuration = replace(environment.configuration, bundle=source.settings)
        return source

    def _release(self, source: Source, settings: Configuration) -> Release:
        if (refusal := too_large(settings.properties)) is not None:
            self._runtime.error(refusal)
            raise OperationFailed
        return release(self._runtime, source, settings)

    def _set(self, made: Release | None) -> None:
        """Have a release be the one that is expected everywhere."""
        self._runtime.release = made
        if made is not None:
            self._environment.expected = made.deployment
            self._environment.version = made.source.label


def _failure(failure: OperationFailed, change: Change) -> list[tuple[str, str]]:
    """Return the last events of an update that has failed."""
    told = []
    commanded = isinstance(failure, CommandFailed)
    if isinstance(failure, CommandFailed):
        told.append(messages.unsuccessful(failure.instances))
    if change.version is None:
        told.append(messages.CONFIGURATION_FAILED)
    else:
        told.append(messages.DEPLOY_FAILED)
        told += [messages.ABORTED_DEPLOYMENT] if commanded else []
    return [("ERROR", message) for message in told]
