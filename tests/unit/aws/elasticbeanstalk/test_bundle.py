"""What is accepted as a source bundle, and AWS's words for what is not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.aws.elasticbeanstalk.bundle import (
    Bundle,
    configuration_errors,
    published,
)
from pytest_multidocker.rules import platform

ECS, DOCKER = platform("ecs-al2023"), platform("docker-al2023")
FILE: dict[str, Any] = {
    "AWSEBDockerrunVersion": 2,
    "containerDefinitions": [
        {
            "name": "web",
            "image": "i",
            "memory": 16,
            "portMappings": [{"hostPort": 80, "containerPort": 8080}],
        }
    ],
}
PREFIX = "ECS Application sourcebundle validation error: "
NONE = f"{PREFIX}No ecs task definition (or empty definition file) found in environment"
SHAPE = f"{PREFIX}We expected a VALUE token but got: START_OBJECT"


def archive(folder: Path, **files: str) -> Bundle:
    path = folder / "bundle"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name.replace("__", "/").replace("_", "."), content)
    return Bundle.read(path)


def bare(folder: Path, content: Any) -> Bundle:
    path = folder / "bundle"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return Bundle.read(path)


def without(key: str, **changes: Any) -> dict[str, Any]:
    return {k: v for k, v in {**FILE, **changes}.items() if k != key}


def message(bundle: Bundle, where: Any = ECS) -> str | None:
    refusal = bundle.refusal(where)
    return refusal.message if refusal is not None else None


def test_an_archive_and_the_bare_file_are_accepted(tmp_path: Path) -> None:
    for bundle in (
        archive(tmp_path, Dockerrun_aws_json=json.dumps(FILE), www__a_txt="x"),
        bare(tmp_path, FILE),
    ):
        assert message(bundle) is None
        assert bundle.dockerrun == FILE


def test_unpacking_gives_the_files_below_the_folder(tmp_path: Path) -> None:
    bundle = archive(tmp_path, Dockerrun_aws_json=json.dumps(FILE), ______out_txt="evil")
    bundle.unpack(tmp_path / "app" / "one")
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert found == {"bundle", "app/one/Dockerrun.aws.json", "app/one/out.txt"}
    bare(tmp_path, FILE).unpack(tmp_path / "two")
    assert json.loads((tmp_path / "two" / "Dockerrun.aws.json").read_text()) == FILE


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", NONE),
        (without("AWSEBDockerrunVersion"), f"{PREFIX}AWSEBDockerrunVersion is missing."),
        (
            {**without("AWSEBDockerrunVersion"), "AWSEBDockerrunversion": 2},
            f"{PREFIX}AWSEBDockerrunVersion is missing.",
        ),
        ({**FILE, "AWSEBDockerrunVersion": 1}, f"{PREFIX}Unsupported AWSEBDockerrunVersion: 1"),
        ({**FILE, "AWSEBDockerrunVersion": 9}, f"{PREFIX}Unsupported AWSEBDockerrunVersion: 9"),
        (
            {**FILE, "containerDefinitions": [{**FILE["containerDefinitions"][0], "command": "x"}]},
            SHAPE,
        ),
        (json.dumps(FILE)[:-1] + ",}", SHAPE),
        ("[]", f"{PREFIX}AWSEBDockerrunVersion is missing."),
    ],
)
def test_what_the_service_refuses(tmp_path: Path, content: Any, expected: str) -> None:
    refusal = bare(tmp_path, content).refusal(ECS)
    assert refusal is not None
    assert refusal.message == expected
    assert refusal.hints
    assert all(hint.startswith("multidocker: Dockerrun.aws.json:") for hint in refusal.hints)


def test_a_file_that_is_not_at_the_root_is_not_found(tmp_path: Path) -> None:
    bundle = archive(tmp_path, app__Dockerrun_aws_json=json.dumps(FILE))
    refusal = bundle.refusal(ECS)
    assert refusal is not None
    assert refusal.message == NONE
    assert "The source bundle has app/Dockerrun.aws.json" in refusal.hints[0]
    assert message(archive(tmp_path, README_md="x")) == NONE


def test_the_plain_docker_platform_speaks_without_ecs(tmp_path: Path) -> None:
    assert (
        message(bare(tmp_path, FILE), DOCKER)
        == "Invalid Dockerrun.aws.json version, abort deployment"
    )


def test_what_ecs_refuses_later_is_not_the_bundle_s_matter(tmp_path: Path) -> None:
    assert message(bare(tmp_path, {**FILE, "containerDefinitions": []})) is None


def test_configuration_files_that_are_no_yaml_are_told_by_name(tmp_path: Path) -> None:
    assert configuration_errors(tmp_path, "v1") == []
    (tmp_path / ".ebextensions").mkdir()
    (tmp_path / ".ebextensions" / "01.config").write_text("a: [")
    (text,) = configuration_errors(tmp_path, "v1")
    assert text.startswith(
        "The configuration file .ebextensions/01.config in application version v1 contains invalid "
        "YAML or JSON. YAML exception: Invalid Yaml: "
    )


def test_a_port_of_the_instance_leads_to_a_container() -> None:
    assert published(FILE, 80) == ("web", 8080)
    assert published(FILE, 8080) is None
    assert published({}, 80) is None
    udp = [{"hostPort": 80, "containerPort": 1, "protocol": "udp"}]
    assert published({"containerDefinitions": [{"name": "a", "portMappings": udp}]}, 80) is None
