from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pytest_multidocker.project.nginx import peers, syntax_problems

CONFIGURATION = """\
upstream api {
    server api:5000;
    server unix:/run/app.sock;
    server 10.0.0.7:80;
}
server {
    location / { proxy_pass http://client:3000; }
    location /api/ { proxy_pass http://api/v1; }
    location /php { fastcgi_pass php-app:9000; }
    location /var { proxy_pass http://$target:80; }
    location /self { proxy_pass http://localhost:8080; }
}
"""


def found(tmp_path: Path, text: str) -> list[tuple[str, int | None, int, int]]:
    file = tmp_path / "default.conf"
    file.write_text(text)
    return [(each.host, each.port, each.line, each.column) for each in peers([file])]


def test_hosts_are_found_with_their_places(tmp_path: Path) -> None:
    assert found(tmp_path, CONFIGURATION) == [
        ("api", 5000, 2, 12),
        ("client", 3000, 7, 36),
        ("php-app", 9000, 9, 34),
        ("localhost", 8080, 11, 40),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("upstream web_nope { server nope; }", ("nope", 80, 1, 28)),
        ("upstream server { server server; }", ("server", 80, 1, 26)),
        ("server {\n  proxy_pass\n    http://nope:1;\n}", ("nope", 1, 3, 12)),
        ("server { proxy_pass 'https://nope'; }", ("nope", 443, 1, 30)),
        ("server { fastcgi_pass nope; }", ("nope", None, 1, 23)),
        ("server { proxy_pass # here\n nope; }", ("nope", None, 1, 1)),
    ],
)
def test_a_host_is_found_in_its_own_argument(
    text: str, place: tuple[str, int | None, int, int], tmp_path: Path
) -> None:
    assert found(tmp_path, text) == [place]


@pytest.mark.parametrize(
    ("address", "late"),
    [("http://a:1$uri", True), ("http://a/$1", True), ("http://a/b", False)],
)
def test_with_a_variable_a_host_is_looked_up_late(address: str, late: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.conf"
    file.write_text(f"server {{ proxy_pass {address}; }}")
    assert [(each.host, each.is_late) for each in peers([file])] == [("a", late)]


def test_upstreams_of_one_file_are_known_in_the_others(tmp_path: Path) -> None:
    first, second = tmp_path / "a.conf", tmp_path / "b.conf"
    first.write_text("upstream app { server web:80; }")
    second.write_text("server { location / { proxy_pass http://app; } }")
    assert [each.host for each in peers([first, second])] == ["web"]


@pytest.mark.parametrize(
    "text", ["", "}", "server {", "proxy_pass", "upstream {", '"', "a" * 10_000, "{" * 5000, "\x00"]
)
def test_what_is_no_configuration_is_told_at_debug_level(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        found(tmp_path, text)
    assert all(record.levelno == logging.DEBUG for record in caplog.records)


def test_a_missing_file_has_no_hosts(tmp_path: Path) -> None:
    assert peers([tmp_path / "missing.conf"]) == []


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("server {\n listen 80\n}", 'directive "listen" is not terminated by ";"', 2),
        ("server { }\nserver_tokens off", 'unexpected end of file, expecting ";" or "}"', 2),
        ("server {\n listen 80;", 'unexpected end of file, expecting "}"', 2),
        ("server { }\n}", 'unexpected "}"', 2),
    ],
)
def test_missing_semicolons_and_braces_are_named(
    tmp_path: Path, text: str, message: str, line: int
) -> None:
    file = tmp_path / "default.conf"
    file.write_text(text)
    assert syntax_problems([file]) == [(message, file, line)]


@pytest.mark.parametrize(
    "text",
    [
        CONFIGURATION,
        "",
        "# only } a comment",
        'map $a $b { default "a}"; "~^x{2}$" 1; }',
        'log_format j escape=json \'{"a": "$b"}\';',
        "server { if ($x = 'a') { return 301 https://$host$request_uri; } }",
        "location ~ \\.php$ { fastcgi_pass php:9000; include fastcgi_params; }",
        "types { text/html html htm; }",
    ],
)
def test_what_nginx_reads_has_no_problem(tmp_path: Path, text: str) -> None:
    file = tmp_path / "default.conf"
    file.write_text(text)
    assert syntax_problems([file]) == []


def test_what_is_no_configuration_is_left_alone(tmp_path: Path) -> None:
    page, passwords = tmp_path / "index.html", tmp_path / ".htpasswd"
    page.write_text("<style>a { color: red }</style>")
    passwords.write_text("user:example-only")
    rules = tmp_path / "modsecurity.conf"
    rules.write_text('SecRuleEngine On\nSecRule ARGS "@rx [;{]" \\\n    "id:1,deny"\n')
    assert syntax_problems([page, passwords, rules]) == []
