# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.dockerrun import Document, load
from pytest_multidocker.rules import check
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
        ('"memory": 128, "links": "web2",', '"memory": 128, "links": ["web2"],'),
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
    text = '{\r\n\t"AWSEBDockerrunVersion" : "2" ,\r\n\t"_ü": "😀"\t,\r\n\r\n"containerDefinations":[ ]}'
    assert fixed(text) == (
        '{\r\n\t"AWSEBDockerrunVersion" : 2 ,\r\n\t"_ü": "😀"\t,\r\n\r\n"containerDefinitions":[ ]}'
    )


def test_a_text_that_could_not_be_decoded_is_left_alone() -> None:
    document = Document.from_bytes(b'{"AWSEBDockerrunVersion": "2", "_": "\xff"}')
    assert fix(document, check).edits == 0


def test_two_wrong_spellings_of_one_key_do_not_become_two_right_ones() -> None:
    text = START + '"memory": 128, "link": ["a"], "Links": ["b"],' + END
    assert fixed(text) == text


def test_clean_files_are_not_touched() -> None:
    for file in VALID.glob("*.json"):
        document = load(file)
        assert fix(document, check).edits == 0 or file.name.endswith(".options.json")
