"""Where tasks go, and what overrides make of a definition."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from moto.ecs.exceptions import InvalidParameterException

from pytest_multidocker.aws.ecs.placement import (
    Failure,
    check_overrides,
    cpu_units,
    definition_of,
    mebibytes,
    place,
)
from pytest_multidocker.aws.ecs.records import InstanceRecord
from pytest_multidocker.ecs.accounting import Account, Resources


def instance(name: str, memory: int = 100, status: str = "ACTIVE") -> InstanceRecord:
    return InstanceRecord(f"arn:{name}", "i-0", "t2.micro", Account.of(1024, memory), status=status)


def registered(**fields: Any) -> Any:
    containers = [
        {
            "name": "web",
            "image": "web:1",
            "cpu": 1,
            "memory": 64,
            "command": ["run"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
        },
        {"name": "db", "image": "db:1", "memory": 32},
    ]
    return SimpleNamespace(
        container_definitions=containers,
        volumes=[{"name": "v"}],
        family="fam",
        revision=4,
        arn="arn:td",
        **{
            "network_mode": None,
            "cpu": None,
            "memory": None,
            "pid_mode": None,
            "ipc_mode": None,
            **fields,
        },
    )


def test_the_first_instance_with_room_is_taken() -> None:
    instances = [instance("a", 10), instance("b"), instance("c")]
    chosen, failures = place(instances, Resources(memory=50))
    assert chosen is instances[1]
    assert failures == [Failure("arn:a", "RESOURCE:MEMORY")]


def test_each_instance_says_why_it_is_not() -> None:
    instances = [instance("a", 10), instance("b", status="DRAINING")]
    chosen, failures = place(instances, Resources(memory=50))
    assert chosen is None
    assert failures == [Failure("arn:a", "RESOURCE:MEMORY"), Failure("arn:b", "INACTIVE")]


def test_without_overrides_the_definition_is_as_registered() -> None:
    definition = definition_of(registered(), None, 30)
    assert [c.name for c in definition.containers] == ["web", "db"]
    assert (definition.family, definition.revision, definition.arn) == ("fam", 4, "arn:td")
    assert (definition.network_mode, definition.stop_timeout) == ("bridge", 30)
    assert [v.name for v in definition.volumes] == ["v"]


def test_overrides_replace_but_add_to_the_environment() -> None:
    override = {
        "name": "web",
        "command": ["test"],
        "cpu": 0,
        "memory": 128,
        "memoryReservation": 16,
        "environment": [{"name": "B", "value": "x"}, {"name": "C", "value": "3"}],
    }
    definition = definition_of(registered(), {"containerOverrides": [override]}, 30)
    web, db = definition.containers
    assert web.command == ("test",)
    assert (web.cpu, web.memory, web.memory_reservation) == (0, 128, 16)
    assert web.environment == (("A", "1"), ("B", "x"), ("C", "3"))
    assert db.memory == 32


def test_an_override_of_nobody_is_refused() -> None:
    check_overrides(registered(), {"containerOverrides": [{"name": "db"}]})
    with pytest.raises(InvalidParameterException) as caught:
        check_overrides(registered(), {"containerOverrides": [{"name": "x"}]})
    assert caught.value.message == (
        "Override for container named x is not a container in the TaskDefinition."
    )


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        (None, None, (None, None)),
        ("256", "512", (256, 512)),
        (".5 vCPU", "0.5 GB", (512, 512)),
        ("1vcpu", "2GB", (1024, 2048)),
        ("much", "more", (None, None)),
    ],
)
def test_a_task_may_have_cpu_and_memory_of_its_own(
    cpu: str | None, memory: str | None, expected: tuple[int | None, int | None]
) -> None:
    definition = definition_of(registered(cpu=cpu, memory=memory), None, 30)
    assert (definition.cpu, definition.memory) == expected


def test_an_override_changes_them_for_one_task() -> None:
    overrides = {"cpu": "128", "memory": "1 GB"}
    definition = definition_of(registered(cpu="256", memory="512"), overrides, 30)
    assert (definition.cpu, definition.memory) == (128, 1024)


def test_a_task_s_own_size_is_given_in_several_units() -> None:
    units = [cpu_units(text) for text in ("512", ".5 vCPU", "", None, "inf")]
    assert units == [512, 512, None, None, None]
    assert [mebibytes(text) for text in ("512", "0.5GB", "nan", "inf GB")] == [512, 512, None, None]
