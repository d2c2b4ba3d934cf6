# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_multidocker.dockerrun import Document, load
from pytest_multidocker.rules import Finding, check, fixes
from pytest_multidocker.rules.fixes import fix

VALID = Path(__file__).parents[3] / "fixtures" / "dockerrun" / "valid"
START = '{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "web", "image": "e/w:1",'
END = '"portMappings": [{"hostPort": 80, "containerPort": 80}]}]}'


def fixed(text: str) -> str:
    return fix(Document(text), check).text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('"memory": "128",', '"memory": 128,'),
        ('"memory":"128" ,', '"memory":128 ,'),
        ('"Memory":  128,', '"memory":  128,'),
        ('"memory": 128, "link": [],', '"memory": 128, "links": [],'),
        ('"memory": 128, "essential": "true",', '"memory": 128, "essential": true,'),
        ('"memory": 128, "host": "api",', '"memory": 128, "hostname": "api",'),
        ('"memory": 128, "command": "npm start",', '"memory": 128, "command": ["npm", "start"],'),
        ('"memory": 128, "dnsServers": "10.0.0.2",', '"memory": 128, "dnsServers": ["10.0.0.2"],'),
        ("'memory': 128,", '"memory": 128,'),
        ("memory: 128,", '"memory": 128,'),
        ('"memory" = 128;', '"memory" : 128,'),
        ('"memory": 128 ', '"memory": 128, '),
        ('"memory": 128, "command": ["a",],', '"memory": 128, "command": ["a"],'),
        ('"memory": 128, "essential": True,', '"memory": 128, "essential": true,'),
        ('"memory": 128, "user": 1000,', '"memory": 128, "user": "1000",'),
    ],
)
def test_what_has_one_sure_answer_is_put_right(wrong: str, right: str) -> None:
    assert fixed(START + wrong + END) == START + right + END


@pytest.mark.parametrize(
    "left",
    [
        '"memory": 128, "command": "npm start | tee log",',
        '"memory": 128, "ports": ["80:80"],',
        '"memory": "128m",',
        '"memory": 128, // why\n',
        '"memory": 128, "essential": "yes",',
        '"memory": 128, "hostname": "a", "Hostname": "b",',
        '"memory": 128, "essential": fale,',
        '"memory": 0x80,',
        '"memory": 128, "depends_on": ["db"],',
        '"memory": 128, "volumes_from": ["db"],',
        '"memory": 128, "extra_hosts": ["h:1.2.3.4"],',
        '"memoryReservation": 128, "memoryMin": 64,',
        '"memoryReservation": 128, "memorySwap": 512,',
        '"memoryReservation": 128, "Memory": 64,',
        '"memory": 128, "cpus": 0.5,',
        '"memory": 128, "essentials": ["web"],',
        '"memory": 128, "restartpolicy": "always",',
        '"memory": 128, "portMapping": [80],',
        '"memory": 128, "link": ["sever"],',
        '"memory": 128, "links": "sever",',
    ],
)
def test_what_has_no_sure_answer_is_left_alone(left: str) -> None:
    assert fixed(START + left + END) == START + left + END


def test_an_image_without_a_tag_is_left_alone() -> None:
    text = START.replace("e/w:1", "e/w:latest") + '"memory": 128,' + END
    assert fixed(text) == text


def test_the_version_key_and_its_value_are_put_right_one_after_the_other() -> None:
    text = (START + '"memory": 128,' + END).replace('Version": 2', 'Version": "2"')
    assert fixed(text.replace("Dockerrun", "DockerRun")) == START + '"memory": 128,' + END


def test_formatting_line_ends_and_other_characters_stay() -> None:
    rest = START.partition(": [")[2] + '"memory": 128,' + END
    text = (
        '{\r\n\t"AWSEBDockerrunVersion" : "2" ,\r\n\t"_ü": "😀"\t,\r\n\r\n"containerDefinations":[ '
    )
    assert fixed(text + rest) == (
        '{\r\n\t"AWSEBDockerrunVersion" : 2 ,\r\n\t"_ü": "😀"\t,\r\n\r\n"containerDefinitions":[ '
        + rest
    )


WRONG_VERSION = '{"AWSEBDockerrunVersion": "2", "_": "ü"}'


@pytest.mark.parametrize(
    "data",
    [
        WRONG_VERSION.encode("latin-1"),
        b"\xef\xbb\xbf" + WRONG_VERSION.encode("latin-1"),
        WRONG_VERSION.encode("utf-16"),
        b"version: '3'\nservices:\n  web:\n    image: nginx\n",
        b"AWSEBDockerrunVersion: 2\ncontainerDefinitions: []\n",
        b"---\na: 1\n",
        b"[True, 'a']",
        b"\xef\xbb\xbf# words\n",
    ],
)
def test_what_is_no_object_in_utf_8_is_left_alone(data: bytes) -> None:
    document = Document.from_bytes(data)
    assert fix(document, check) == (document.mark + document.text, 0)


def test_a_byte_order_mark_is_taken_away_if_that_is_wanted() -> None:
    text = START + '"memory": 128,' + END
    document = Document.from_bytes(b"\xef\xbb\xbf" + text.encode())
    assert fix(document, check) == (text, 1)
    assert fix(document, check, lambda found: found.rule != "MD005") == ("\ufeff" + text, 0)


def test_only_what_is_wanted_is_put_right() -> None:
    text = START + '"memory": "128", "essential": "true",' + END
    found = fix(Document(text), check, lambda found: "memory" in found.pointer)
    assert found == (text.replace('"128"', "128"), 1)


def test_a_key_with_a_slash_is_renamed_where_it_stands() -> None:
    text = (START + '"memory": 128,' + END).replace("AWSEBDockerrunV", "AWSEBDockerrun/V")
    (finding,) = check(Document(text))
    assert finding.span == (1, 2, 1, 26)
    assert fixed(text) == text.replace("n/V", "nV")


def test_what_adds_an_error_does_not_keep_the_rest_from_being_put_right() -> None:
    wrong = '"memory": "128", "link": ["sever"], "user": 7, "portMapping": [80], "cpu": "1",'
    right = '"memory": 128, "link": ["sever"], "user": "7", "portMapping": [80], "cpu": 1,'
    assert fixed(START + wrong + END) == START + right + END


def test_any_number_of_departures_is_put_right_at_once() -> None:
    variables = [{"name": f"V{number}", "value": "x"} for number in range(400)]
    container = {"name": "web", "image": "e/w:1", "memory": 128, "environment": variables,
                 "portMappings": [{"hostPort": 80, "containerPort": 80}], "essential": True}  # fmt: skip
    value = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [container]}
    assert json.loads(fixed(str(value))) == value


def test_little_is_tried_of_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixes, "_MOST_TRIED", 20_000)
    texts = []

    def counted(document: Document) -> list[Finding]:
        texts.append(len(document.text))
        return check(document)

    wrong = ", ".join(f'{{"name": {place}, "link": ["x"]}}' for place in range(50))
    text = f'{{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{wrong}]}}'
    fix(Document(text), counted)
    assert sum(texts) < 20_000 + 4 * len(text)


def test_two_wrong_spellings_of_one_key_do_not_become_two_right_ones() -> None:
    text = START + '"memory": 128, "link": ["a"], "Links": ["b"],' + END
    assert fixed(text) == text


def test_clean_files_are_not_touched() -> None:
    for file in VALID.glob("*.json"):
        document = load(file)
        assert fix(document, check).edits == 0 or file.name.endswith(".options.json")
