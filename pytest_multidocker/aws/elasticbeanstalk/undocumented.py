"""What the EB CLI's model of the API has and botocore's does not: members, and what names may be.

Source: ``ebcli/lib/botocoredata/elasticbeanstalk/2010-12-01/service-2.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_STRING = {"shape": "String"}
_SHAPES: dict[str, dict[str, Any]] = {
    "TemplateSource": {
        "SolutionStackName": _STRING,
        "PlatformArn": _STRING,
        "EnvironmentName": _STRING,
        "SourceContents": _STRING,
    },
    "EnvironmentTemplateSpecification": {"TemplateSource": {"shape": "TemplateSource"}},
}
_SPECIFICATION = {"TemplateSpecification": {"shape": "EnvironmentTemplateSpecification"}}
_MEMBERS: dict[str, dict[str, Any]] = {
    "ConfigurationSettingsDescription": {"Tier": {"shape": "EnvironmentTier"}},
    "CreateEnvironmentMessage": _SPECIFICATION,
    "CreateConfigurationTemplateMessage": _SPECIFICATION,
    "UpdateEnvironmentMessage": _SPECIFICATION,
    "ValidateConfigurationSettingsMessage": _SPECIFICATION,
}
_PATTERNS = dict.fromkeys(("ApplicationName", "ConfigurationTemplateName", "VersionLabel"), "[^/]+")
_REQUIRED = {"ValidateConfigurationSettingsMessage": ["ApplicationName"]}


def add_to_model() -> None:
    """Have requests and answers read and written by both models. Calling it twice is fine."""
    from moto.core.utils import get_service_model

    shapes = _description(get_service_model("elasticbeanstalk"))["shapes"]
    for name, members in _SHAPES.items():
        shapes[name] = {"type": "structure", "members": members}
    for name, members in _MEMBERS.items():
        shapes[name]["members"].update(members)
    for name, pattern in _PATTERNS.items():
        shapes[name]["pattern"] = pattern
    for name, required in _REQUIRED.items():
        shapes[name]["required"] = required


def _description(model: Any) -> dict[str, Any]:
    description: dict[str, Any] = model._service_description
    return description


def source_environment(request: Mapping[str, Any]) -> str | None:
    """Return the name of the environment whose configuration a request wants to be taken over."""
    name: str | None = _source(request).get("EnvironmentName")
    return name


def source_contents(request: Mapping[str, Any]) -> str | None:
    """Return the saved configuration that stands in a request itself, as a text."""
    contents: str | None = _source(request).get("SourceContents")
    return contents


def _source(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return (request.get("TemplateSpecification") or {}).get("TemplateSource") or {}
