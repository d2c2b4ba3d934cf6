"""Option settings: what is valid, what goes before what, and what they mean.

Source: `Configuration options
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options.html>`_, with the order of
precedence: settings of the environment itself, saved configurations, ``.ebextensions``, defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...ecs.instances import known_types
from .option_table import (
    APPLICATION,
    ASG,
    COMMAND,
    ENVIRONMENT,
    FREE_NAMESPACES,
    HEALTH,
    LAUNCH,
    LISTENER,
    OPTIONS,
    PROCESS,
    PROPERTIES,
    Name,
    Option,
)
from .properties import wrong_name

Settings = Mapping[Name, str]
"""Values by namespace and name."""

_NOT_EMULATED = {
    "aws:rds:dbinstance": "create the database with RDS, and point environment properties at it",
    "aws:elasticbeanstalk:trafficsplitting": "use the deployment policy Immutable",
    "aws:elasticbeanstalk:sqsd": "worker environments are not emulated",
}


@dataclass(frozen=True)
class Issue:
    """What is wrong with one setting, as a ValidationMessage of the API."""

    namespace: str
    name: str
    message: str

    def describe(self) -> dict[str, str]:
        """Return the API's ValidationMessage."""
        return {
            "Message": self.message,
            "Severity": "error",
            "Namespace": self.namespace,
            "OptionName": self.name,
        }


def of_request(entries: Iterable[Mapping[str, Any]] | None) -> dict[Name, str]:
    """Return the settings of the API's ``OptionSettings``."""
    return {_name(entry): str(entry.get("Value") or "") for entry in entries or ()}


def to_remove(entries: Iterable[Mapping[str, Any]] | None) -> set[Name]:
    """Return the options of the API's ``OptionsToRemove``."""
    return {_name(entry) for entry in entries or ()}


def _name(entry: Mapping[str, Any]) -> Name:
    return entry.get("Namespace") or PROPERTIES, entry.get("OptionName") or ""


def validate(settings: Settings) -> list[Issue]:
    """Return what is wrong with the settings, in the words of Elastic Beanstalk."""
    issues = [_issue(name, value) for name, value in settings.items()]
    return [issue for issue in issues if issue is not None]


def _issue(name: Name, value: str) -> Issue | None:
    namespace, option_name = name
    place = f"(Namespace: '{namespace}', OptionName: '{option_name}')"
    if namespace in _NOT_EMULATED:
        text = f"multidocker does not emulate {namespace}: {_NOT_EMULATED[namespace]}."
        return Issue(*name, text)
    option = OPTIONS.get(name)
    if option is None:
        if namespace == PROPERTIES:
            if (wrong := wrong_name(option_name)) is None:
                return None
            return Issue(*name, f"Invalid option specification {place}: {wrong}.")
        if namespace.startswith(FREE_NAMESPACES):
            return None
        return Issue(*name, f"Invalid option specification {place}: Unknown configuration setting.")
    wrong = _wrong(option, value)
    return Issue(*name, f"Invalid option value: '{value}' {place}: {wrong}") if wrong else None


def _wrong(option: Option, value: str) -> str | None:
    allowed = _allowed(option)
    if value and allowed and not set(_items(option, value)) <= set(allowed):
        return f"Value is not one of the allowed values: [{', '.join(allowed)}]"
    if value and option.pattern and not re.fullmatch(option.pattern, value):
        return f"Value does not satisfy regex: '{option.pattern}'"
    if not value or (option.minimum is None and option.maximum is None):
        return None
    return _out_of_range(option, value)


def _out_of_range(option: Option, value: str) -> str | None:
    if not value.isdecimal():
        return "Value is not a number"
    if option.minimum is not None and int(value) < option.minimum:
        return f"Value is less than minimum allowed value: {option.minimum}"
    if option.maximum is not None and int(value) > option.maximum:
        return f"Value exceeds maximum allowed value: {option.maximum}"
    return None


def _allowed(option: Option) -> tuple[str, ...]:
    if option.name in {"InstanceType", "InstanceTypes"}:
        return known_types()
    return option.values


def _items(option: Option, value: str) -> list[str]:
    return [item.strip() for item in value.split(",")] if option.is_list else [value]


@dataclass(frozen=True)
class Configuration:
    """All settings of an environment by where they come from; the first one that has it counts."""

    direct: Settings = field(default_factory=dict)
    template: Settings = field(default_factory=dict)
    bundle: Settings = field(default_factory=dict)
    instance_type: str = "t2.micro"
    """The default of ``InstanceType``."""

    def get(self, namespace: str, name: str) -> str:
        """Return a value; empty where there is none and no default. An empty one is none."""
        key = (namespace, name)
        if given := self.given.get(key):
            return given
        if key == (LAUNCH, "InstanceType"):
            return self.instance_type
        option = OPTIONS.get(key)
        return (option.default or "") if option is not None else ""

    @property
    def given(self) -> dict[Name, str]:
        """The settings that somebody has given, with the values that count."""
        return {**self.bundle, **self.template, **self.direct}

    @property
    def properties(self) -> dict[str, str]:
        """The environment properties; one without a value is none."""
        return {name: v for (space, name), v in self.given.items() if space == PROPERTIES and v}

    def describe(self) -> list[dict[str, str]]:
        """Return the API's ``OptionSettings``: all options, those with defaults too."""
        names = sorted({*OPTIONS, *self.given})
        found = [(namespace, name, self.get(namespace, name)) for namespace, name in names]
        return [
            {"Namespace": namespace, "OptionName": name, **({"Value": value} if value else {})}
            for namespace, name, value in found
        ]

    # --- what they mean -------------------------------------------------------------------------

    @property
    def is_single(self) -> bool:
        """Whether the environment has one instance and no load balancer."""
        return self.get(ENVIRONMENT, "EnvironmentType") == "SingleInstance"

    @property
    def fails_open(self) -> bool:
        """Whether instances get requests where none of them is healthy."""
        return self.is_single or self.get(ENVIRONMENT, "LoadBalancerType") != "classic"

    @property
    def size(self) -> int:
        """How many instances it has: nothing scales it up from its least size."""
        return 1 if self.is_single else int(self.get(ASG, "MinSize"))

    @property
    def chosen_type(self) -> str:
        """The instance type; of several the first."""
        several = self.get("aws:ec2:instances", "InstanceTypes")
        return several.split(",")[0].strip() or self.get(LAUNCH, "InstanceType")

    @property
    def image(self) -> str:
        """The id of the image that instances are launched from; empty for the platform's."""
        return self.get(LAUNCH, "ImageId")

    @property
    def security_groups(self) -> tuple[str, ...]:
        """The names or ids of the security groups of the instances, besides its own."""
        groups = self.get(LAUNCH, "SecurityGroups").split(",")
        return tuple(group.strip() for group in groups if group.strip())

    @property
    def machine(self) -> tuple[object, ...]:
        """What an instance is made of: if that changes, it has to be replaced."""
        return (
            self.chosen_type,
            self.security_groups,
            self.image,
            self.is_single,
        )

    @property
    def policy(self) -> str:
        """The deployment policy; without a load balancer only Immutable differs."""
        policy = self.get(COMMAND, "DeploymentPolicy")
        return policy if not self.is_single or policy == "Immutable" else "AllAtOnce"

    @property
    def batch(self) -> tuple[str, int]:
        """The type and the size of a batch."""
        return self.get(COMMAND, "BatchSizeType"), int(self.get(COMMAND, "BatchSize"))

    @property
    def command_timeout(self) -> float:
        """Seconds that the command on an instance may take."""
        return float(self.get(COMMAND, "Timeout"))

    @property
    def ignores_health(self) -> bool:
        """Whether a batch goes on without its instances being healthy."""
        return self.get(COMMAND, "IgnoreHealthCheck") == "true"

    @property
    def instance_port(self) -> int:
        """The port of the instance that gets the requests."""
        by_process = self.get(PROCESS, "Port")
        if self._has_process:
            return int(by_process)
        return int(self.get(LISTENER, "InstancePort"))

    @property
    def health_path(self) -> str | None:
        """The path of the health check; ``None`` if a connection is enough."""
        given = self.get(APPLICATION, "Application Healthcheck URL")
        if given.startswith(("TCP:", "SSL:")):
            return None
        if given:
            path = given if given.startswith("/") else given.partition("/")[2]
            return f"/{path.lstrip('/')}"
        return self.get(PROCESS, "HealthCheckPath") or "/" if self._has_process else None

    @property
    def health_codes(self) -> frozenset[int]:
        """The status codes of a health check that is passed."""
        codes: set[int] = set()
        for part in self.get(PROCESS, "MatcherHTTPCode").split(","):
            first, _, last = part.strip().partition("-")
            codes.update(range(int(first), int(last or first) + 1))
        return frozenset(codes)

    @property
    def health_timeout(self) -> float:
        """Seconds within which a health check has to be answered."""
        return float(self.get(PROCESS, "HealthCheckTimeout"))

    @property
    def deregistration_delay(self) -> float:
        """Seconds that open requests get when an instance is taken out of service."""
        return float(self.get(PROCESS, "DeregistrationDelay"))

    @property
    def is_enhanced(self) -> bool:
        """Whether health is reported by cause."""
        return self.get(HEALTH, "SystemType") == "enhanced"

    @property
    def _has_process(self) -> bool:
        kind = self.get(ENVIRONMENT, "LoadBalancerType")
        return not self.is_single and kind == "application"


def describe_options(chosen: set[Name] | None = None) -> list[dict[str, Any]]:
    """Return the API's ConfigurationOptionDescriptions; of the chosen options only, if any."""
    options = sorted(OPTIONS.items())
    return [_describe(option) for name, option in options if not chosen or name in chosen]


def _describe(option: Option) -> dict[str, Any]:
    described = {
        "Namespace": option.namespace,
        "Name": option.name,
        "DefaultValue": option.default,
        "ChangeSeverity": option.severity,
        "UserDefined": False,
        "ValueType": "List" if option.is_list else "Scalar",
        "ValueOptions": list(_allowed(option)) or None,
        "MinValue": option.minimum,
        "MaxValue": option.maximum,
        "Regex": option.pattern and {"Pattern": option.pattern, "Label": option.name},
    }
    return {name: value for name, value in described.items() if value is not None}
