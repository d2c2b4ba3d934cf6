"""Defects in the Dockerrun file: each fails its own item, and nothing is started."""

from __future__ import annotations

from typing import Any

import pytest
from support.projects import site, write


def without_version() -> dict[str, Any]:
    return {"containerDefinitions": site()["containerDefinitions"]}


DEFECTS: dict[str, tuple[Any, str, str]] = {
    "not JSON": ('{"AWSEBDockerrunVersion": 2', "MD001-invalid-json", ":1:"),
    "no version": (without_version(), "MD010-version-missing", "AWSEBDockerrunVersion is missing."),
    "wrong version": (
        {**site(), "AWSEBDockerrunVersion": 7},
        "MD011-version-unsupported",
        "Unsupported AWSEBDockerrunVersion: 7",
    ),
    "no containers": (
        {"AWSEBDockerrunVersion": 2, "containerDefinitions": []},
        "MD017-no-containers",
        "Container list cannot be empty.",
    ),
    "no name": (
        site(job={"name": None}),
        "MD101-name-missing",
        "Container.name should not be null or empty.",
    ),
    "no image": (
        site(job={"image": None}),
        "MD104-image-missing",
        "Container.image should not be null or empty.",
    ),
    "no memory": (
        site(job={"memory": None}),
        "MD401-memory-missing",
        (
            "Invalid setting for container 'job'. At least one of 'memory' or 'memoryReservation' "
            "must be specified."
        ),
    ),
    "too little memory": (
        site(job={"memory": 4}),
        "MD403-memory-below-minimum",
        "Minimum memory limit allowed is 6MB",
    ),
    "none essential": (
        site(web={"essential": False}),
        "MD105-no-essential",
        "Task definition doesn't have any essential container.",
    ),
    "unknown link": (
        site(web={"links": ["ap"]}),
        "MD201-unknown-link",
        "could not find container for link ap",
    ),
    "link to itself": (
        site(web={"links": ["web"]}),
        "MD203-link-cycle",
        "Container links should not have a cycle",
    ),
    "link cycle": (
        site(api={"links": ["web"]}),
        "MD203-link-cycle",
        "Container links should not have a cycle",
    ),
    "host port twice": (
        site(api={"portMappings": [{"hostPort": 8080, "containerPort": 5000}]}),
        "MD301-duplicate-host-port",
        "TCP host port '8080' is mapped multiple times in task.",
    ),
    "unknown volume": (
        site(job={"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}),
        "MD501-unknown-volume",
        "Unknown volume 'data'.",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_fails_its_item_with_place_fix_and_the_words_of_aws(
    pytester: pytest.Pytester, defect: str
) -> None:
    file, rule, words = DEFECTS[defect]
    write(pytester.path, file)

    result = pytester.runpytest("--multidocker", "-v")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    output = result.stdout.str()
    result.stdout.re_match_lines(
        [
            rf"Dockerrun\.aws\.json::contract::{rule} FAILED.*",
            rf"Dockerrun\.aws\.json:\d+:\d+ error {rule.partition('-')[0]} .+",
            r"    fix: .+",
        ]
    )
    assert words in output
    assert "Traceback" not in output
    assert "multidocker.errors" not in output, "no bare exception is shown"
    assert not [line for line in result.outlines if "::links::" in line or "::essential::" in line]


def test_all_defects_are_told_in_one_run(pytester: pytest.Pytester) -> None:
    write(pytester.path, site(web={"links": ["nope"], "memory": None}, job={"image": None}))

    result = pytester.runpytest("--multidocker")

    assert result.parseoutcomes()["failed"] == 3


def test_a_test_that_needs_the_task_is_told_why_there_is_none(pytester: pytest.Pytester) -> None:
    write(pytester.path, site(web={"links": ["nope"]}))
    pytester.makepyfile("def test_own(ecs_task): pass")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.re_match_lines([r"E?\s*Dockerrun\.aws\.json:\d+:\d+ error MD201 .+"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_warning_is_a_warning_of_pytest(pytester: pytest.Pytester) -> None:
    file = site()
    file["AWSEBDockerrunVersion"] = "2"
    write(pytester.path, file)

    result = pytester.runpytest("--multidocker", "-k", "contract", "-W", "default")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["*Dockerrun.aws.json:2: ContractWarning: Dockerrun.aws.json:2:* warning MD012 *"]
    )


@pytest.mark.parametrize(
    ("option", "ini", "variable"),
    [("--multidocker-strict", "false", ""), ("-q", "true", ""), ("-q", "false", "yes")],
)
def test_strict_makes_a_warning_a_failure(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    ini: str,
    variable: str,
) -> None:
    write(pytester.path, {**site(), "AWSEBDockerrunVersion": "2"})
    monkeypatch.setenv("MULTIDOCKER_STRICT", variable)
    strict = (option, "-o", f"multidocker_strict={ini}")

    result = pytester.runpytest("--multidocker", "-k", "MD012", *strict)

    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["Dockerrun.aws.json:2:* warning MD012 *"])


def test_rules_are_left_out_with_a_reason_and_the_platform_is_heeded(
    pytester: pytest.Pytester,
) -> None:
    write(pytester.path, site(web={"links": ["nope"]}))
    pytester.makepyprojecttoml(
        """
        [tool.multidocker.check]
        platform = "docker-al2023"
        [tool.multidocker.check.ignore]
        MD201 = "the name comes later"
        """
    )

    result = pytester.runpytest("--multidocker", "-v", "-k", "contract")

    result.stdout.no_fnmatch_line("*MD201*")
    result.stdout.fnmatch_lines(["*platform*"])
    assert result.parseoutcomes()["failed"] >= 1


def test_an_error_around_the_file_does_not_keep_it_from_running(
    pytester: pytest.Pytester,
) -> None:
    write(pytester.path, site())
    pytester.path.joinpath(".travis.yml").write_text(
        "deploy:\n  provider: elasticbeanstalk\n  access_key_id: AKIAIOSFODNN7EXAMPLE\n"
        "  secret_access_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
    )

    result = pytester.runpytest("--multidocker", "--collect-only", "-q")

    result.stdout.fnmatch_lines(["*::contract::MD707-*", "*::links::web->api(backend)"])


def test_version_1_has_a_contract_and_nothing_to_run(pytester: pytest.Pytester) -> None:
    write(
        pytester.path,
        {
            "AWSEBDockerrunVersion": "1",
            "Image": {"Name": "IMAGE"},
            "Ports": [{"ContainerPort": "80"}],
        },
    )

    result = pytester.runpytest("--multidocker", "--collect-only", "-q")

    assert [line for line in result.outlines if "::" in line and "::contract::" not in line] == []


def test_an_ignored_rule_is_not_collected(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makepyprojecttoml('[tool.multidocker]\nignore = ["MD201"]\n')

    result = pytester.runpytest("--multidocker", "--collect-only", "-q")

    result.stdout.no_fnmatch_line("*MD201*")
