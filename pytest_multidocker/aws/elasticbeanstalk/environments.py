"""The environments of one account and region: how they are found, and how they begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ..errors import AwsError, invalid_combination, invalid_value
from . import saved
from .applications import tags_of
from .environment import Environment
from .fleet import random_id
from .operations import Operations
from .options import Configuration, Settings, of_request, to_remove, validate
from .records import now
from .runtime import Runtime
from .templates import TemplatesBackend
from .undocumented import source_contents, source_environment

if TYPE_CHECKING:
    from .platforms import PlatformVersion

_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{4,40}(?<!-)")
_PREFIX = re.compile(r"(?!-)[A-Za-z0-9-]{4,63}(?<!-)")
_REMEMBERED = timedelta(hours=1)
"""For how long terminated environments are described, where a request does not say since when."""


class EnvironmentsBackend(TemplatesBackend):
    """The environments of one account and region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.runtimes: dict[str, Runtime] = {}

    def reset(self) -> None:
        """Forget everything, as moto's reset has it."""
        self.close()
        super().reset()

    def close(self) -> None:
        """End all threads; what environments have in AWS stays."""
        for runtime in list(self.runtimes.values()):
            runtime.cancel()
            runtime.close()

    # --- finding --------------------------------------------------------------------------------

    def environments(self) -> list[Environment]:
        """Return all environments, those that have been terminated too."""
        with self.lock:
            return [runtime.environment for runtime in self.runtimes.values()]

    def select(self, request: Mapping[str, Any]) -> list[Environment]:
        """Return the environments that DescribeEnvironments asks for.

        Those that have been terminated are among them for an hour, unless ``IncludeDeleted`` is
        false: the waiter EnvironmentTerminated of the SDKs, which gives neither this nor a time,
        lives on that.
        """
        names, ids = request.get("EnvironmentNames") or [], request.get("EnvironmentIds") or []
        since = _time(request.get("IncludedDeletedBackTo")) or now() - _REMEMBERED
        wanted = {
            "application": request.get("ApplicationName"),
            "version": request.get("VersionLabel"),
        }
        return [
            environment
            for environment in self.environments()
            if all(v in {None, getattr(environment, n)} for n, v in wanted.items())
            and (not names or environment.name in names)
            and (not ids or environment.id in ids)
            and (
                not environment.is_gone
                or (request.get("IncludeDeleted") is not False and environment.updated >= since)
            )
        ]

    def runtime(
        self, request: Mapping[str, Any], prefix: str = "", *, gone: bool = False
    ) -> Runtime:
        """Return the environment that a request names by id or name; raises where there is none.

        ``gone`` is whether it may have been terminated.
        """
        wanted_id, wanted_name = (request.get(f"{prefix}Environment{n}") for n in ("Id", "Name"))
        if not wanted_id and not wanted_name:
            raise invalid_combination(
                "Either environment ID or environment name must be specified."
            )
        for runtime in reversed(list(self.runtimes.values())):
            environment = runtime.environment
            named = (wanted_id or environment.id, wanted_name or environment.name)
            if named == (environment.id, environment.name) and (gone or not environment.is_gone):
                return runtime
        what, value = ("Id", wanted_id) if wanted_id else ("Name", wanted_name)
        raise invalid_value(f"No Environment found for Environment{what} = '{value}'.")

    def ready(self, request: Mapping[str, Any], prefix: str = "") -> Runtime:
        """Return the environment that a request names; raises unless it is Ready."""
        runtime = self.runtime(request, prefix)
        require_ready(runtime.environment)
        return runtime

    # --- creating -------------------------------------------------------------------------------

    def launch(self, request: Mapping[str, Any], request_id: str) -> Environment:
        """Create an environment and begin to launch it."""
        application = self.application(request["ApplicationName"])
        name = self._free_name(request)
        self._check_tier(request)
        label = request.get("VersionLabel")
        version = self.version(application.name, label) if label else None
        template = request.get("TemplateName")
        settings, base = self.base(application.name, request)
        platform = self.platform(request) or base
        if platform is None:
            raise invalid_combination(
                "Unable to determine base for template pack (no solution stack)"
            )
        kind = self.emulator.options.instance_type
        configuration = Configuration(template=settings, instance_type=kind)
        configuration = self.configuration(configuration, request)
        with self.lock:
            environment = Environment(
                application=application.name,
                name=name,
                id=f"e-{random_id(10)}",
                arn=self.arn("environment", f"{application.name}/{name}"),
                cname=self._cname(request, name),
                platform=platform,
                configuration=configuration,
                version=label,
                description=request.get("Description") or "",
                template=template,
                operations_role=request.get("OperationsRole"),
                tags=tags_of(request.get("Tags")),
            )
            runtime = Runtime(self.region, environment)
            self.runtimes[environment.id] = runtime
        operations = Operations(runtime)
        runtime.begin("Initialization", "Launching", request_id, lambda: operations.launch(version))
        return environment

    def base(
        self, application: str, request: Mapping[str, Any]
    ) -> tuple[Settings, PlatformVersion | None]:
        """Return the settings and the platform of what a request wants to begin with."""
        source = source_environment(request)
        if source is not None:
            environment = self.runtime({"EnvironmentName": source}).environment
            return environment.configuration.given, environment.platform
        if contents := source_contents(request):
            try:
                found = saved.read(contents.encode())
            except saved.Unreadable as error:
                raise invalid_value(str(error)) from error
            return found.settings, found.platform
        if request.get("TemplateName"):
            template = self.template(application, request["TemplateName"])
            return template.settings, template.platform
        return {}, None

    def _free_name(self, request: Mapping[str, Any]) -> str:
        name = str(request.get("EnvironmentName") or "")
        if not _NAME.fullmatch(name):
            raise invalid_value(
                f"Value {name} at 'EnvironmentName' failed to satisfy constraint: Member must be "
                "from 4 to 40 characters in length, of letters, digits and hyphens, and can "
                "neither start nor end with a hyphen"
            )
        if any(e.name == name and not e.is_gone for e in self.environments()):
            raise invalid_value(f"Environment {name} already exists.")
        return name

    @staticmethod
    def _check_tier(request: Mapping[str, Any]) -> None:
        tier = request.get("Tier") or {}
        if tier.get("Name", "WebServer") != "WebServer":
            raise NotImplementedError("worker environments")

    def _cname(self, request: Mapping[str, Any], name: str) -> str:
        prefix = request.get("CNAMEPrefix")
        if prefix is None:
            return f"{name}.eba-{random_id(8)}.{self.region_name}.elasticbeanstalk.com".lower()
        cname = self.cname(prefix)
        if not self.is_free(cname):
            raise invalid_value(f"DNS name ({cname}) is not available.")
        return cname

    def cname(self, prefix: str) -> str:
        """Return the address of a prefix; raises where it cannot be one."""
        if not _PREFIX.fullmatch(prefix):
            raise invalid_value(
                f"Value {prefix} at 'CNAMEPrefix' failed to satisfy constraint: Member must be "
                "from 4 to 63 characters in length, of letters, digits and hyphens"
            )
        return f"{prefix}.{self.region_name}.elasticbeanstalk.com".lower()

    def is_free(self, cname: str) -> bool:
        """Return whether no environment has the address."""
        return not any(e.cname == cname and not e.is_gone for e in self.environments())

    def configuration(self, base: Configuration, request: Mapping[str, Any]) -> Configuration:
        """Return a configuration with a request's settings; raises for what is not valid."""
        given = of_request(request.get("OptionSettings"))
        issues = validate({**base.template, **given})
        if issues:
            told = "\n".join(issue.message for issue in issues)
            raise AwsError(
                "ConfigurationValidationException", f"Configuration validation exception: {told}"
            )
        kept = {**base.direct, **given}
        for name in to_remove(request.get("OptionsToRemove")):
            kept.pop(name, None)
        return replace(base, direct=kept)


def require_ready(environment: Environment) -> None:
    """Raise InvalidParameterValue while something is being done to the environment."""
    if environment.status != "Ready":
        raise invalid_value(
            f"Environment named {environment.name} is in an invalid state for this operation. "
            "Must be Ready."
        )


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
