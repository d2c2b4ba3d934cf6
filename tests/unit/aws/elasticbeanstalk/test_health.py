"""What status, colour and causes follow from what is known."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.elasticbeanstalk import health
from pytest_multidocker.aws.elasticbeanstalk.health import (
    Deployment,
    EnvironmentView,
    Health,
    InstanceView,
    Operation,
)

V1, V2 = Deployment("v1", 1), Deployment("v2", 2)
FINE = InstanceView(runs=True, deployment=V1)
DEAD = InstanceView(runs=False, dead=("nginx",), deployment=V1, culprit="nginx exited.")
DEAF = InstanceView(runs=True, passes=False, deployment=V1)
WRONG = InstanceView(runs=True, deployment=V2)
BUSY = InstanceView(operation=Operation("Application deployment", 3), deployment=V1)


def of(*instances: InstanceView, **fields: Any) -> Health:
    fields = {"expected": V1, "size": len(instances), **fields}
    return health.of_environment(EnvironmentView(instances, **fields))


@pytest.mark.parametrize(
    ("status", "colour", "bad"),
    [
        ("NoData", "Grey", False),
        ("Pending", "Grey", False),
        ("Ok", "Green", False),
        ("Info", "Green", False),
        ("Warning", "Yellow", True),
        ("Degraded", "Red", True),
        ("Severe", "Red", True),
    ],
)
def test_every_status_has_its_colour(status: str, colour: str, bad: bool) -> None:
    found = Health(status)
    assert (found.colour, found.is_bad) == (colour, bad)


def test_a_fine_environment_is_green() -> None:
    assert of(FINE, FINE) == Health("Ok")
    done = Operation("Application update", 75, 21)
    assert of(FINE, operation=done) == Health(
        "Ok", ("Application update completed 1 minute ago and took 21 seconds.",)
    )


def test_while_it_is_launched_it_is_pending_and_grey() -> None:
    launching = Operation("Initialization", 8)
    told = "Initialization in progress (running for 8 seconds)."
    assert of(operation=launching) == Health("Pending", (told, "There are no instances."))
    assert of(FINE, operation=launching) == Health("Pending", (told,))
    ended = Operation("Initialization", 1, 60)
    assert of(FINE, operation=ended).causes == (
        "Initialization completed 1 second ago and took 1 minute.",
    )


def test_an_update_under_way_is_information() -> None:
    updating = Operation("Application update", 2)
    assert of(FINE, BUSY, operation=updating) == Health(
        "Info", ("Application update in progress (running for 2 seconds).",)
    )
    assert of(BUSY, operation=updating).status == "Info"


def test_a_dead_task_on_the_only_instance_is_degraded_and_names_the_culprit() -> None:
    assert of(DEAD) == Health(
        "Degraded", ("Impaired services on all instances.", "multidocker: nginx exited.")
    )
    assert of(DEAD, balanced=True) == Health(
        "Severe",
        (
            "ELB processes are not healthy on all instances.",
            "Impaired services on all instances.",
            "ELB health is failing or not available for all instances.",
            "multidocker: nginx exited.",
        ),
    )


@pytest.mark.parametrize(
    ("fine", "status"),
    [(1, "Degraded"), (2, "Warning"), (4, "Warning")],
    ids=["half", "1/3", "1/5"],
)
def test_the_more_instances_are_fine_the_milder(fine: int, status: str) -> None:
    found = of(DEAD, *[FINE] * fine, balanced=True)
    assert found.status == status
    assert f"Impaired services on 1 out of {fine + 1} instances." in found.causes


def test_an_instance_that_does_not_answer_is_impaired_for_the_load_balancer() -> None:
    found = of(DEAF, FINE, balanced=True)
    assert found.causes == ("ELB processes are not healthy on 1 out of 2 instances.",)


def test_another_version_than_the_expected_is_told_with_both() -> None:
    told = 'Expected version "v1" (deployment 1).'
    assert of(WRONG, FINE).causes == (
        f"Incorrect application version found on 1 out of 2 instances. {told}",
    )
    assert health.of_instance(WRONG, V1) == Health(
        "Degraded", (f'Incorrect application version "v2" (deployment 2). {told}',)
    )
    assert of(WRONG, expected=None).status == "Ok"


def test_a_failed_command_is_told_after_a_launch() -> None:
    failed = InstanceView(failed=True, deployment=V1)
    found = of(failed, operation=Operation("Initialization", 40, 300))
    assert (found.status, found.causes[:1]) == ("Degraded", ("Command failed on all instances.",))
    assert found.causes[-1] == "Initialization completed 40 seconds ago and took 5 minutes."


def test_fewer_instances_than_there_should_be() -> None:
    assert of(FINE, size=2).causes == (
        "1 active instances is below Auto Scaling group minimum size 2.",
    )
    assert of(size=1) == Health("Severe", ("There are no instances.",))
    assert of(size=0).status == "NoData"


def test_without_a_version_there_is_nothing_to_judge() -> None:
    empty = InstanceView(has_version=False)
    assert of(empty).status == "NoData"
    assert health.of_instance(empty, None).status == "NoData"
    assert of(empty, operation=Operation("Configuration update", 1)).status == "Info"


def test_instances_tell_what_is_done_to_them() -> None:
    told = "Performing application deployment (running for 3 seconds)."
    assert health.of_instance(BUSY, V1) == Health("Info", (told,))
    starting = InstanceView(operation=Operation("Initialization", 12))
    assert health.of_instance(starting, V1) == Health(
        "Pending", ("Performing initialization (running for 12 seconds).",)
    )
    done = InstanceView(
        runs=True, deployment=V1, operation=Operation("Application deployment", 23, 26)
    )
    assert health.of_instance(done, V1) == Health(
        "Ok", ("Application deployment completed 23 seconds ago and took 26 seconds.",)
    )


def test_instances_tell_what_is_wrong_with_them() -> None:
    assert health.of_instance(DEAD, V1) == Health(
        "Severe",
        ("Following services are not running: nginx.", "multidocker: nginx exited."),
    )
    gone = InstanceView(deployment=V1)
    assert health.of_instance(gone, V1).causes == ("Following services are not running: ECS task.",)
    assert health.of_instance(DEAF, V1) == Health(
        "Severe", ("ELB health is failing or not available.",)
    )


def test_statuses_are_counted() -> None:
    counted = health.summary([Health("Ok"), Health("Ok"), Health("Severe")])
    assert (counted["Ok"], counted["Severe"], counted["Pending"]) == (2, 1, 0)
    assert list(counted) == [
        "NoData", "Unknown", "Pending", "Ok", "Info", "Warning", "Degraded", "Severe",
    ]  # fmt: skip
