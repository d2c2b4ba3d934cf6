"""pytest's hooks. Nothing heavy is imported here: most runs that load this never use it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from . import engine_choice, settings
from ._version import __version__
from .engine_choice import PROPERTY, SIMULATED, Choice
from .errors import NotSimulated, SettingsError
from .fixtures import (
    aws,
    deployed,
    dockerrun,
    eb_environment,
    ecs_task,
    ecs_task_factory,
    elasticache,
    multidocker_stack,
    rds,
)
from .main_file import MainFile
from .stacks import Stacks
from .tracebacks import shorten

__all__ = [
    "aws",
    "deployed",
    "dockerrun",
    "eb_environment",
    "ecs_task",
    "ecs_task_factory",
    "elasticache",
    "multidocker_stack",
    "rds",
]

pytest.register_assert_rewrite("pytest_multidocker.expect")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    settings.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and refuse settings that cannot be used."""
    config.addinivalue_line(
        "markers", "multidocker: a promise of a Dockerrun file, collected by --multidocker"
    )
    if not config.getoption("multidocker"):
        return
    try:
        settings.validate(config)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_report_header(config: pytest.Config) -> list[str] | None:
    """Name the version and the file, and say it where there will be no containers."""
    if not config.getoption("multidocker") or config.get_verbosity() < 0:
        return None
    main = MainFile.of(config)
    file = main.path
    shown = file.relative_to(config.rootpath) if file.is_relative_to(config.rootpath) else file
    origin = "" if main.source == "default" else f" (from {main.source})"
    first = f"multidocker: {__version__}, file: {shown}{origin}{main.remark}"
    return [first, *engine_choice.header(config)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect every Dockerrun file of the standard name, and the run's own if it is named."""
    config = parent.config
    if not config.getoption("multidocker") or not MainFile.of(config).is_dockerrun(file_path):
        return None
    return _collector(parent, file_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Give the session the run's own Dockerrun file, whatever folder it is in."""
    report = yield
    config = collector.config
    if isinstance(collector, pytest.Session) and config.getoption("multidocker"):
        main = MainFile.of(config)
        if main.is_given and report.passed:
            report.result = [_collector(collector, main.path), *report.result]
    return report


def _collector(parent: pytest.Collector, file: Path) -> pytest.Collector:
    from .collect import DockerrunFile

    return DockerrunFile.from_parent(parent, path=file)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the items last that take away what other tests may use; the others keep their order."""
    items.sort(key=lambda item: getattr(item, "comes_last", False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Note when the test began, so that its report has only its own logs."""
    if (stacks := Stacks.existing(item.config)) is not None:
        stacks.begin_test()
    return (yield from _skipping(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Skip a test that asks a simulation for what it cannot show."""
    return (yield from _skipping(item))


def _skipping(item: pytest.Item) -> Generator[None, object, object]:
    """Skip the test where it, or a fixture of it, asks a simulation for what it cannot show."""
    try:
        return (yield)
    except NotSimulated as error:
        _note_simulation(item)
        raise pytest.skip.Exception(str(error), _use_item_location=True) from error


def _note_simulation(item: pytest.Item) -> None:
    if (PROPERTY, SIMULATED) not in item.user_properties:
        item.user_properties.append((PROPERTY, SIMULATED))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note what the test ran on, shorten its traceback, and add its containers' logs to a failure.

    All reports that are made of it have them.
    """
    if call.excinfo is not None and not item.config.getoption("fulltrace"):
        shorten(call.excinfo)
    stacks = Stacks.existing(item.config)
    if stacks is None or call.when == "teardown":
        return
    if stacks.simulates(item):
        _note_simulation(item)
    if not _has_failed(call):
        return
    for name, content in stacks.sections(item):
        item.add_report_section(call.when, name, content)


def _has_failed(call: pytest.CallInfo[None]) -> bool:
    return call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Remove the tasks that the test had for itself."""
    if (stacks := Stacks.existing(item.config)) is not None:
        stacks.end_test()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell at the end, too, what ran on the simulation."""
    reports = [
        report
        for found in terminalreporter.stats.values()
        for report in found
        if isinstance(report, pytest.TestReport)
    ]
    if lines := list(engine_choice.summary(config, reports)):
        terminalreporter.section("multidocker: simulated", yellow=True)
        for line in lines:
            terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove everything, after Ctrl-C too; a run that leaves something behind has failed."""
    if (stacks := Stacks.existing(session.config)) is None or (error := stacks.close()) is None:
        return
    if session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if (reporter := session.config.pluginmanager.get_plugin("terminalreporter")) is not None:
        reporter.ensure_newline()
        reporter.write_line(f"multidocker: {error}", red=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each worker the one folder in which they share an emulator, and the engine's choice."""
    node.workerinput["multidocker_dir"] = str(Stacks.of(node.config).shared_dir())
    if node.config.getoption("multidocker"):
        node.workerinput[PROPERTY] = Choice.of(node.config).why
