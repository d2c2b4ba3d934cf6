"""Where a container's output goes in CloudWatch Logs."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.ecs.log_streams import LogStream, log_stream


def stream(driver: str, **options: Any) -> LogStream | None:
    given = {f"awslogs-{name.replace('_', '-')}": value for name, value in options.items()}
    configuration = {"logDriver": driver, "options": given}
    container = ContainerDefinition(name="web", image="web:1", log_configuration=configuration)
    return log_stream(container, task_id="0f3c", runtime_id="d0c4", region="eu-west-1")


def test_with_a_prefix_the_stream_is_named_after_container_and_task() -> None:
    found = stream("awslogs", group="/shop", region="us-east-2", stream_prefix="app")
    assert found == LogStream("us-east-2", "/shop", "app/web/0f3c")


def test_without_one_it_is_named_after_docker_s_container() -> None:
    assert stream("awslogs", group="/shop") == LogStream("eu-west-1", "/shop", "d0c4")


@pytest.mark.parametrize("driver", ["json-file", "awsfirelens"])
def test_other_drivers_have_none(driver: str) -> None:
    assert stream(driver, group="/shop") is None


def test_without_a_group_there_is_none() -> None:
    assert stream("awslogs", region="us-east-2") is None
    bare = ContainerDefinition(name="web", image="web:1")
    assert log_stream(bare, task_id="0f3c", runtime_id="d0c4", region="eu-west-1") is None
