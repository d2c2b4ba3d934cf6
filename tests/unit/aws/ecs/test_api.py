"""The ECS API over moto's server, as far as no container is needed for it."""

from __future__ import annotations

import pytest
from support.clients import client, make_role, refusal
from support.ecs import Ecs, Json

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


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


class TestLaunching:
    @pytest.mark.parametrize(
        ("fields", "code", "message"),
        [
            (
                {
                    "launchType": "EC2",
                    "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}],
                },
                "InvalidParameterException",
                (
                    "Specifying both a launch type and capacity provider strategy is not "
                    "supported. Remove one and try again."
                ),
            ),
            (
                {"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
                "InvalidParameterException",
                (
                    "The specified capacity provider strategy cannot contain a capacity provider "
                    "that is not associated with the cluster. Associate the capacity provider with "
                    "the cluster and try again."
                ),
            ),
            (
                {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
                "InvalidParameterException",
                (
                    "Network Configuration is not valid for the given networkMode of this task "
                    "definition."
                ),
            ),
            (
                {"propagateTags": "SERVICE"},
                "InvalidParameterException",
                "Tags of a service cannot be propagated to a task.",
            ),
            (
                {"placementConstraints": [{"type": "memberOf", "expression": "true"}]},
                "NotImplemented",
                (
                    "multidocker does not emulate ecs RunTask: it lacks the placement constraint "
                    "memberOf"
                ),
            ),
            (
                {"overrides": {"taskRoleArn": "arn:aws:iam::123456789012:role/none"}},
                "ClientException",
                (
                    "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/none' that "
                    "was provided for this task. Please verify that the role being passed has the "
                    "proper trust relationship and permissions and that your IAM user has "
                    "permissions to pass this role."
                ),
            ),
        ],
    )
    def test_what_would_be_another_task_is_refused(
        self, fields: Json, code: str, message: str, ecs: Ecs
    ) -> None:
        ecs.register()
        assert refusal(ecs.api.run_task, taskDefinition="web", **fields) == (code, message)
        assert ecs.agent.started == []

    @pytest.mark.parametrize(
        "fields", [{"launchType": "X"}, {"placementConstraints": [{"type": "bogus"}]}]
    )
    def test_what_is_none_of_the_values_is_refused(self, fields: Json, ecs: Ecs) -> None:
        ecs.register()
        assert refusal(ecs.api.run_task, taskDefinition="web", **fields)[0] in {
            "ClientException",
            "InvalidParameterException",
        }

    def test_a_file_system_is_no_docker_volume(self, ecs: Ecs) -> None:
        efs = {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}
        ecs.register(volumes=[efs])
        assert refusal(ecs.api.run_task, taskDefinition="web") == (
            "InvalidParameterException",
            (
                "multidocker has host and Docker volumes, but volume shared has "
                "efsVolumeConfiguration, which it does not emulate."
            ),
        )
        ecs.register(volumes=[{"name": "own", "dockerVolumeConfiguration": {"scope": "task"}}])
        ecs.run()

    def test_a_role_has_to_be_there(self, ecs: Ecs) -> None:
        ecs.register(taskRoleArn=make_role(ecs.url, "app"))
        ecs.run()
        client(ecs.url, "iam").delete_role(RoleName="app")
        assert refusal(ecs.api.run_task, taskDefinition="web")[0] == "ClientException"

    def test_a_token_stands_for_one_request(self, ecs: Ecs) -> None:
        ecs.register()
        task = ecs.run(clientToken="once", startedBy="me")
        assert ecs.run(clientToken="once", startedBy="me")["taskArn"] == task["taskArn"]
        with pytest.raises(ecs.api.exceptions.ConflictException) as caught:
            ecs.run(clientToken="once", startedBy="you")
        assert caught.value.response["resourceIds"] == [task["taskArn"]]
        assert len(ecs.agent.started) == 1

    def test_distinct_instances_have_one_task_of_the_group(self, ecs: Ecs) -> None:
        ecs.register()
        ecs.register("other")
        ecs.api.register_container_instance()
        distinct: Json = {"placementConstraints": [{"type": "distinctInstance"}]}
        answer = ecs.api.run_task(taskDefinition="web", count=3, **distinct)
        assert len({task["containerInstanceArn"] for task in answer["tasks"]}) == 2
        assert {failure["reason"] for failure in answer["failures"]} == {
            "distinctInstance placement constraint unsatisfied."
        }
        ecs.run("other", **distinct)


class TestTags:
    def test_a_task_gets_those_of_its_definition_and_ecs_s_own(self, ecs: Ecs) -> None:
        ecs.register(tags=tags(team="shop", stage="test"))
        assert ecs.run()["tags"] == []
        task = ecs.run(
            propagateTags="TASK_DEFINITION", enableECSManagedTags=True, tags=tags(stage="prod")
        )
        expected = tags(**{"aws:ecs:clusterName": "default", "team": "shop", "stage": "prod"})
        assert sorted(task["tags"], key=str) == sorted(expected, key=str)

    def test_tasks_and_instances_can_be_tagged(self, ecs: Ecs) -> None:
        ecs.register()
        task = ecs.run()
        for arn in (task["taskArn"], task["containerInstanceArn"]):
            ecs.api.tag_resource(resourceArn=arn, tags=tags(a="1", b="2"))
            ecs.api.untag_resource(resourceArn=arn, tagKeys=["a"])
            assert ecs.api.list_tags_for_resource(resourceArn=arn)["tags"] == tags(b="2")
        described = ecs.api.describe_tasks(tasks=[task["taskArn"]], include=["TAGS"])
        assert described["tasks"][0]["tags"] == tags(b="2")

    @pytest.mark.parametrize(
        ("kind", "code", "message"),
        [
            ("task", "InvalidParameterException", "The referenced task was not found."),
            (
                "container-instance",
                "ClientException",
                "The referenced container instance was not found.",
            ),
        ],
    )
    def test_what_is_not_there_has_none(self, kind: str, code: str, message: str, ecs: Ecs) -> None:
        arn = f"arn:aws:ecs:us-east-1:123456789012:{kind}/default/{'0' * 32}"
        assert refusal(ecs.api.list_tags_for_resource, resourceArn=arn) == (code, message)


class TestListing:
    def test_tasks_come_in_pages(self, ecs: Ecs) -> None:
        ecs.register()
        started = [ecs.run()["taskArn"] for _ in range(5)]
        pages = ecs.api.get_paginator("list_tasks").paginate(PaginationConfig={"PageSize": 2})
        found = [page["taskArns"] for page in pages]
        assert [len(page) for page in found] == [2, 2, 1]
        assert [arn for page in found for arn in page] == started
        assert refusal(ecs.api.list_tasks, nextToken="x") == (
            "InvalidParameterException",
            "Invalid token: x",
        )
        assert refusal(ecs.api.list_tasks, maxResults=101)[0] == "InvalidParameterException"

    def test_the_tasks_of_a_service(self, ecs: Ecs) -> None:
        ecs.register()
        ecs.api.create_service(serviceName="shop", taskDefinition="web", desiredCount=0)
        ecs.run()
        assert ecs.api.list_tasks(serviceName="shop")["taskArns"] == []
        assert refusal(ecs.api.list_tasks, serviceName="none") == (
            "ServiceNotFoundException",
            "Service not found.",
        )


@pytest.mark.parametrize("name", ["a b/c", "ä", "", "x" * 256])
def test_the_name_of_a_cluster_has_letters_digits_and_dashes(name: str, ecs: Ecs) -> None:
    code, message = refusal(ecs.api.create_cluster, clusterName=name)
    assert code == "InvalidParameterException"
    assert message == rf"Cluster must match ^[a-zA-Z0-9\-_]{{1,255}}$, but was {name}"
