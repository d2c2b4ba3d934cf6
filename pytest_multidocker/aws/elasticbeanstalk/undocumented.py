"""Members of the API that the EB CLI uses and that botocore's model does not have.

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
}


def add_to_model() -> None:
    """Have moto read and write these members too. Calling it twice is fine."""
    from moto.core.utils import get_service_model

    shapes = _description(get_service_model("elasticbeanstalk"))["shapes"]
    for name, members in _SHAPES.items():
        shapes[name] = {"type": "structure", "members": members}
    for name, members in _MEMBERS.items():
        shapes[name]["members"].update(members)


def _description(model: Any) -> dict[str, Any]:
    description: dict[str, Any] = model._service_description
    return description


def source_environment(request: Mapping[str, Any]) -> str | None:
    """Return the name of the environment whose configuration a request wants to be taken over.

    Raises NotImplementedError for other sources.
    """
    source = (request.get("TemplateSpecification") or {}).get("TemplateSource") or {}
    if source.get("SourceContents"):
        raise NotImplementedError("configurations in the text of a request")
    name: str | None = source.get("EnvironmentName")
    return name
