"""Finding the passwords that a CI file gives to docker login."""

from __future__ import annotations

import pytest

from pytest_multidocker.ci.passwords import login_passwords, variable


@pytest.mark.parametrize(
    ("script", "password"),
    [
        ("docker login -u me -p hunter22", "hunter22"),
        ("docker login --username=me --password='hunter22' registry.test && ls", "hunter22"),
        ("docker login -u me \\\n  -p hunter22", "hunter22"),
        ("echo hunter22 | docker login -u me --password-stdin", "hunter22"),
        ("printf '%s' \"hunter 22\" | docker login -u me --password-stdin", "hunter 22"),
        ('echo -n "$REGISTRY_PW" | docker login -u me --password-stdin', "$REGISTRY_PW"),
        ("docker login -u me -p ${REGISTRY_PW}", "${REGISTRY_PW}"),
    ],
)
def test_a_password_is_found(script: str, password: str) -> None:
    assert [*login_passwords([script])] == [password]
    assert variable(password) == ("REGISTRY_PW" if "$" in password else None)


@pytest.mark.parametrize(
    "script",
    [
        "docker login -u me --password-stdin < file",
        "aws ecr get-login-password | docker login -u AWS --password-stdin",
        "docker login -u AWS -p $(aws ecr get-login-password)",
        "echo hello; docker build .",
    ],
)
def test_what_is_worked_out_at_run_time_is_none(script: str) -> None:
    assert [*login_passwords([script])] == []
