"""What the task metadata endpoint says of a task, in the agent's JSON. Pure.

Source: ``ecs-agent/tmds/handlers/v2/response.go``, ``ecs-agent/tmds/handlers/v4/state/response.go``
and ``agent/handlers/v2/response.go`` of amazon-ecs-agent. What is empty is left out where the agent
leaves it out. Version 4 says more than version 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ...ecs.state import ContainerState, TaskState
from ...engine.identity import TaskIdentity

Json = dict[str, Any]
Inspected = dict[str, Any]
"""What Docker says of a container."""

V3, V4 = 3, 4
_LEAST_CPU = 2  # what the agent gives a container that asks for less
_CPU_UNITS = 1024  # of one vCPU
_NEVER = "0001-01-01"  # Docker's time of what has not happened
_LONGEST_OUTPUT = 1024  # characters of a health check's output


def task_response(
    task: TaskIdentity, state: TaskState, containers: Sequence[Json], version: int
) -> Json:
    """Return what is said of a task; ``containers`` is what is said of each container."""
    definition = task.definition
    cpu = definition.cpu / _CPU_UNITS if definition.cpu else None
    response: Json = {
        "Cluster": task.cluster,
        "TaskARN": task.arn,
        "Family": definition.family,
        "Revision": str(definition.revision),
        "DesiredStatus": state.desired.name,
        "KnownStatus": state.known.name,
        "Containers": list(containers),
        "Limits": _present({"CPU": cpu, "Memory": definition.memory}),
        "PullStartedAt": _time(state.pull_started_at),
        "PullStoppedAt": _time(state.pull_stopped_at),
        "ExecutionStoppedAt": _time(state.execution_stopped_at),
        "AvailabilityZone": f"{task.region}a",
    }
    if version == V4:
        response |= {"LaunchType": "EC2", "FaultInjectionEnabled": False}
    return _present(response)


def with_tags(response: Json, task: Mapping[str, str], instance: Mapping[str, str]) -> Json:
    """Return what is said of a task, with its tags and those of its container instance."""
    return response | _present({"TaskTags": dict(task), "ContainerInstanceTags": dict(instance)})


def container_response(
    task: TaskIdentity, state: ContainerState, inspected: Inspected | None, version: int
) -> Json:
    """Return what is said of a container; ``inspected`` is ``None`` where Docker has none."""
    definition = state.definition
    response = {
        "DockerId": state.runtime_id or "",
        "Name": state.name,
        "DockerName": task.container_name(state.name) if state.runtime_id else "",
        "Image": definition.image,
        "ImageID": "" if inspected is None else inspected["Image"],
        "DesiredStatus": state.desired.name,
        "KnownStatus": state.known.name,
        "ExitCode": state.exit_code,
        "Limits": {
            "CPU": max(definition.cpu, _LEAST_CPU),
            "Memory": definition.memory or 0,
        },
        "Type": "NORMAL",
        **({} if inspected is None else _docker(inspected, version)),
    }
    if version == V4:
        response |= _of_version_4(task, state)
    response = _present(response)
    if definition.health_check is not None:
        response["Health"] = _health(state, inspected)
    return response


def from_list(entry: Mapping[str, Any]) -> Inspected:
    """Return an entry of Docker's list of containers in the form of :data:`Inspected`."""
    return {
        "Image": entry["ImageID"],
        "Created": _time(entry["Created"]),
        "Config": {"Labels": entry["Labels"]},
        "State": {"StartedAt": _NEVER, "FinishedAt": _NEVER},
        "NetworkSettings": {"Networks": entry["NetworkSettings"]["Networks"]},
        "Mounts": entry["Mounts"],
    }


def _docker(inspected: Inspected, version: int) -> Json:
    return {
        "Ports": list(_ports(inspected, version)),
        "Labels": inspected["Config"].get("Labels"),
        "CreatedAt": inspected["Created"],
        "StartedAt": _happened(inspected["State"]["StartedAt"]),
        "FinishedAt": _happened(inspected["State"]["FinishedAt"]),
        "Networks": list(_networks(inspected)),
        "Volumes": list(_volumes(inspected)),
    }


def _ports(inspected: Inspected, version: int) -> Iterator[Json]:
    for port, hosts in sorted((inspected["NetworkSettings"].get("Ports") or {}).items()):
        number, _, protocol = port.partition("/")
        for host in hosts or ():
            response = {"ContainerPort": int(number), "Protocol": protocol}
            response["HostPort"] = int(host["HostPort"])
            yield response | ({"HostIp": host["HostIp"]} if version == V4 else {})


def _networks(inspected: Inspected) -> Iterator[Json]:
    for name, network in (inspected["NetworkSettings"].get("Networks") or {}).items():
        yield {"NetworkMode": name, "IPv4Addresses": [network["IPAddress"]]}


def _volumes(inspected: Inspected) -> Iterator[Json]:
    for mount in inspected.get("Mounts") or ():
        yield _present(
            {
                "DockerName": mount.get("Name"),
                "Source": mount.get("Source"),
                "Destination": mount.get("Destination"),
            }
        )


def _health(state: ContainerState, inspected: Inspected | None) -> Json:
    """Return the health as the agent noted it when it last changed: nothing before it is known."""
    if state.health == "UNKNOWN":
        return {}
    log = ((inspected or {}).get("State", {}).get("Health") or {}).get("Log") or [{}]
    failed = state.health == "UNHEALTHY"
    return {"status": state.health} | _present(
        {
            "statusSince": _time(state.health_since),
            "exitCode": (log[-1].get("ExitCode") if failed else 0) or None,
            "output": log[-1].get("Output", "")[:_LONGEST_OUTPUT] or None,
        }
    )


def _of_version_4(task: TaskIdentity, state: ContainerState) -> Json:
    definition = state.definition
    logging = definition.log_configuration or {}
    return {
        "LogDriver": logging.get("logDriver"),
        "LogOptions": dict(logging.get("options") or {}),
        "ContainerARN": task.container_arns.get(state.name),
        "RestartCount": state.restart_count if definition.restarts else None,
    }


def _present(members: Mapping[str, Any]) -> Json:
    """Return the members that are not empty: those that the agent, in Go, would omit.

    Empty texts stay, as the agent has them only in members that it never omits.
    """
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _happened(timestamp: str) -> str | None:
    return None if timestamp.startswith(_NEVER) else timestamp


def _time(seconds: float | None) -> str | None:
    """Return a time in the form that Go gives it in JSON."""
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, timezone.utc).isoformat().removesuffix("+00:00")
    whole, point, fraction = text.partition(".")
    return f"{whole}{point}{fraction.rstrip('0')}Z"
