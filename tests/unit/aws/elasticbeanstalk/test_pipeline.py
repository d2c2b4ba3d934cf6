from __future__ import annotations

from pytest_multidocker.aws.elasticbeanstalk.pipeline import DEPLOY, RESTART, Activity, Work


def test_the_old_task_is_stopped_before_the_new_files_come_and_the_new_task_starts() -> None:
    works = [hook.work for hook in DEPLOY]
    order = [Work.DOWNLOAD, Work.STOP, Work.FLIP, Work.START]
    assert [work for work in works if work is not Work.NOTHING] == order
    assert [hook.name.rpartition("/")[2] for hook in DEPLOY if hook.stage == 1] == [
        "00stop-task.sh",
        "01flip-dir.sh",
        "02update-credentials.sh",
        "03start-task.sh",
    ]


def test_a_restart_changes_no_files() -> None:
    assert [hook.work for hook in RESTART] == [Work.STOP, Work.START]


def test_activities_are_told_as_in_the_log() -> None:
    activity = Activity("Application update v2@5", DEPLOY)
    hook = DEPLOY[5]
    place = "Application update v2@5/AppDeployStage1/AppDeployEnactHook/00stop-task.sh"
    assert activity.starting(hook, "T") == f"[T] INFO  - [{place}] : Starting activity...\n"
    assert activity.completed(hook, "T") == f"[T] INFO  - [{place}] : Completed activity.\n"
    assert activity.failed(hook, "T", "one\ntwo") == (
        f"[T] INFO  - [{place}] : Activity execution failed, because:\n  one\n  two\n"
    )
