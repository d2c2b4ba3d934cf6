"""What RunTask and StartTask look at before a task is placed: what is refused, and its tags.

Source: `RunTask <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>`_ and
`PlacementConstraint
<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html>`_.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ecs.exceptions import EcsClientException, InvalidParameterException

from .records import Tags

_DOCKER = {"name", "host", "dockerVolumeConfiguration"}
_DISTINCT = "distinctInstance"


class TokenInUse(ServiceException):
    """A client token that stands for another request already.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
    """

    code = "ConflictException"

    def __init__(self, task_arns: list[str]) -> None:
        super().__init__(
            "The RunTask request could not be processed due to conflicts. The provided clientToken "
            "is already in use with a different RunTask request."
        )
        self.resource_ids = task_arns


def check_request(request: Mapping[str, Any], cluster: Any) -> None:
    """Raise ECS's error for what cannot be asked for in a cluster of moto's.

    Raises ``NotImplementedError`` for what can be asked for on AWS, and is not emulated.
    """
    strategy = request.get("capacityProviderStrategy") or ()
    if strategy and request.get("launchType"):
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove "
            "one and try again."
        )
    if request.get("launchType") == "FARGATE":
        raise InvalidParameterException("Task definition does not support launch_type FARGATE.")
    if any(each["capacityProvider"] not in (cluster.capacity_providers or ()) for each in strategy):
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a capacity provider that is "
            "not associated with the cluster. Associate the capacity provider with the cluster and "
            "try again."
        )
    if request.get("propagateTags") == "SERVICE":
        raise InvalidParameterException("Tags of a service cannot be propagated to a task.")
    beyond = {
        "capacity providers": strategy,
        "the placement constraint memberOf": "memberOf" in _constraints(request),
        "volumes that are configured at launch": request.get("volumeConfigurations"),
    }
    if missing := [what for what, asked in beyond.items() if asked]:
        raise NotImplementedError(f"it lacks {missing[0]}")


def check_definition(registered: Any, request: Mapping[str, Any]) -> None:
    """Raise ECS's error for a task definition of moto's that cannot be started here like this."""
    if registered.network_mode == "awsvpc":
        raise InvalidParameterException(
            "multidocker has the network modes bridge, host and none, but not awsvpc."
        )
    if request.get("networkConfiguration"):
        raise InvalidParameterException(
            "Network Configuration is not valid for the given networkMode of this task definition."
        )
    for volume in registered.volumes or ():
        for member in sorted(name for name, value in volume.items() if value):
            if member not in _DOCKER:
                raise InvalidParameterException(
                    f"multidocker has host and Docker volumes, but volume {volume['name']} has "
                    f"{member}, which it does not emulate."
                )


def is_distinct(request: Mapping[str, Any]) -> bool:
    """Tell whether each task of the group has to run on an instance of its own."""
    return _DISTINCT in _constraints(request)


def _constraints(request: Mapping[str, Any]) -> set[str]:
    return {each.get("type", "") for each in request.get("placementConstraints") or ()}


def tags_of(request: Mapping[str, Any], registered: Any, cluster_name: str) -> Tags:
    """Return the tags of a new task: its own, those of its definition, and ECS's own.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
    """
    tags: Tags = []
    if request.get("enableECSManagedTags"):
        tags.append({"key": "aws:ecs:clusterName", "value": cluster_name})
    if request.get("propagateTags") == "TASK_DEFINITION":
        tags += registered.tags or []
    tags += request.get("tags") or []
    return list({tag["key"]: tag for tag in tags}.values())  # its own are the last


def check_role(arn: str | None, account: str, partition: str) -> None:
    """Raise ECS's error for the role of a task where IAM, which is moto's, has none of that ARN."""
    from moto.iam.exceptions import NotFoundException
    from moto.iam.models import iam_backends

    if not arn:
        return
    try:
        iam_backends[account][partition].get_role_by_arn(arn)
    except NotFoundException:
        raise EcsClientException(
            f"ECS was unable to assume the role '{arn}' that was provided for this task. Please "
            "verify that the role being passed has the proper trust relationship and permissions "
            "and that your IAM user has permissions to pass this role."
        ) from None
