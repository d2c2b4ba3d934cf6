from __future__ import annotations

import pytest

from pytest_multidocker.rules._ci import like, owner_of
from pytest_multidocker.rules._images import is_placeholder, is_reference, reference_problem, tag_of
from pytest_multidocker.rules._secrets import is_secret

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("nginx", None),
        ("nginx:1.27", "1.27"),
        ("library/nginx:latest", "latest"),
        ("a/b/c/d:1", "1"),
        ("registry.example.com/team/app:v1_2.3-rc", "v1_2.3-rc"),
        ("registry.example.com:5000/app", None),
        ("localhost:5000/app:2", "2"),
        ("registry:5000/app:2", "2"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:2", "2"),
        ("public.ecr.aws/nginx/nginx:1.27", "1.27"),
        (f"app@{DIGEST}", DIGEST),
        (f"app:1@{DIGEST}", DIGEST),
        ("a__b/c--d/e.f:1", "1"),
    ],
)
def test_names_that_docker_takes(name: str, tag: str | None) -> None:
    assert reference_problem(name) is None
    assert is_reference(name)
    assert tag_of(name) == tag


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Example/web:1", "a repository is in lower case"),
        ("https://example.com/web", "it is an address"),
        ("hub.docker.com/r/example/web", "it is a web page of Docker Hub"),
        ("example/web:", "no tag stands after its colon"),
        (":1.0", "it has no repository"),
        ("example/", "it has no repository"),
        ("app@sha256:123", "what follows its @ is no digest"),
        ("-web:1", "it has no form that Docker knows"),
        ("a//b", "it has no form that Docker knows"),
        ("web:" + "a" * 129, "no tag stands after its colon"),
    ],
)
def test_names_that_docker_refuses(name: str, message: str) -> None:
    problem = reference_problem(name)
    assert problem is not None
    assert problem.message == message


@pytest.mark.parametrize(
    "name",
    ["<image>", "${IMAGE}", "$IMAGE:$TAG", "app:${TAG}", "{{ image }}", "[IMAGE]", "IMAGE_NAME",
     "%IMAGE%", "@IMAGE@", ".dkr.ecr.us-east-1.amazonaws.com/app", "app:BUILD_TAG", "$(IMAGE)"],
)  # fmt: skip
def test_placeholders(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["", "nginx", "app:v1", "app:1.0-TAG", "a/b_c:1"])
def test_no_placeholders(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPASSWORD", "example-only"),
        ("DB_PASSWORD", "example-only"),
        ("SECRET_KEY_BASE", "0123"),
        ("API_KEY", "0123"),
        ("AWS_SECRET_ACCESS_KEY", "0123"),
        ("AUTH_TOKEN", "0123"),
        ("DB_PASS", "0123"),
        ("PGPASS", "0123"),
        ("TOKEN", "0123"),
        ("SECRET_TOKEN", "0123"),
        ("RAILS_MASTER_KEY", "0123"),
        ("URL", "postgres://user:example-only@db.example.com/app"),
        ("ANY", "AKIA" + "0" * 16),
    ],
)
def test_secrets(name: str, value: str) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPASSWORD", ""),
        ("PGPASSWORD", "${PASSWORD}"),
        ("PGPASSWORD", "<password>"),
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("TOKEN_URL", "https://example.com"),
        ("KEYBOARD", "de"),
        ("PASSWORD_MIN_LENGTH", "8"),
        ("REQUIRE_PASSWORD", "true"),
        ("ALLOW_EMPTY_PASSWORD", "yes"),
        ("USE_API_KEY", "1"),
        ("DISABLE_PASSWORD", "0"),
        ("SMTP_PASSWORD", "no"),
        ("NEXT_PUBLIC_API_KEY", "k3yOfTheBrowser"),
        ("TOKENS", "12"),
        ("COMPASS", "north"),
        ("URL", "https://example.com:8080/a"),
        ("DATABASE_URL", "postgres://user:${PASSWORD}@db/app"),
    ],
)
def test_no_secrets(name: str, value: str) -> None:
    assert not is_secret(name, value)


def test_owners_and_likeness() -> None:
    assert owner_of("registry.example.com/a/web:1") == "registry.example.com/a"
    assert owner_of("nginx") == ""
    assert owner_of("docker.io/a/web") == "a"
    assert (
        like("a/server:1", ["a/multi-server:1", "a/web:1"]) == " Did you mean 'a/multi-server:1'?"
    )
    assert like("a/worker:1", ["a/server:1"]) == ""
