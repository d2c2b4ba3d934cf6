"""Memory, CPU and what a task takes of its instance: C43 to C51."""

from __future__ import annotations

import pytest

from conformance.aws_host import AwsHost
from conformance.docker_host import DockerHost
from conformance.host import Host, Task
from conformance.simulated_host import SimulatedHost
from conformance.vocabulary import App, Behaviour, app, exits, obeys, sh, traps
from pytest_multidocker.engine.simulated.script import Reaction, Script

MIB = 2**20
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


def uses(mib: int) -> Behaviour:
    """Fill shared memory with that much, and then run on until told to stop."""
    return sh(
        f"trap 'exit 0' TERM; dd if=/dev/zero of=/dev/shm/fill bs=1M count={mib} && echo filled; "
        "sleep 60 & wait",
        Script(memory=((0.1, mib),)),
    )


def dies_of(mib: int) -> Behaviour:
    """Be killed, as a first process, for having filled that much of shared memory."""
    return sh(
        f"exec dd if=/dev/zero of=/dev/shm/fill bs=1M count={mib}", Script(memory=((0.1, mib),))
    )


def test_c43_the_hard_limit_is_mib(docker: DockerHost) -> None:
    task = docker.run(app("app", memory=64), app("both", memory=32, memoryReservation=16)).running()

    members = ("Memory", "MemoryReservation")
    assert task.host_config("app", *members) == (64 * MIB, 0)
    assert task.host_config("both", *members) == (32 * MIB, 16 * MIB)


def test_c43_a_container_may_use_its_hard_limit_and_no_more(simulated: SimulatedHost) -> None:
    task = simulated.run(
        app("fits", uses(64), memory=64), app("exceeds", dies_of(65), memory=64, essential=False)
    )
    task.wait(("task", "RUNNING"), ("exceeds", "STOPPED"))

    assert task.of("exceeds").exit_code == 137
    assert task.is_alive("fits")


@pytest.mark.parametrize("memory", [1, 3, 5])
def test_c44_less_memory_than_docker_gives(host: Host, memory: int) -> None:
    task = host.run(app("app", memory=memory), app("b")).stopped()

    assert task.why("app") == (
        "CannotCreateContainerError: Error response from daemon: "
        "Minimum memory limit allowed is 6MB"
    )
    assert (task.of("app").exit_code, task.of("app").runtime_id) == (None, None)


def test_c44_the_least_that_docker_gives(host: Host) -> None:
    task = host.run(app("app", exits(0), memory=6)).stopped()

    assert task.exit_codes() == {"app": 0}


def test_c45_a_reservation_alone_is_no_limit(docker: DockerHost) -> None:
    task = docker.run(app("app", memory=None, memoryReservation=32)).running()

    members = ("Memory", "MemoryReservation", "MemorySwap")
    assert task.host_config("app", *members) == (0, 32 * MIB, 0)


def test_c45_more_may_be_used_than_was_reserved(host: Host) -> None:
    task = host.run(app("app", uses(48), memory=None, memoryReservation=8)).running()

    task.said("app", "filled")
    assert task.is_alive("app")
    task.stop().stopped()
    assert task.exit_codes() == {"app": 0}


def test_c46_out_of_memory(host: Host) -> None:
    task = host.run(app("app", dies_of(32), memory=8)).stopped()

    assert (task.of("app").exit_code, task.why("app")) == (137, OUT_OF_MEMORY)


@pytest.mark.parametrize("after", [0, 0.1, 0.2])
def test_c46_out_of_memory_at_once_or_later(docker: DockerHost, after: float) -> None:
    # Docker itself overlooks many of these: the container is gone before it has looked.
    exceeds = sh(f"sleep {after}; exec dd if=/dev/zero of=/dev/null bs=64M")
    task = docker.run(app("app", exceeds, memory=8)).stopped()

    assert (task.of("app").exit_code, task.why("app")) == (137, OUT_OF_MEMORY)


def test_c46_a_sigkill_is_no_lack_of_memory(host: Host) -> None:
    task = host.run(app("app", obeys(), memory=8)).running()

    task.signal("app", "KILL").stopped()

    assert (task.of("app").exit_code, task.of("app").reason) == (137, None)


def test_c47_an_essential_container_takes_the_others_along(host: Host) -> None:
    task = host.run(app("app", dies_of(32), memory=8), app("b")).stopped()

    assert task.why("app") == OUT_OF_MEMORY
    assert task.of("app").exit_code == 137
    assert task.of("b").reason is None


def test_c47_another_dies_alone(host: Host) -> None:
    task = host.run(app("job", dies_of(32), memory=8, essential=False), app("b", traps(TERM=9)))
    task.wait(("job", "STOPPED"), ("task", "RUNNING")).running()

    assert task.why("job") == OUT_OF_MEMORY
    assert task.goes_on
    assert task.is_alive("b")
    task.stop().stopped()
    assert task.exit_codes() == {"job": 137, "b": 9}


def test_c48_cpu_shares(docker: DockerHost) -> None:
    given = {"none": None, "zero": 0, "one": 1, "ten": 10, "most": 262144, "more": 300000}
    task = docker.run(*(app(name, cpu=cpu) for name, cpu in given.items())).running()

    shares = {name: task.host_config(name, "CpuShares")[0] for name in given}
    assert shares == {"none": 2, "zero": 2, "one": 2, "ten": 10, "most": 262144, "more": 262144}
    assert {task.host_config(name, "NanoCpus", "CpuQuota") for name in given} == {(0, 0)}


def test_c49_swap_is_added_to_the_hard_limit(docker: DockerHost) -> None:
    swap = {"maxSwap": 32, "swappiness": 10}
    task = docker.run(
        app("some", memory=64, linuxParameters=swap),
        app("none", memory=64, linuxParameters={"maxSwap": 0}),
        app("alone", memory=64, linuxParameters={"swappiness": 10}),
    ).running()

    members = ("MemorySwap", "MemorySwappiness")
    assert task.host_config("some", *members) == (96 * MIB, 10)
    assert task.host_config("none", *members) == (64 * MIB, None)
    assert task.host_config("alone", *members) == (64 * MIB, None)


def test_c49_what_is_swapped_out_counts_too(simulated: SimulatedHost) -> None:
    swap = {"linuxParameters": {"maxSwap": 32}}
    task = simulated.run(
        app("fits", uses(96), memory=64, **swap),
        app("exceeds", dies_of(97), memory=64, essential=False, **swap),
    )
    task.wait(("task", "RUNNING"), ("exceeds", "STOPPED"))

    assert task.why("exceeds") == OUT_OF_MEMORY
    assert task.is_alive("fits")


def takes(name: str, memory: int, **more: int) -> tuple[App, App]:
    """Containers that take that much together; the second ends when others could have begun."""
    return (
        app(name, memory=memory - 6, **more),
        app("clock", exits(0, after=1.5), memory=6, essential=False),
    )


def waits(*tasks: Task) -> bool:
    """Tell whether nothing has been done for the tasks."""
    return not any(
        task.order or task.exists(container.name)
        for task in tasks
        for container in task.identity.definition.containers
    )


@pytest.mark.agent(memory=100)
def test_c50_a_reservation_goes_before_the_hard_limit(host: Host) -> None:
    first = host.run(app("a", memory=200, memoryReservation=54)).running()
    second = host.run(*takes("b", 46)).running()
    third = host.run(app("c", memory=6))

    second.wait(("clock", "STOPPED"))
    assert waits(third)
    first.stop().stopped()
    third.running()


@pytest.mark.agent(memory=100)
def test_c50_what_all_containers_of_a_task_take_counts(host: Host) -> None:
    first = host.run(*takes("a", 56), app("b", memory=200, memoryReservation=44))
    second = host.run(app("c", memory=6))

    first.running().wait(("clock", "STOPPED"))
    assert waits(second)
    first.stop().stopped()
    second.running()


def test_c50_the_service_places_by_it_too(aws: AwsHost) -> None:
    definition = aws.register(app("app", memory=900, memoryReservation=400))

    placed, failures = aws.place(definition, count=3)

    assert (len(placed), failures) == (2, ["RESOURCE:MEMORY"])


@pytest.mark.agent(memory=100)
def test_c51_tasks_wait_in_order(host: Host) -> None:
    first = host.run(*takes("a", 60)).running()
    second = host.run(app("b", memory=60))
    third = host.run(app("c", memory=20))  # there is room for it, but it is not its turn

    first.wait(("clock", "STOPPED"))
    assert waits(second, third)
    first.stop().stopped()
    second.running()
    third.running()


@pytest.mark.agent(memory=100)
def test_c51_a_task_that_waits_can_be_stopped(host: Host) -> None:
    first = host.run(*takes("a", 60)).running()
    second = host.run(app("b", memory=60))
    third = host.run(app("c", memory=20))

    first.wait(("clock", "STOPPED"))
    assert waits(third)
    second.stop().stopped()

    assert second.order[-1] == ("task", "STOPPED")
    assert second.exit_codes() == {"b": None}
    assert not second.exists("b")
    third.running()
    assert first.is_alive("a")


@pytest.mark.agent(memory=100)
def test_c51_room_is_given_back_when_the_last_container_has_stopped(host: Host) -> None:
    slow = traps(TERM=Reaction(0, after=2))
    first = host.run(app("a", slow, memory=60), app("b", traps(USR1=1), memory=20)).running()
    second = host.run(app("c", memory=20), app("d", memory=10))

    first.signal("b", "USR1")
    second.running()

    assert second.created_at("c") >= first.ended_at("a")
    assert first.ended_at("a") - first.ended_at("b") >= 2
