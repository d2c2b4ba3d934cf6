from __future__ import annotations

import json
from pathlib import Path
from runpy import run_path
from typing import Any

import jsonschema
import pytest

from pytest_multidocker.cli import main
from pytest_multidocker.dockerrun import load, parse

GENERATOR = run_path(str(Path(__file__).with_name("generate_schemas.py")))
EXAMPLES = Path(__file__).parents[3] / "fixtures" / "dockerrun"
VALID = sorted(
    file for file in (EXAMPLES / "valid").rglob("*.json") if not file.name.endswith(".options.json")
)
REFUSED = ["MD011", "MD015", "MD016", "MD017", "MD020", "MD021", "MD022", "MD030", "MD032", "MD033",
           "MD034", "MD101", "MD102", "MD104", "MD113", "MD202", "MD302", "MD401", "MD403", "MD506",
           "MD507", "MD601"]  # fmt: skip


def validator(version: int) -> Any:
    schema = json.loads((GENERATOR["FOLDER"] / f"v{version}.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_the_published_schema_is_current_and_a_schema(version: int) -> None:
    file = GENERATOR["FOLDER"] / f"v{version}.json"
    current = GENERATOR["source"](version)
    assert file.read_text(encoding="utf-8") == current, f"run python {GENERATOR['__file__']}"
    jsonschema.Draft202012Validator.check_schema(json.loads(current))


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.relative_to(EXAMPLES).as_posix())
def test_valid_examples_are_valid_by_the_schema(file: Path) -> None:
    document = load(file)
    version = parse(document).version
    assert version is not None
    assert [error.message for error in validator(version).iter_errors(document.value)] == []


@pytest.mark.parametrize("rule", REFUSED)
def test_what_a_schema_can_tell_is_refused(rule: str) -> None:
    (file,) = (
        each
        for each in (EXAMPLES / "invalid").glob(f"{rule}-*.json")
        if "expected" not in each.name
    )
    document = load(file)
    version = parse(document).version or 2
    assert not validator(version).is_valid(document.value)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_key_is_described(version: int) -> None:
    schema = validator(version).schema
    for body in (schema, *schema["$defs"].values()):
        for key, found in body.get("properties", {}).items():
            assert found["description"].endswith((".", "html")), key


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "v1"]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "urn:multidocker:dockerrun:v1"
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "urn:multidocker:dockerrun:v2"


def test_what_check_takes_the_schema_takes_too() -> None:
    web: dict[str, Any] = {
        "name": "web",
        "image": "e/" + "w" * 215 + "@sha256:" + "0" * 64,
        "memory": 64,
    }
    web["portMappings"] = [{"containerPort": 80, "protocol": "TCP"}]
    local = [{"name": "db", "image": "postgres:15"}]
    file = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [web]}
    validator(2).validate({**file, "localContainerDefinitions": local})
    with pytest.raises(jsonschema.ValidationError):
        validator(2).validate({**file, "containerDefinitions": local})
