"""Writes the published JSON Schemas from the shapes that the rules use.

Run ``python tests/unit/dockerrun/generate_schemas.py`` where ``test_schemas.py`` says that they are
not current.
"""

from __future__ import annotations

import json
from pathlib import Path
from runpy import run_path
from typing import Any

from pytest_multidocker.dockerrun.shapes import shape

FOLDER = Path(__file__).parents[3] / "pytest_multidocker" / "dockerrun" / "schemas"
_WORDS = run_path(str(Path(__file__).with_name("schema_descriptions.py")))
_DESCRIPTIONS: dict[str, str] = _WORDS["DESCRIPTIONS"]
_COMMENTS = {"^(_|\\$|//|#)": True}
_REQUIRED = {
    "ContainerDefinition": ["name", "image"],
    "KeyValuePair": ["name", "value"],
    "MountPoint": ["sourceVolume", "containerPath"],
    "Volume": ["name"],
    "VolumeFrom": ["sourceContainer"],
}
"""What ECS asks for and its model does not say."""
_ABOUT = {
    1: "Dockerrun.aws.json version 1: one container on Elastic Beanstalk's Docker platform.",
    2: "Dockerrun.aws.json version 2: several containers on Elastic Beanstalk's ECS platform.",
    3: "Dockerrun.aws.json version 3: credentials beside a docker-compose.yml.",
}


def schema(version: int) -> dict[str, Any]:
    """Return the schema of one version."""
    definitions: dict[str, Any] = {}
    body = _structure(f"Dockerrun{version}", definitions)
    body["properties"]["AWSEBDockerrunVersion"] = {
        "enum": [version, str(version)],
        "description": _DESCRIPTIONS[f"Dockerrun{version}.AWSEBDockerrunVersion"],
    }
    if version == 2:
        body["properties"]["containerDefinitions"]["minItems"] = 1
        body["properties"]["containerDefinitions"]["maxItems"] = 10
        for name, required in _REQUIRED.items():
            definitions[name]["required"] = required
        ports = [{"required": ["containerPort"]}, {"required": ["containerPortRange"]}]
        definitions["PortMapping"]["anyOf"] = ports
        protocol = definitions["PortMapping"]["properties"]["protocol"]
        protocol["examples"] = protocol.pop("enum")  # ECS takes all others too, for tcp
        either = [{"required": ["memory"]}, {"required": ["memoryReservation"]}]
        # Those of localContainerDefinitions need none.
        body["properties"]["containerDefinitions"]["items"]["anyOf"] = either
        links = definitions["ContainerDefinition"]["properties"]["links"]
        links["items"] = {"type": "string", "pattern": "^[^:]+(:[^:]+)?$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:multidocker:dockerrun:v{version}",
        "title": f"Dockerrun.aws.json version {version}",
        "description": _ABOUT[version],
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


def _structure(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    found = shape(name)
    properties = {
        key: {
            **_property(f"{name}.{key}", member, definitions),
            "description": _describe(name, key),
        }
        for key, member in found["members"].items()
    }
    body = {"type": "object", "properties": properties, "patternProperties": _COMMENTS}
    if found["required"]:
        body["required"] = found["required"]
    return {**body, "additionalProperties": False}


def _property(place: str, name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    found = shape(name)
    kind = found["type"]
    if kind == "structure":
        if name not in definitions:
            definitions[name] = {}
            definitions[name].update(_structure(name, definitions))
        return {"$ref": f"#/$defs/{name}"}
    if kind == "list":
        return {"type": "array", "items": _property(place, found["item"], definitions)}
    if kind == "map":
        value = _property(place, found["value"], definitions)
        return {"type": "object", "additionalProperties": value}
    return _scalar(place, found)


def _scalar(place: str, found: dict[str, Any]) -> dict[str, Any]:
    if "enum" in found:
        return {"type": "string", "enum": found["enum"]}
    if found["type"] in {"port", "loose"}:
        port = [{"type": "integer", "minimum": 0, "maximum": 65535}]
        loose: list[dict[str, Any]] = [{"type": "boolean"}]
        text = {"type": "string", "pattern": "^[0-9]{1,5}$"}
        return {"anyOf": [*port, text] if found["type"] == "port" else [*loose, {"type": "string"}]}
    least, most = _WORDS["RANGES"].get(place, (None, None))
    limits = {"minimum": least, "maximum": most, "pattern": _WORDS["PATTERNS"].get(place)}
    given = {key: value for key, value in limits.items() if value is not None}
    return {"type": found["type"], **given}


def _describe(name: str, key: str) -> str:
    api = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_"
    return _DESCRIPTIONS.get(f"{name}.{key}", f"See {api}{name}.html")


def source(version: int) -> str:
    """Return the text of a schema's file."""
    return json.dumps(schema(version), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for version in _ABOUT:
        (FOLDER / f"v{version}.json").write_text(source(version), encoding="utf-8")


if __name__ == "__main__":
    main()
