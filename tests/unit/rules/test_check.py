# ruff: noqa: E501 - tables are read best with one case a line
from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.rules import all_rules, applies, check, rule

WEB = {"name": "web", "image": "example/web:1.0", "memory": 128,
       "portMappings": [{"hostPort": 80, "containerPort": 80}]}  # fmt: skip


def dockerrun(*containers: dict[str, Any], **top: Any) -> Document:
    value = {"AWSEBDockerrunVersion": 2, **top, "containerDefinitions": list(containers)}
    return Document(json.dumps(value, indent=2))


def found(document: Document) -> list[str]:
    return [finding.rule for finding in check(document)]


def test_all_defects_of_a_file_come_in_one_run_in_the_order_of_the_text() -> None:
    text = """{
  "AWSEBDockerrunVersion": "2",
  "containerDefinitions": [
    {
      "name": "nginx",
      "image": "example/nginx:1.0",
      "memory": 128,
      "link": ["server"],
      "portMappings": [{"hostPort": 80, "containerPort": 80},],
    },
    { "name": "server", "memory": 4, "links": ["clinet"] } // the API
    { "name": "client", "image": "example/client:1.0" }
  ]
}"""
    findings = check(Document(text, path="Dockerrun.aws.json"))
    assert [(finding.span.line, finding.rule) for finding in findings] == [
        (2, "MD012"),
        (8, "MD021"),
        (9, "MD002"),
        (9, "MD002"),
        (11, "MD104"),
        (11, "MD403"),
        (11, "MD201"),
        (11, "MD001"),
        (11, "MD003"),
        (12, "MD401"),
    ]


def test_a_finding_has_all_that_a_report_needs() -> None:
    (finding,) = check(dockerrun({**WEB, "links": ["sever"]}, {**WEB, "name": "server",
                                                              "portMappings": []}))  # fmt: skip
    assert finding.as_dict() == {
        "file": "Dockerrun.aws.json",
        "line": 15,
        "column": 9,
        "end_line": 15,
        "end_column": 16,
        "rule": "MD201",
        "name": "unknown-link",
        "severity": "error",
        "message": "web links to 'sever', which no container is named. Did you mean 'server'?",
        "fix": "Write 'server'.",
        "aws_text": "could not find container for link sever",
        "phase": "StartTask",
        "pointer": "/containerDefinitions/0/links/0",
        "url": "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"
        "API_ContainerDefinition.html",
    }


@pytest.mark.parametrize(
    "text", ["", "[", "PK", "[1]", '"x"', "null", "{}", '{"containerDefinitions": [1, null]}']
)
def test_what_is_no_dockerrun_file_has_a_finding(text: str) -> None:
    assert found(Document(text))


def test_a_file_that_cannot_be_read_has_no_findings_that_follow_from_that() -> None:
    assert found(Document("")) == ["MD001"]


def test_the_version_is_made_out_where_its_key_is_wrong() -> None:
    text = json.dumps({"AWSEBDockerRunVersion": 2, "containerDefinitions": [{**WEB, "image": ""}]})
    assert found(Document(text)) == ["MD010", "MD104"]


def test_a_misspelt_list_of_containers_is_one_defect() -> None:
    text = json.dumps({"AWSEBDockerrunVersion": 2, "containerDefinations": [WEB]})
    assert found(Document(text)) == ["MD021"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("link", "Did you mean 'links'?"),
        ("portMapping", "Did you mean 'portMappings'?"),
        ("Links", "Did you mean 'links'?"),
        ("host", "Did you mean 'hostname'?"),
        ("mem_limit", "Did you mean 'memoryReservation'?"),
        ("depends_on", "Did you mean 'dependsOn'?"),
        ("entrypoint", "Did you mean 'entryPoint'?"),
    ],
)
def test_keys_that_stand_for_others_are_errors(key: str, message: str) -> None:
    if key == "mem_limit":
        message = "Did you mean 'memory'?"
    container = {name: value for name, value in WEB.items() if name != "portMappings"}
    if key == "mem_limit":
        container = {**container, "memoryReservation": 64}
        del container["memory"]
    (finding,) = [each for each in check(dockerrun({**container, key: []})) if each.rule == "MD021"]
    assert finding.message.endswith(message)
    assert finding.severity == "error"


@pytest.mark.parametrize("key", ["build", "network_mode", "networkMode", "restart", "colour"])
def test_keys_that_stand_for_nothing_are_warnings(key: str) -> None:
    (finding,) = check(dockerrun({**WEB, key: "x"}))
    assert (finding.rule, finding.severity) == ("MD020", "warning")


@pytest.mark.parametrize("key", ["_comment", "$schema", "// why", "#"])
def test_keys_that_look_like_comments_are_left_alone(key: str) -> None:
    assert check(dockerrun({**WEB, key: "x"}, **{key: "y"})) == []


def test_a_wrong_key_beside_the_right_one_is_a_warning() -> None:
    (finding,) = check(dockerrun({**WEB, "Memory": 64}))
    assert (finding.rule, finding.fix) == (
        "MD020",
        "Delete the key; 'memory' stands in the same object.",
    )


@pytest.mark.parametrize(
    ("field", "value", "message", "fix"),
    [
        ("memory", "128m", "'memory' must be an integer, not \"128m\".", "Write an integer."),
        ("memory", 128.5, "'memory' must be an integer, not 128.5.", "Write 128."),
        ("memory", True, "'memory' must be an integer, not true.", "Write an integer."),
        ("memory", 2**40, f"'memory' must be an integer, not {2**40}.", "Write an integer."),
        ("links", "db", "'links' must be an array, not \"db\".", 'Write ["db"].'),
        ("links", [{"a": 1}], "Entry 1 of 'links' must be a string, not an object.", "Write a string."),
        ("portMappings", {}, "'portMappings' must be an array, not an object.", "Put it between [ and ]."),
        ("environment", [["A", "b"]], "Entry 1 of 'environment' must be an object, not an array.", "Write an object."),
        ("essential", "yes", "'essential' must be true or false, not \"yes\".", "Write true or false."),
        ("essential", 1, "'essential' must be true or false, not 1.", "Write true or false."),
        ("command", "sh -c 'a b'", "'command' must be an array, not \"sh -c 'a b'\".", 'Write ["sh", "-c", "a b"].'),
        ("image", ["a"], "'image' must be a string, not an array.", "Write a string."),
    ],
)  # fmt: skip
def test_values_of_a_wrong_type_are_errors(field: str, value: Any, message: str, fix: str) -> None:
    findings = [each for each in check(dockerrun(WEB, {**WEB, "name": "b", "portMappings": [],
                                                       field: value})) if each.rule == "MD030"]  # fmt: skip
    assert [(each.message, each.fix) for each in findings] == [(message, fix)]


def test_null_is_an_absent_key() -> None:
    assert check(dockerrun({**WEB, "links": None, "cpu": None, "command": None})) == []
    assert found(dockerrun({**WEB, "memory": None})) == ["MD401"]


def test_cycles_of_links_are_found_once_each() -> None:
    def linked(name: str, *links: str) -> dict[str, Any]:
        return {**WEB, "name": name, "portMappings": WEB["portMappings"] if name == "a" else [],
                "links": list(links)}  # fmt: skip

    findings = check(dockerrun(linked("a", "b"), linked("b", "c"), linked("c", "a", "c")))
    assert [(each.rule, each.message) for each in findings] == [
        ("MD203", "The links a -> b -> c -> a make a circle."),
        ("MD203", "Container 'c' links to itself."),
    ]


def test_a_long_chain_of_links_is_no_cycle() -> None:
    chain = [{**WEB, "name": f"c{i}", "portMappings": [] if i else WEB["portMappings"],
              "links": [f"c{i + 1}"] if i < 2999 else []} for i in range(3000)]  # fmt: skip
    assert "MD203" not in found(dockerrun(*chain))


def test_rules_are_found_by_id_and_by_name() -> None:
    assert rule("md201") is rule("unknown-link") is rule("MD201-unknown-link")
    with pytest.raises(KeyError):
        rule("MD999")


def test_a_rule_applies_only_where_it_has_something_to_look_at() -> None:
    assert not applies(rule("MD201"), dockerrun(WEB))
    assert applies(rule("MD201"), dockerrun({**WEB, "links": ["x"]}))


def test_ids_and_names_are_unique_and_in_order() -> None:
    ids = [each.id for each in all_rules()]
    assert ids == sorted(set(ids))
    assert len({each.name for each in all_rules()}) == len(ids)
