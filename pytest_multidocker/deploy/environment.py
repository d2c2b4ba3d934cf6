"""The environment: the instances that run the application, until it is Green."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..errors import DeployError
from ..project.environment import resolve_environment
from .ownership import tags, unless_made_for
from .step import Step, Tell

if TYPE_CHECKING:
    from .account import Account
    from .application import Application, Version
    from .databases import Database
    from .identity import Role
    from .network import SecurityGroup
    from .storage import Storage

_TIMEOUT = 3600.0
"""Seconds that an environment may take: two attempts of 14 minutes each to start a task, and more
for the machines."""

_HEALTH_TIMEOUT = 600.0
_BUSY = {"Launching", "Updating"}
_GONE = {"Terminated", ""}


@dataclass(frozen=True)
class EnvironmentPlan:
    """How the environment is made. ``properties`` may refer to the databases."""

    name: str
    platform: str
    instance_type: str
    instances: int
    policy: str
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Parts:
    """What an environment needs: the roles are that of its instances and that of the service."""

    application: Application
    storages: Sequence[Storage]
    version: Version
    group: SecurityGroup | None
    databases: Sequence[Database]
    instance_role: Role
    service_role: Role

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        group = (self.group,) if self.group is not None else ()
        roles = self.instance_role, self.service_role
        return (
            self.application,
            *self.storages,
            self.version,
            *group,
            *self.databases,
            *roles,
        )


class Environment(Step):
    """The environment, with everything that it needs."""

    def __init__(self, account: Account, plan: EnvironmentPlan, parts: Parts) -> None:
        self.title = f"environment {plan.name}"
        self.needs = parts.steps
        self._account = account
        self._plan = plan
        self._parts = parts
        self._version = parts.version
        self._application = parts.application
        self._beanstalk = account.client("elasticbeanstalk")
        self._told: set[tuple[str, str]] = set()

    @property
    def url(self) -> str:
        """The address of the application: that of its load balancer, or of its one instance."""
        found = self._find() or {}
        return f"http://{found.get('EndpointURL') or found.get('CNAME')}"

    def is_there(self) -> bool:
        """Tell whether there is an environment of that name that is not terminated."""
        return self._find() is not None

    def kept(self) -> str | None:
        """Return why it stays, if the deploy has not made it."""
        if (found := self._find()) is None:
            return None
        found_tags = self._application.tags_of(found["EnvironmentArn"])
        return unless_made_for(self._application.name, found_tags)

    def deploy(self, tell: Tell) -> None:
        """Create or update the environment, and wait until it is Green.

        Raises :class:`DeployError` with the errors among its events where it does not become so.
        """
        began = datetime.now(timezone.utc)
        self._settle(tell, began)
        if not self.is_there():
            self._create()
            tell("launching")
        elif not self._is_current():
            self._update()
            tell(f"updating to {self._version.label}")
        self._settle(tell, began)
        self._require(tell, began)
        tell(f"Green at {self.url}")

    def destroy(self, tell: Tell) -> None:
        """Terminate the environment and wait until it is gone."""
        if not self.is_there():
            return
        began = datetime.now(timezone.utc)
        self._settle(tell, began)
        if self._status() == "Ready":
            self._beanstalk.terminate_environment(EnvironmentName=self._plan.name)
        self._wait("should have been terminated", lambda: self._status() in _GONE, tell, began)
        tell("terminated")

    # --- what it is like --------------------------------------------------------------------

    def _find(self) -> dict[str, Any] | None:
        found = self._beanstalk.describe_environments(
            ApplicationName=self._application.name,
            EnvironmentNames=[self._plan.name],
            IncludeDeleted=False,
        )
        alive = [e for e in found["Environments"] if e["Status"] not in _GONE]
        return alive[0] if alive else None

    def _status(self) -> str:
        return str((self._find() or {}).get("Status", ""))

    def _is_current(self) -> bool:
        found = self._find() or {}
        if found.get("VersionLabel") != self._version.label or found.get("Health") == "Red":
            return False
        described = self._beanstalk.describe_configuration_settings(
            ApplicationName=self._application.name, EnvironmentName=self._plan.name
        )
        settings = described["ConfigurationSettings"][0]["OptionSettings"]
        actual = {(s["Namespace"], s["OptionName"]): s.get("Value", "") for s in settings}
        wanted = [(o["Namespace"], o["OptionName"], o["Value"]) for o in self._options()]
        return all(actual.get((space, name)) == value for space, name, value in wanted)

    def _settle(self, tell: Tell, since: datetime) -> None:
        """Wait until nothing is being done to it: by an interrupted run of ours, say."""
        self._wait("should have been Ready", lambda: self._status() not in _BUSY, tell, since)
        if self._status() == "Terminating":
            self._wait("should have gone", lambda: self._status() in _GONE, tell, since)

    def _wait(self, what: str, done: Any, tell: Tell, since: datetime) -> None:
        def look() -> bool | None:
            ended = done()  # asked first, so that the last events are told too
            self._tell_events(tell, since)
            return True if ended else None

        self._account.until(f"{self._plan.name} {what}", look, timeout=_TIMEOUT)

    def _require(self, tell: Tell, since: datetime) -> None:
        """Raise unless it runs the version and turns Green."""
        label = self._version.label
        if (self._find() or {}).get("VersionLabel") != label:
            raise DeployError(self._failure(f"it does not run {label}", since))

        def settled() -> str | None:
            self._tell_events(tell, since)
            health = str((self._find() or {}).get("Health", "Grey"))
            return health if health in {"Green", "Red"} else None

        what = f"{self._plan.name} should have turned Green"
        if self._account.until(what, settled, timeout=_HEALTH_TIMEOUT) == "Red":
            raise DeployError(self._failure("it has turned Red", since))

    # --- what happens to it -----------------------------------------------------------------

    def _tell_events(self, tell: Tell, since: datetime) -> None:
        for event in reversed(self._events(since)):
            key = (str(event["EventDate"]), event["Message"])
            if key not in self._told:
                self._told.add(key)
                tell(f"{event['Severity']}: {event['Message']}")

    def _events(self, since: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._beanstalk.describe_events(
            EnvironmentName=self._plan.name,
            ApplicationName=self._application.name,
            StartTime=since,
            MaxRecords=1000,
        )["Events"]
        return found

    def _failure(self, what: str, since: datetime) -> str:
        bad = [e for e in self._events(since) if e["Severity"] in {"WARN", "ERROR", "FATAL"}]
        lines = [f"    {event['Severity']}: {event['Message']}" for event in reversed(bad)]
        return "\n".join([f"{what}.", *lines])

    # --- what is asked for ------------------------------------------------------------------

    def _create(self) -> None:
        self._beanstalk.create_environment(
            ApplicationName=self._application.name,
            EnvironmentName=self._plan.name,
            SolutionStackName=self._solution_stack(),
            VersionLabel=self._version.label,
            OptionSettings=self._options(),
            Tags=tags(self._application.name),
        )

    def _update(self) -> None:
        self._beanstalk.update_environment(
            EnvironmentName=self._plan.name,
            VersionLabel=self._version.label,
            OptionSettings=self._options(),
        )

    def _solution_stack(self) -> str:
        stacks = self._beanstalk.list_available_solution_stacks()["SolutionStacks"]
        fitting = [stack for stack in stacks if self._plan.platform in stack and "ECS" in stack]
        if not fitting:
            raise DeployError(f"AWS offers no platform '{self._plan.platform}' that runs ECS.")
        newest: str = max(fitting, key=_version_of)
        return newest

    def _options(self) -> list[dict[str, str]]:
        launch = "aws:autoscaling:launchconfiguration"
        count = str(self._plan.instances)
        kind = "LoadBalanced" if self._plan.instances > 1 else "SingleInstance"
        options = [
            (launch, "IamInstanceProfile", self._parts.instance_role.name),
            (launch, "InstanceType", self._plan.instance_type),
            ("aws:elasticbeanstalk:environment", "EnvironmentType", kind),
            ("aws:elasticbeanstalk:environment", "ServiceRole", self._parts.service_role.name),
            ("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
            ("aws:autoscaling:asg", "MinSize", count),
            ("aws:autoscaling:asg", "MaxSize", count),
        ]
        if self._parts.group is not None:
            options.append((launch, "SecurityGroups", self._parts.group.id))
        if self._plan.instances > 1:
            options.append(("aws:elasticbeanstalk:command", "DeploymentPolicy", self._plan.policy))
        options += [
            ("aws:elasticbeanstalk:application:environment", name, value)
            for name, value in self._properties().items()
        ]
        return [{"Namespace": n, "OptionName": o, "Value": v} for n, o, v in options]

    def _properties(self) -> dict[str, str]:
        known: dict[str, str | int] = {}
        for database in self._parts.databases:
            known.update(database.references())
        return resolve_environment(self._plan.properties, known)


def _version_of(stack: str) -> tuple[int, ...]:
    found = re.search(r" v(\d+(?:\.\d+)*) ", stack)
    return tuple(int(part) for part in found[1].split(".")) if found else ()
