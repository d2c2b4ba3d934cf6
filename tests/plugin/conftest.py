from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests need no Docker, and find none."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    for name in ("FILE", "HOST_PORTS", "TIMEOUT", "ENGINE", "REQUIRE_DOCKER"):
        monkeypatch.delenv(f"MULTIDOCKER_{name}", raising=False)
