"""What the Elastic Beanstalk API decides, in the place of moto's backend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import AwsError, invalid_value
from . import messages
from .applications import tags_of
from .environment import Environment
from .environments import EnvironmentsBackend, require_ready
from .lifecycle import outlived
from .logs import pull_logs
from .operations import Change, Operations
from .records import Application, Version, now
from .runtime import Runtime
from .undocumented import source_contents


class BeanstalkBackend(EnvironmentsBackend):
    """Elastic Beanstalk in one account and region: what changes environments, and ends them."""

    def update(self, request: Mapping[str, Any], request_id: str) -> Environment:
        """Begin to update an environment."""
        runtime = self.runtime(request)
        environment = runtime.environment
        label, template = request.get("VersionLabel"), request.get("TemplateName")
        version = self.version(environment.application, label) if label else None
        base = environment.configuration
        if template or source_contents(request):
            settings, _ = self.base(environment.application, request)
            base = replace(base, template=settings, direct={})
        configuration = self.configuration(base, request)
        change = Change(configuration, self.platform(request) or environment.platform, version)
        with environment.lock:
            require_ready(environment)
            environment.description = request.get("Description") or environment.description
            environment.template = template or environment.template
            operations = Operations(runtime)
            what = "Application update" if version is not None else "Configuration update"
            runtime.begin(what, "Updating", request_id, lambda: operations.update(change))
            environment.abortable = True
        return environment

    def abort(self, request: Mapping[str, Any]) -> None:
        """Have an update under way ended, and undone."""
        runtime = self.runtime(request)
        with runtime.environment.lock:
            if not runtime.environment.abortable:
                raise invalid_value(
                    f"Environment named {runtime.environment.name} is in an invalid state for this "
                    "operation. No abortable operation is in progress."
                )
            runtime.environment.status = "Aborting"
            runtime.aborting.set()
        self.region.tasks.wake()

    def restart(self, request: Mapping[str, Any], request_id: str) -> None:
        """Begin to restart the tasks of an environment."""
        runtime = self.runtime(request)
        with runtime.environment.lock:
            require_ready(runtime.environment)
            work = Operations(runtime).restart
            runtime.begin("Application restart", "Updating", request_id, work)

    def rebuild(self, request: Mapping[str, Any], request_id: str) -> None:
        """Begin to rebuild an environment, one that has been terminated too."""
        runtime = self.runtime(request, gone=bool(request.get("EnvironmentId")))
        environment = runtime.environment
        version = self._version_of(environment)
        with environment.lock:
            if environment.is_gone:
                self._free_name({"EnvironmentName": environment.name})
            else:
                require_ready(environment)
            operations = Operations(runtime)
            runtime.begin(
                "Initialization", "Updating", request_id, lambda: operations.rebuild(version)
            )

    def _version_of(self, environment: Environment) -> Version | None:
        versions = self.application(environment.application).versions
        return versions.get(environment.version or "")

    def swap(self, request: Mapping[str, Any], request_id: str) -> None:
        """Exchange the addresses of two environments."""
        both = [self.ready(request, prefix) for prefix in ("Source", "Destination")]
        source, destination = (runtime.environment for runtime in both)
        with source.lock, destination.lock:
            source.cname, destination.cname = destination.cname, source.cname
            for runtime in both:
                if runtime.balancer is not None:
                    name = runtime.environment.cname
                    self.emulator.sites.register(name, runtime.balancer.port)
                    runtime.environment.updated = now()
        told = (
            messages.SWAPPING,
            messages.swapping(source.name, destination.name),
            *(messages.points_to(e.cname, e.endpoint or "") for e in (source, destination)),
            messages.swapped(source.name, destination.name),
        )
        for message in told:
            self.region.journal.write(
                message,
                "INFO",
                source.application,
                environment=source.name,
                environment_id=source.id,
                request_id=request_id,
            )

    def terminate(self, request: Mapping[str, Any], request_id: str) -> Environment:
        """Begin to terminate an environment, whatever is being done to it."""
        runtime = self.runtime(request)
        self._terminate(runtime, request_id)
        return runtime.environment

    def _terminate(self, runtime: Runtime, request_id: str) -> None:
        environment = runtime.environment
        with environment.lock:
            if environment.status == "Terminating":
                return
            environment.status = "Terminating"
        runtime.cancel()
        work = Operations(runtime).terminate
        runtime.begin("Termination", "Terminating", request_id, work)

    # --- deleting, logs, tags -------------------------------------------------------------------

    def delete_version(self, request: Mapping[str, Any]) -> None:
        """Delete an application version that no environment runs."""
        version = self.version(request["ApplicationName"], request["VersionLabel"])
        used = [e.name for e in self.environments() if self._runs(e, version)]
        if used:
            raise invalid_value(
                f"Unable to delete application version {version.label} because it is deployed to "
                f"environments: {', '.join(used)}."
            )
        if request.get("DeleteSourceBundle"):
            self.region.cloud.delete_object(version.bucket, version.key)
        self.application(version.application).versions.pop(version.label, None)

    def apply_lifecycle(self, application: Application) -> None:
        """Delete the versions that the application's lifecycle settings have no room for.

        Those that environments use stay; AWS keeps those of terminated ones for ten weeks, we for
        as long as they are shown.
        """

        def is_used(version: Version) -> bool:
            mine = (version.application, version.label)
            return any((e.application, e.version) == mine for e in self.environments())

        with self.lock:
            for version, with_bundle in list(outlived(application, is_used)):
                del application.versions[version.label]
                if with_bundle:
                    self.region.cloud.delete_object(version.bucket, version.key)

    @staticmethod
    def _runs(environment: Environment, version: Version) -> bool:
        mine = (environment.application, environment.version)
        return not environment.is_gone and mine == (version.application, version.label)

    def remove_application(self, request: Mapping[str, Any], request_id: str) -> None:
        """Delete an application; its environments too, if that is asked for."""
        name = request["ApplicationName"]
        if name not in self.applications:
            return
        application = self.application(name)
        alive = [r for r in self.runtimes.values() if self._is_of(r, application)]
        if alive and not request.get("TerminateEnvByForce"):
            raise AwsError(
                "OperationInProgressFailure",
                f"Unable to delete application {name} because it has a version that is deployed "
                "to a running environment.",
            )
        self._tell(messages.DELETING_APPLICATION, name, request_id)
        for runtime in alive:
            self._terminate(runtime, request_id)
        if alive:
            self.service.later(lambda: self._forget(application, alive, request_id))
        else:
            self._forget(application, [], request_id)

    @staticmethod
    def _is_of(runtime: Runtime, application: Application) -> bool:
        environment = runtime.environment
        return environment.application == application.name and not environment.is_gone

    def _forget(self, application: Application, alive: list[Runtime], request_id: str) -> None:
        for runtime in alive:
            runtime.join()
        self.remove_templates(application)
        self.applications.pop(application.name, None)
        self._tell(messages.APPLICATION_DELETED, application.name, request_id)

    def request_logs(self, request: Mapping[str, Any], request_id: str) -> None:
        """Begin to collect the logs of an environment's instances."""
        runtime, kind = self.runtime(request), request["InfoType"]
        if kind not in {"tail", "bundle"}:
            raise NotImplementedError(f"the info type {kind}")
        self.service.later(lambda: pull_logs(runtime, kind, request_id))

    def update_tags(self, request: Mapping[str, Any], request_id: str) -> None:
        """Change the tags of a resource."""
        tags = self.tags(request["ResourceArn"])
        tags.update(tags_of(request.get("TagsToAdd")))
        for key in request.get("TagsToRemove") or ():
            tags.pop(key, None)
        for environment in self.environments():
            if environment.arn == request["ResourceArn"]:
                for message in (messages.TAGS_UPDATING, messages.TAGS_UPDATED):
                    self._tell(
                        message,
                        environment.application,
                        request_id,
                        environment=environment.name,
                        environment_id=environment.id,
                    )

    def tagged(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the ARN and the tags of everything that has tags."""
        yield from super().tagged()
        for environment in self.environments():
            if not environment.is_gone:
                yield environment.arn, environment.tags

    def _tell(self, message: str, application: str, request_id: str, **fields: Any) -> None:
        self.region.journal.write(message, "INFO", application, request_id=request_id, **fields)
