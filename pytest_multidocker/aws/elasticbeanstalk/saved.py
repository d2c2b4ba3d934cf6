"""Saved configurations as files in Elastic Beanstalk's bucket, where clients read and write them.

Source: `Using Elastic Beanstalk saved configurations
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-configuration-savedconfig.html>`_
for the format and for ``resources/templates``. What is there is what counts: the EB CLI uploads a
configuration there, and tells the service nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from . import platforms
from .option_table import Name

if TYPE_CHECKING:
    from .platforms import PlatformVersion
    from .records import Template

_FORMAT = "1.1.0.0"


class Unreadable(Exception):  # noqa: N818 - says what is the case
    """A file is no saved configuration; the text says why."""


@dataclass(frozen=True)
class Saved:
    """What a file says: settings, and the platform where it names one that there is."""

    settings: dict[Name, str]
    platform: PlatformVersion | None
    description: str


def folder(application: str) -> str:
    """Return where in the bucket the saved configurations of an application are."""
    return f"resources/templates/{application}/"


def write(template: Template, region: str) -> bytes:
    """Return the file of a saved configuration."""
    options: dict[str, dict[str, str]] = {}
    for (namespace, name), value in sorted(template.settings.items()):
        options.setdefault(namespace, {})[name] = value
    platform = template.platform
    content = {
        "AWSConfigurationTemplateVersion": _FORMAT,
        "EnvironmentConfigurationMetadata": {
            "Description": template.description,
            "DateCreated": _milliseconds(template.created.timestamp()),
            "DateModified": _milliseconds(template.updated.timestamp()),
        },
        "EnvironmentTier": {"Name": "WebServer", "Type": "Standard"},
        "OptionSettings": options,
        **({"Platform": {"PlatformArn": platform.arn(region)}} if platform else {}),
    }
    return yaml.safe_dump(content, default_flow_style=False).encode()


def read(content: bytes) -> Saved:
    """Return what a file says; raises :class:`Unreadable`."""
    try:
        found = yaml.safe_load(content)
        about = _mapping(found.get("EnvironmentConfigurationMetadata"))
        options = _mapping(found.get("OptionSettings"))
        settings = {
            (str(namespace), str(name)): _text(value)
            for namespace, values in options.items()
            for name, value in _mapping(values).items()
        }
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError) as error:
        raise Unreadable(f"It is no saved configuration: {error}") from error
    return Saved(settings, _platform(found), str(about.get("Description") or ""))


def _platform(found: Mapping[str, Any]) -> PlatformVersion | None:
    arn = _mapping(found.get("Platform")).get("PlatformArn")
    stack = found.get("SolutionStack")
    by_arn = platforms.by_arn(str(arn)) if arn else None
    return by_arn or (platforms.by_stack(str(stack)) if stack else None)


def _mapping(value: Any) -> Mapping[Any, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a map")
    return value or {}


def _text(value: Any) -> str:
    """Return an option's value: YAML takes some texts for booleans, and leaves empty ones out."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
