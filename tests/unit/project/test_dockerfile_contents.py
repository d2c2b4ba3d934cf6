from __future__ import annotations

import pytest

from pytest_multidocker.project.dockerfile import Copy, copies, exposed_ports, variables

STAGES = """\
FROM node:20 AS build
EXPOSE 1
COPY package.json .
FROM nginx:1.27
EXPOSE 80 443/tcp 53/udp $PORT 7000-7010
COPY --from=build /app /usr/share/nginx/html
COPY --chown=nginx ./a.conf b.conf /etc/nginx/conf.d/
ADD ["c d.conf", "/etc/nginx/nginx.conf"]
COPY alone
"""


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("FROM python:3\nEXPOSE 80 443/tcp\nEXPOSE 53/UDP", {80, 443, 53}),
        ("FROM docker.io/library/node@sha256:1\nEXPOSE 80 7000-7002", {80, 7000, 7001, 7002}),
        ("FROM scratch", set()),
        ("FROM node\nEXPOSE 1\nFROM alpine\nEXPOSE 2", {2}),
        ("FROM python:3\nEXPOSE 9229 $PORT", None),
        ("FROM node AS build\nEXPOSE 80\nFROM build\nEXPOSE 9229", None),
        ("FROM nginx:1\nEXPOSE 8443", None),
        ("FROM $BASE\nEXPOSE 8443", None),
        ("EXPOSE 80", None),
        ("", None),
    ],
)
def test_ports_are_told_where_all_of_them_are_known(text: str, ports: set[int] | None) -> None:
    assert exposed_ports(text) == ports


def test_variables_of_all_stages() -> None:
    text = "FROM a\nENV A=1 B=\"x C=2\" \\\n  D='y z'\nENV E f=1\nFROM b\nENV F=\n"
    assert variables(text) == {"A", "B", "D", "E", "F"}


def test_copies_from_the_context_are_told_from_those_of_other_stages() -> None:
    assert copies(STAGES) == (
        Copy(("./a.conf", "b.conf"), "/etc/nginx/conf.d/"),
        Copy(("c d.conf",), "/etc/nginx/nginx.conf"),
    )


def test_a_target_is_relative_to_the_working_directory() -> None:
    text = "FROM a\nWORKDIR /etc\nWORKDIR nginx/conf.d\nCOPY a.conf .\nCOPY b /c"
    assert [each.target for each in copies(text)] == ["/etc/nginx/conf.d/.", "/c"]


def test_a_broken_dockerfile_copies_nothing() -> None:
    assert copies("COPY [broken") == ()
