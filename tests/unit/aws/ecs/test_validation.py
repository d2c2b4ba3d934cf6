from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.ecs.validation import problems


def ports(*mappings: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "web", "image": "web:1", "portMappings": list(mappings)}]


def restarting(**policy: Any) -> list[dict[str, Any]]:
    return [{"name": "web", "image": "web:1", "restartPolicy": {"enabled": True, **policy}}]


SAME = {"containerPort": 80, "hostPort": 80}
OTHER = {"containerPort": 80, "hostPort": 8080}


@pytest.mark.parametrize(
    ("containers", "modes"),
    [
        (ports(OTHER), {}),
        (ports(OTHER), {"network_mode": "bridge"}),
        (ports(SAME, {"containerPort": 81}), {"network_mode": "host"}),
        (ports(), {"network_mode": "none"}),
        (ports(), {"pid_mode": "task", "ipc_mode": "none"}),
        (restarting(), {}),
        (restarting(restartAttemptPeriod=60), {}),
        (restarting(restartAttemptPeriod=1800), {}),
    ],
)
def test_what_is_registered(containers: list[dict[str, Any]], modes: dict[str, str]) -> None:
    assert list(problems(containers, **modes)) == []


@pytest.mark.parametrize(
    ("containers", "modes", "text"),
    [
        (
            ports(SAME, OTHER),
            {"network_mode": "host"},
            (
                "When networkMode=host, the host ports and container ports in port mappings must "
                "match."
            ),
        ),
        (
            ports(SAME),
            {"network_mode": "none"},
            "Port mappings are not supported when networkMode=none.",
        ),
        (ports(), {"pid_mode": "none"}, "pidMode must be one of host, task, but was none."),
        (
            restarting(restartAttemptPeriod=59),
            {},
            "restartAttemptPeriod of container web must be between 60 and 1800 seconds.",
        ),
    ],
)
def test_what_is_refused(
    containers: list[dict[str, Any]], modes: dict[str, str], text: str
) -> None:
    assert list(problems(containers, **modes)) == [text]
