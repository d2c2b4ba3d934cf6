"""The ECS API over moto's server, as far as no container is needed for it."""

from __future__ import annotations

import pytest
from support.clients import refusal
from support.ecs import Ecs

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")


class TestRevisions:
    def test_a_family_stands_for_its_latest_active_revision(self, ecs: Ecs) -> None:
        first, second = ecs.register(), ecs.register()
        assert ecs.run("web")["taskDefinitionArn"] == second
        ecs.api.deregister_task_definition(taskDefinition=second)
        assert ecs.run("web")["taskDefinitionArn"] == first
        described = ecs.api.describe_task_definition(taskDefinition="web")["taskDefinition"]
        assert described["taskDefinitionArn"] == first
        assert ecs.register().endswith(":3")

    def test_one_without_active_revisions_cannot_be_run(self, ecs: Ecs) -> None:
        ecs.api.deregister_task_definition(taskDefinition=ecs.register())
        assert refusal(ecs.api.run_task, taskDefinition="web") == (
            "ClientException",
            "TaskDefinition not found.",
        )
        assert refusal(ecs.api.run_task, taskDefinition="web:1") == (
            "ClientException",
            "TaskDefinition is inactive",
        )

    @pytest.mark.parametrize("name", ["web:x", "web:1:2", "a/web:-1"])
    def test_a_revision_is_a_number(self, ecs: Ecs, name: str) -> None:
        code, message = refusal(ecs.api.describe_task_definition, taskDefinition=name)
        assert code == "InvalidParameterException"
        assert message == f"Invalid revision number. Number: {name.partition(':')[2]}"
