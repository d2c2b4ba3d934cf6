"""What Elastic Beanstalk makes of a Dockerrun file before ECS sees it.

Source: `ECS managed Docker configuration
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/create_deploy_docker_v2config.html>`_ in the
Elastic Beanstalk developer guide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LOG_ROOT = "/var/log/containers"
"""Where container logs lie on an instance; ``awseb-logs-NAME`` is mounted from below it."""

_LOG_VOLUME = "awseb-logs-"


_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_FAMILY = 255


def family(project: str) -> str:
    """Return the task definition's family, and the cluster's name, for a project of that name.

    They have up to 255 letters of ASCII, digits, hyphens and underscores (RegisterTaskDefinition,
    CreateCluster); what else the name has becomes hyphens.
    """
    return f"awseb-{_FOREIGN.sub('-', project)}"[:_LONGEST_FAMILY]


def task_definition_request(
    dockerrun: Mapping[str, Any], family: str, properties: Mapping[str, str]
) -> dict[str, Any]:
    """Return the RegisterTaskDefinition request for a version 2 file, given as plain JSON.

    Each environment property goes into every container, unless the container's own ``environment``
    has a variable of that name. Every container gets a log volume, ``awseb-logs-`` and its name,
    that its mount points may use without declaring it.
    """
    containers = [
        _with_properties(container, properties)
        for container in dockerrun.get("containerDefinitions", [])
    ]
    declared = list(dockerrun.get("volumes", []))
    names = {volume.get("name") for volume in declared}
    logs = [
        {"name": name, "host": {"sourcePath": f"{LOG_ROOT}/{container['name']}"}}
        for container in containers
        if (name := f"{_LOG_VOLUME}{container['name']}") not in names
    ]
    request = {"family": family, "containerDefinitions": containers, "volumes": declared + logs}
    role = dockerrun.get("executionRoleArn")
    return request if role is None else {**request, "executionRoleArn": role}


def _with_properties(container: Mapping[str, Any], properties: Mapping[str, str]) -> dict[str, Any]:
    own = list(container.get("environment") or [])
    names = {variable.get("name") for variable in own}
    added = [{"name": n, "value": v} for n, v in properties.items() if n not in names]
    return {**container, "environment": own + added}
