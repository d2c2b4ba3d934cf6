"""Who is to blame for a stopped task."""

from __future__ import annotations

from typing import Any

from pytest_multidocker.aws.elasticbeanstalk.culprits import culprit, lost

DOCKERRUN = {
    "containerDefinitions": [
        {"name": "nginx", "image": "i", "links": ["client", "server:api"]},
        {"name": "client", "image": "i", "essential": False},
        {"name": "server", "image": "i", "essential": False},
    ]
}


def task(stop_code: str = "EssentialContainerExited", **containers: Any) -> dict[str, Any]:
    reason = {
        "EssentialContainerExited": "Essential container in task exited",
        "TaskFailedToStart": "Task failed to start",
    }
    return {
        "taskArn": "arn",
        "stopCode": stop_code,
        "stoppedReason": reason.get(stop_code, "asked"),
        "containers": [
            {"name": name, "lastStatus": "STOPPED", "exitCode": code, "reason": why}
            for name, (code, why) in containers.items()
        ],
    }


def words(name: str) -> str:
    return f"{name} said so"


def test_the_first_essential_container_that_exited() -> None:
    snapshot = task(nginx=(1, None), client=(143, None), server=(137, None))
    assert culprit(snapshot, ["nginx", "server", "client"], DOCKERRUN, words) == (
        "nginx is essential and exited with code 1. Its last log lines:\nnginx said so"
    )


def test_its_reason_is_told_too_and_that_it_was_silent() -> None:
    oom = "OutOfMemoryError: Container killed due to memory usage"
    snapshot = task(nginx=(137, oom))
    assert culprit(snapshot, ["nginx"], DOCKERRUN, lambda _name: "") == (
        f"nginx is essential and exited with code 137 ({oom}). It logged nothing."
    )


def test_a_link_target_that_exited_before_the_linking_container_could_start() -> None:
    why = "CannotStartContainerError: ... Cannot link to a non running container"
    snapshot = task("TaskFailedToStart", nginx=(None, why), client=(1, None), server=(137, None))
    assert culprit(snapshot, ["client", "nginx", "server"], DOCKERRUN, words) == (
        "nginx links to client, which exited with code 1 before nginx could start. "
        "Its last log lines:\nclient said so"
    )


def test_a_container_that_could_not_be_started_by_itself() -> None:
    why = "CannotPullContainerError: no such host"
    snapshot = task("TaskFailedToStart", nginx=(None, why), client=(137, None), server=(137, None))
    assert culprit(snapshot, ["nginx", "client", "server"], DOCKERRUN, words) == (
        f"nginx is essential and could not be started: {why}"
    )


def test_a_task_that_the_agent_refused_has_a_reason_and_no_culprit() -> None:
    snapshot = {**task("TaskFailedToStart"), "stoppedReason": "could not find container for link x"}
    assert culprit(snapshot, [], DOCKERRUN, words) == "could not find container for link x"


def test_nobody_is_to_blame_for_what_a_user_has_asked_for() -> None:
    snapshot = task("UserInitiated", nginx=(0, None))
    assert culprit(snapshot, ["nginx"], DOCKERRUN, words) is None


def test_a_container_that_the_task_can_do_without() -> None:
    assert lost("client", task(client=(3, None)), words) == (
        "client, which is not essential, exited with code 3, and nothing restarts it. "
        "Its last log lines:\nclient said so"
    )
