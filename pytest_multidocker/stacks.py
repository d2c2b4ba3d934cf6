"""The stacks of one pytest run, one for each Dockerrun file."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from . import settings
from .engine_choice import Choice
from .errors import MultidockerError, NotSimulated

if TYPE_CHECKING:
    from .stack.stack import Stack, StackOptions
    from .stack.task import Task


class Stacks:
    """All stacks of a run. It lives in the config's stash, so that runs do not meet."""

    _key = pytest.StashKey["Stacks"]()

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stacks: dict[Path, Stack] = {}
        self._main: Path | None = None
        self._failed: set[Path] = set()
        self._shared_dir: Path | None = None
        self._test_started = time.time()

    @classmethod
    def of(cls, config: pytest.Config) -> Stacks:
        """Return the stacks of this run."""
        if cls._key not in config.stash:
            config.stash[cls._key] = cls(config)
        return config.stash[cls._key]

    @classmethod
    def existing(cls, config: pytest.Config) -> Stacks | None:
        """Return the stacks of this run if anything has asked for one yet."""
        return config.stash.get(cls._key, None)

    def stack(self, file: Path) -> Stack:
        """Return the stack of a Dockerrun file; nothing is started by it.

        Raises :class:`SettingsError` for settings of the file that cannot be used.
        """
        file = file.resolve()
        if file not in self._stacks:
            options = settings.stack_options(self._config, file, self._progress)
            self._stacks[file] = self._new(options)
        return self._stacks[file]

    def _new(self, options: StackOptions) -> Stack:
        from .stack.stack import Stack

        if not Choice.of(self._config).simulated or self._requires_docker(options):
            return Stack(options)
        from .stack.simulated import SimulatedStack

        return SimulatedStack(options)

    def _requires_docker(self, options: StackOptions) -> bool:
        """Tell whether the file itself may not be simulated, whatever the run's own file may."""
        return settings.engine(self._config, options.settings).value == "docker"

    def main(self) -> Stack:
        """Return the stack of the run's own Dockerrun file, the one that fixtures use.

        Raises :class:`SettingsError` where there is none.
        """
        if self._main is None:
            self._main = settings.require_file(self._config).resolve()
        return self.stack(self._main)

    def require(self, stack: Stack) -> None:
        """Have the shared task of the stack run.

        The first time that this fails, so does the test, with the error; then tests are skipped, as
        one clear error says more than one in each test.
        """
        file = stack.options.file
        if file in self._failed:
            pytest.skip("the project does not run, or not any more: the first error says why")
        try:
            error = told(stack.require_running) or _end_of(stack.running_task)
        except NotSimulated:
            raise
        except Exception:  # a bug of ours: its traceback, too, is of use once only
            self._failed.add(file)
            raise
        if error is not None:
            self._failed.add(file)
            pytest.fail(error, pytrace=False)

    def note_failure(self, stack: Stack) -> None:
        """Note that a test of the shared task has failed: if that ended, one error is enough."""
        if _end_of(stack.running_task) is not None:
            self._failed.add(stack.options.file)

    def begin_test(self) -> None:
        """Note that a test begins: its logs begin here."""
        self._test_started = time.time()

    def end_test(self) -> None:
        """Remove the tasks that a test has had for itself; fail the test where that cannot be."""
        if error := _all_told(stack.end_test for stack in self._stacks.values()):
            pytest.fail(error, pytrace=False)

    def sections(self, item: pytest.Item) -> list[tuple[str, str]]:
        """Return the logs of the containers of the test that has just run, as report sections.

        Where they cannot be read, one section says why: the report has to be made all the same.
        """
        try:
            return [
                section
                for _, task in self._tasks_of(item)
                for section in _sections(task, self._test_started)
            ]
        except Exception as error:  # noqa: BLE001 - pytest would end the whole run
            return [("log multidocker", f"The logs cannot be read: {error or repr(error)}")]

    def simulates(self, item: pytest.Item) -> bool:
        """Tell whether the test that runs has tasks on the simulation."""
        return any(stack.is_simulated for stack, _ in self._tasks_of(item))

    def _tasks_of(self, item: pytest.Item) -> Iterator[tuple[Stack, Task]]:
        """Yield the tasks of the test that runs: those of its own, and the shared one it looks at.

        Of several Dockerrun files that is the test's: fixtures are of the run's own file.
        """
        shared = None
        if getattr(item, "uses_shared_task", False):
            shared = item.path.resolve()
        elif "ecs_task" in getattr(item, "fixturenames", ()):
            shared = self._main
        for file, stack in self._stacks.items():
            for task in stack.tasks_of_test(shared=file == shared):
                yield stack, task

    def shared_dir(self) -> Path:
        """Return the folder in which the run's workers meet; the first to need it makes it."""
        if self._shared_dir is None:
            name = f"multidocker-xdist-{secrets.token_hex(8)}"
            self._shared_dir = Path(tempfile.gettempdir(), name)
        return self._shared_dir

    def close(self) -> str | None:
        """Remove everything that the run has started; return in words what cannot be."""
        stacks = [stack.close for stack in self._stacks.values()]
        return _all_told([*stacks, self._leave_the_shared_dir])

    def _leave_the_shared_dir(self) -> None:
        if self._shared_dir is not None:
            from .stack.sharing import await_end

            await_end(self._shared_dir)
            shutil.rmtree(self._shared_dir, ignore_errors=True)

    def _progress(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if reporter is None or capture is None or self._config.get_verbosity() < 0:
            return
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(f"multidocker: {text}")
            reporter.flush()  # who reads it through a pipe waits as others do


def told(start: Callable[[], object]) -> str | None:
    """Return in words why ``start`` failed, or ``None`` if it did not.

    The words alone: pytest would show the exceptions behind them too. What a simulation cannot show
    has not failed, and is raised.
    """
    try:
        start()
    except NotSimulated:
        raise
    except MultidockerError as error:
        return str(error)
    return None


def _all_told(calls: Iterable[Callable[[], object]]) -> str | None:
    """Return in words why some of the calls, which are all made, have failed."""
    return "\n".join(filter(None, [told(call) for call in calls])) or None


def _end_of(task: Task | None) -> str | None:
    """Return in words that the task has ended of itself; ``None`` while it runs."""
    if task is None or not task.is_stopping:
        return None
    return task.failure("The task has stopped of itself")


def _sections(task: Task, since: float) -> Iterator[tuple[str, str]]:
    """Yield name and text of the sections of a task. The texts, too, name the container each is of.

    JUnit reports have nothing but the texts.
    """
    yield "log multidocker task", task.summary()
    for name in task.containers:
        if log := task.last_lines(name, since=since, lines=50):
            named = "\n".join(f"{name} | {line}" for line in log.splitlines())
            yield f"log container {name}", named
