from __future__ import annotations

from pytest_multidocker.project.dockerfile import base_images, instructions, shared_start

STAGES = """\
# syntax=docker/dockerfile:1
ARG VERSION=3
FROM --platform=linux/amd64 debian:bookworm-slim AS Base
RUN apt-get update \\
 # a comment in the middle
 && apt-get install -y python3

FROM base
FROM python:${VERSION}
from scratch
FROM debian:bookworm-slim
FROM node:20 as build
"""


def test_instructions_are_joined_and_comments_left_out() -> None:
    assert instructions(STAGES)[:3] == [
        ("ARG", "VERSION=3"),
        ("FROM", "--platform=linux/amd64 debian:bookworm-slim AS Base"),
        ("RUN", "apt-get update && apt-get install -y python3"),
    ]


def test_base_images_are_those_of_elsewhere() -> None:
    assert base_images(STAGES) == ["debian:bookworm-slim", "node:20"]


def test_the_shared_start_ends_with_the_last_command_before_the_context_is_read() -> None:
    text = "FROM a\nRUN one\nENV X=1\nCOPY . .\nRUN two\n"
    assert shared_start(text) == (("FROM", "a"), ("RUN", "one"))


def test_a_start_without_a_command_is_not_worth_sharing() -> None:
    assert shared_start("FROM a\nENV X=1\nCOPY . .\n") == ()
    assert shared_start("") == ()
