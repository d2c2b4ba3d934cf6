"""Where tasks go: the instance that has room, or the failure that says what is short.

Source: `RunTask and StartTask failures
<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>`_.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from moto.ecs.exceptions import InvalidParameterException

from ...dockerrun import parse_containers, parse_volumes
from ...ecs.accounting import Resources
from ...ecs.definition import TaskDefinition
from .records import InstanceRecord


@dataclass(frozen=True)
class Failure:
    """One entry of ``failures`` in an answer of the ECS API."""

    arn: str
    reason: str
    detail: str | None = None


def place(
    instances: Iterable[InstanceRecord], needed: Resources, barred: Container[str] = ()
) -> tuple[InstanceRecord | None, list[Failure]]:
    """Return the first active instance with room for the task, and why the others have none.

    ``barred`` are the ARNs of those that the constraint ``distinctInstance`` leaves out.
    """
    failures: list[Failure] = []
    for instance in instances:
        if instance.status != "ACTIVE":
            shortage: str | None = "INACTIVE"
        elif instance.container_instance_arn in barred:
            shortage = "distinctInstance placement constraint unsatisfied."
        else:
            shortage = instance.account.shortage(needed)
        if shortage is None:
            return instance, failures
        failures.append(Failure(instance.container_instance_arn, shortage))
    return None, failures


def definition_of(
    registered: Any, overrides: dict[str, Any] | None, stop_timeout: int
) -> TaskDefinition:
    """Return moto's task definition as the agent takes it, a task's overrides applied."""
    overrides = overrides or {}
    by_name = {o.get("name"): o for o in overrides.get("containerOverrides") or ()}
    containers = [
        _overridden(c, by_name.get(c["name"], {})) for c in registered.container_definitions
    ]
    return TaskDefinition(
        family=registered.family,
        revision=registered.revision,
        containers=parse_containers(containers),
        volumes=parse_volumes(registered.volumes),
        arn=registered.arn,
        network_mode=registered.network_mode or "bridge",
        stop_timeout=stop_timeout,
        cpu=cpu_units(overrides.get("cpu") or registered.cpu),
        memory=mebibytes(overrides.get("memory") or registered.memory),
        pid_mode=registered.pid_mode,
        ipc_mode=registered.ipc_mode,
        task_role_arn=overrides.get("taskRoleArn") or getattr(registered, "task_role_arn", None),
        execution_role_arn=overrides.get("executionRoleArn")
        or getattr(registered, "execution_role_arn", None),
    )


def cpu_units(text: str | None) -> int | None:
    """Return a task's CPU in units: given as such, or as ``.5 vCPU``; ``None`` for what is none."""
    return _number(text, "vcpu", 1024)


def mebibytes(text: str | None) -> int | None:
    """Return a task's memory in MiB: given as such, or as ``0.5 GB``; ``None`` for what is none."""
    return _number(text, "gb", 1024)


def _number(text: str | None, unit: str, factor: int) -> int | None:
    number = (text or "").strip().lower()
    factor = factor if number.endswith(unit) else 1
    try:
        return int(float(number.removesuffix(unit)) * factor)
    except (ValueError, OverflowError):  # infinity is a number to Python
        return None


def check_overrides(registered: Any, overrides: dict[str, Any] | None) -> None:
    """Raise ``InvalidParameterException`` for an override of a container that is not there."""
    names = {container["name"] for container in registered.container_definitions}
    for override in (overrides or {}).get("containerOverrides") or ():
        if override.get("name") not in names:
            raise InvalidParameterException(
                f"Override for container named {override.get('name')} is not a container in the "
                "TaskDefinition."
            )


def _overridden(container: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    merged = {**container}
    for member in ("command", "cpu", "memory", "memoryReservation", "environmentFiles"):
        if override.get(member) is not None:
            merged[member] = override[member]
    if override.get("environment"):
        variables = {v["name"]: v for v in container.get("environment") or ()}
        variables.update({v["name"]: v for v in override["environment"]})
        merged["environment"] = list(variables.values())
    return merged
