"""In which order steps run, what runs together, and what a failure does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from pytest_multidocker.deploy import runner
from pytest_multidocker.deploy.account import Account
from pytest_multidocker.deploy.step import Step, Tell
from pytest_multidocker.errors import DeployError


class Thing(Step):
    """A step that notes what is done to it."""

    def __init__(self, title: str, *needs: Step, log: list[str]) -> None:
        self.title = title
        self.needs = needs
        self.there = False
        self.why: str | None = None
        self.work: Callable[[], object] = lambda: None
        self._log = log

    def is_there(self) -> bool:
        return self.there

    def kept(self) -> str | None:
        return self.why

    def leave(self) -> None:
        self._log.append(f"~{self.title}")

    def deploy(self, tell: Tell) -> None:
        self.work()
        self.there = True
        self._log.append(f"+{self.title}")
        tell("created")

    def destroy(self, tell: Tell) -> None:
        self.work()
        self.there = False
        self._log.append(f"-{self.title}")
        tell("deleted")


@pytest.fixture
def account() -> Account:
    return Account("http://127.0.0.1:4577", "us-east-1")


def quiet(_title: str, _text: str) -> None:
    pass


def test_what_is_needed_comes_first_and_goes_last(account: Account) -> None:
    log: list[str] = []
    group = Thing("group", log=log)
    database = Thing("database", group, log=log)
    environment = Thing("environment", database, group, log=log)
    steps = [environment, database, group]

    runner.deploy(account, steps, quiet)
    assert log == ["+group", "+database", "+environment"]
    assert [step.title for step in runner.in_order(steps)] == ["group", "database", "environment"]
    assert runner.left(steps) == steps

    log.clear()
    runner.destroy(account, steps, quiet)
    assert log == ["-environment", "-database", "-group"]
    assert runner.left(steps) == []


def test_what_was_there_before_is_left_as_it_was_and_told(account: Account) -> None:
    log: list[str] = []
    told: list[tuple[str, str]] = []
    group = Thing("group", log=log)
    database = Thing("database", group, log=log)
    runner.deploy(account, [database, group], quiet)
    database.why = "it was there before"
    log.clear()

    runner.destroy(account, [database, group], lambda *said: told.append(said))

    assert log == ["~database", "-group"]
    assert told == [("database", "kept: it was there before"), ("group", "deleted")]
    assert runner.left([database, group]) == []


def test_steps_that_do_not_need_each_other_run_together(account: Account) -> None:
    meet = threading.Barrier(2, timeout=60)
    one, two = Thing("one", log=[]), Thing("two", log=[])
    one.work = two.work = meet.wait

    runner.deploy(account, [one, two], quiet)


def test_progress_names_the_step(account: Account) -> None:
    told: list[tuple[str, str]] = []

    runner.deploy(account, [Thing("group", log=[])], lambda *said: told.append(said))

    assert told == [("group", "created")]


def test_a_failure_names_its_step_ends_the_waiting_and_keeps_what_follows_from_starting(
    account: Account,
) -> None:
    log: list[str] = []
    slow = Thing("slow", log=log)
    slow.work = lambda: account.until("it should come", lambda: None, timeout=60)
    broken = Thing("broken", log=log)
    broken.work = lambda: fail(DeployError("no room."))
    after = Thing("after", broken, log=log)

    with pytest.raises(DeployError, match=r"broken: no room\."):
        runner.deploy(account, [slow, broken, after], quiet)
    assert log == []


def test_a_refusal_is_told_in_the_words_of_aws(account: Account) -> None:
    broken = Thing("user", log=[])
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "CreateUser")
    broken.work = lambda: fail(refused)

    with pytest.raises(DeployError, match="user: CreateUser was refused: AccessDenied: no"):
        runner.deploy(account, [broken], quiet)


def fail(error: Exception) -> None:
    raise error


def test_ctrl_c_ends_the_waiting_and_begins_nothing_more(account: Account) -> None:
    log: list[str] = []
    slow = Thing("slow", log=log)

    def wait_for_ever() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        account.until("it should come", lambda: None, timeout=60)

    slow.work = wait_for_ever
    after = Thing("after", slow, log=log)

    with pytest.raises(KeyboardInterrupt):
        runner.deploy(account, [slow, after], quiet)
    assert log == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
