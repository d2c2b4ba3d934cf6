"""The promises of a Dockerrun file as pytest's items: ``Dockerrun.aws.json::links::nginx->api``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from . import settings
from .errors import ContractBroken, HasFinished, MultidockerError, TaskError
from .stacks import Stacks

if TYPE_CHECKING:
    from .rules import Finding, Rule
    from .stack.stack import Stack


class ContractWarning(UserWarning):
    """A contract rule of severity warning has found something."""


class DockerrunFile(pytest.File):
    """A Dockerrun file; below it a group for each kind of promise."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return the groups, contract first. Reads the file, and starts nothing."""
        from .promises import promises

        try:
            stack = self.stack
            stack.findings  # noqa: B018 - reads the file
        except MultidockerError as error:
            raise self.CollectError(str(error)) from error
        yield Group.of(self, "contract", self._contract)
        if stack.dockerrun.version != 2:  # noqa: PLR2004 - the only one that has containers to run
            return
        if stack.blocking:
            return
        kind = attrgetter("group", "destructive")
        for (name, _), group in groupby(promises(stack.dockerrun), key=kind):
            yield Group.of(self, name, partial(_items, promises=tuple(group)))
        if settings.deploys(self.config):
            yield Group.of(self, "deploy", _deploy_items)

    @property
    def stack(self) -> Stack:
        """The stack that proves the promises, shared with the fixtures."""
        return Stacks.of(self.config).stack(self.path)

    def _contract(self, parent: Group) -> Iterator[pytest.Item]:
        for rule in self.stack.rules:
            yield ContractItem.from_parent(parent, name=rule.title, rule=rule)


class Group(pytest.Collector):
    """The promises of one kind."""

    contents: Callable[[Group], Iterable[pytest.Item]]

    @classmethod
    def of(
        cls, parent: DockerrunFile, name: str, contents: Callable[[Group], Iterable[pytest.Item]]
    ) -> Group:
        """Return a group of that name whose items ``contents`` makes when they are asked for."""
        group: Group = cls.from_parent(parent, name=name)
        group.contents = contents
        return group

    def collect(self) -> Iterable[pytest.Item]:
        """Return the items."""
        return self.contents(self)


def _items(parent: Group, promises: Iterable[Any]) -> Iterator[pytest.Item]:
    for promise in promises:
        yield PromiseItem.from_parent(parent, name=promise.name, promise=promise)


def _deploy_items(parent: Group) -> Iterator[pytest.Item]:
    from .promises import DEPLOY_PROMISES

    for promise in DEPLOY_PROMISES:
        yield DeployItem.from_parent(parent, name=promise.name, promise=promise)


class DockerrunItem(pytest.Item):
    """What all items of a Dockerrun file have in common."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_marker(pytest.mark.multidocker)

    @property
    def stack(self) -> Stack:
        """The stack of the file that the item stands in."""
        return Stacks.of(self.config).stack(self.path)

    @property
    def line(self) -> int:
        """The line of the file that makes the promise, counted from 1."""
        return 1

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return file, line and name, as pytest's reports show them."""
        parent = self.parent.name if self.parent is not None else ""
        return self.path, self.line - 1, f"{parent}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what went wrong in the words of the product; a traceback only for our own bugs."""
        if excinfo.errisinstance((AssertionError, MultidockerError)):
            return f"{_relative(self.path)}:{self.line}: {excinfo.value}"
        return super().repr_failure(excinfo, style)


class ContractItem(DockerrunItem):
    """One contract rule: passes if it finds nothing of severity error."""

    def __init__(self, *, rule: Rule, **options: Any) -> None:
        super().__init__(**options)
        self._rule = rule

    @property
    def line(self) -> int:
        """That of the first finding."""
        found = self._findings()
        return found[0].span.line if found else 1

    def runtest(self) -> None:
        """Fail with the errors the rule finds; warn of its warnings, or fail on them if strict."""
        from .report.text import line

        grave = {"error", "warning"} if settings.is_strict(self.config) else {"error"}
        errors = [f for f in self._findings() if f.severity in grave]
        for finding in self._findings():
            if finding.severity == "warning" and finding not in errors:
                warnings.warn_explicit(
                    ContractWarning(line(finding)), None, str(finding.path), finding.span.line
                )
        if errors:
            raise ContractBroken("\n".join(line(finding) for finding in errors))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the findings, which name their places themselves."""
        if excinfo.errisinstance((ContractBroken, ContractWarning)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def _findings(self) -> list[Finding]:
        return [f for f in self.stack.findings if f.rule == self._rule.id]


class PromiseItem(DockerrunItem):
    """One promise that is proved on running containers."""

    def __init__(self, *, promise: Any, **options: Any) -> None:
        super().__init__(**options)
        self._promise = promise

    @property
    def line(self) -> int:
        """That of the place in the file that makes the promise."""
        return self.stack.document.span(self._promise.pointer).line

    @property
    def uses_shared_task(self) -> bool:
        """Whether the task that it looks at is the one that tests share."""
        return not self._promise.destructive

    def setup(self) -> None:
        """Have the stack up; where that has failed before, the first error is enough."""
        if self.config.getoption("setupplan", default=False):
            return
        Stacks.of(self.config).require(self.stack)

    def runtest(self) -> None:
        """Prove the promise."""
        try:
            self._promise.prove(self.stack)
        except HasFinished as finished:
            raise pytest.skip.Exception(str(finished), _use_item_location=True) from finished
        except (AssertionError, TaskError):
            if self.uses_shared_task:
                Stacks.of(self.config).note_failure(self.stack)
            raise


class DeployItem(DockerrunItem):
    """What a deploy through Elastic Beanstalk shows."""

    def __init__(self, *, promise: Any, **options: Any) -> None:
        super().__init__(**options)
        self._promise = promise

    @property
    def comes_last(self) -> bool:
        """Whether it takes away what tests with the fixture ``deployed`` use."""
        return bool(self._promise.destructive)

    def runtest(self) -> None:
        """Deploy, unless that has been done, and check the promise."""
        self._promise.check(self.stack)


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
