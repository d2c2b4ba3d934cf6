"""From a task definition request to a task that is placed, through the ECS API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..aws.requests.members import known_members
from ..dockerrun import parse_containers, parse_volumes
from ..ecs.accounting import no_room
from ..ecs.definition import TaskDefinition
from ..errors import StackError
from .task import Task

if TYPE_CHECKING:
    from ..project.settings import Settings
    from .databases import Databases
    from .platform import Platform


def register(
    platform: Platform, databases: Databases, request: Mapping[str, Any], settings: Settings
) -> Task:
    """Register the task definition, start it on a container instance of its own, return the task.

    The cluster has the family's name, as Elastic Beanstalk has it. Raises
    :class:`StackError` with the words of ECS where it refuses.
    """
    ecs = platform.ecs
    cluster = request["family"]
    try:
        with platform.asking():
            ecs.create_cluster(clusterName=cluster)
            definition = ecs.register_task_definition(
                **known_members(ecs, "RegisterTaskDefinition", request)
            )
            registered = definition["taskDefinition"]
            instance = ecs.register_container_instance(
                cluster=cluster, instanceIdentityDocument=json.dumps({})
            )["containerInstance"]["containerInstanceArn"]
            answer = ecs.start_task(
                cluster=cluster,
                taskDefinition=registered["taskDefinitionArn"],
                containerInstances=[instance],
            )
    except ecs.exceptions.ClientError as error:
        raise StackError(f"ECS refuses the task: {error.response['Error']['Message']}") from error
    placed = TaskDefinition(
        family=registered["family"],
        revision=registered["revision"],
        containers=parse_containers(registered["containerDefinitions"]),
        volumes=parse_volumes(registered.get("volumes") or []),
        arn=registered["taskDefinitionArn"],
        stop_timeout=settings.stop_timeout,
    )
    for failure in answer["failures"]:
        raise StackError(no_room(placed, settings.instance_type, failure["reason"]))

    def release() -> None:
        with platform.asking():
            ecs.deregister_container_instance(
                cluster=cluster, containerInstance=instance, force=True
            )

    return Task(platform, databases, answer["tasks"][0]["taskArn"], placed, release)
