"""What the plugin is told: option before environment before ini before ``[tool.multidocker]``."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .errors import SettingsError, UnknownName

if TYPE_CHECKING:
    from .project.settings import CheckSettings, Settings
    from .stack.stack import StackOptions

HOST_PORTS = ("ephemeral", "declared")
ENGINES = ("auto", "docker", "simulated")
DEFAULT_TIMEOUT = 120.0
_FLAGS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


@dataclass(frozen=True)
class Value:
    """A setting's value and where it came from, for the header and for messages."""

    value: str
    source: str


def add_options(parser: pytest.Parser) -> None:
    """Declare the options and ini values."""
    group = parser.getgroup("multidocker", "Dockerrun.aws.json on a local AWS")
    group.addoption(
        "--multidocker",
        action="store_true",
        help="collect the promises of Dockerrun.aws.json as tests",
    )
    group.addoption(
        "--multidocker-file", metavar="PATH", help="the Dockerrun file (default: at the rootdir)"
    )
    group.addoption(
        "--multidocker-host-ports",
        choices=HOST_PORTS,
        help="publish on free ports of this machine, or on those that the file declares",
    )
    group.addoption(
        "--multidocker-timeout",
        metavar="SECONDS",
        help=f"how long a task may take to run (default: {DEFAULT_TIMEOUT:g})",
    )
    group.addoption(
        "--multidocker-build",
        action="store_true",
        help="build the project's images even if they are present and up to date",
    )
    group.addoption(
        "--multidocker-strict",
        action="store_true",
        help="fail where a contract rule warns",
    )
    group.addoption(
        "--multidocker-engine",
        choices=ENGINES,
        help="what tests run on: Docker, a simulation of it, or Docker if it answers (auto)",
    )
    group.addoption(
        "--multidocker-require-docker",
        action="store_true",
        help="fail where no Docker Engine answers, and simulate nothing",
    )
    group.addoption(
        "--multidocker-deploy",
        action="store_true",
        help="also deploy the project through Elastic Beanstalk, and remove it again",
    )
    for name in ("strict", "require_docker", "deploy"):
        parser.addini(f"multidocker_{name}", f"see {_option(name)}", type="bool", default=False)
    for name in ("file", "host_ports", "timeout", "engine"):
        parser.addini(f"multidocker_{name}", f"see {_option(name)}")


def _option(name: str) -> str:
    return f"--multidocker-{name.replace('_', '-')}"


def setting(config: pytest.Config, name: str) -> Value | None:
    """Return the setting of the first place that has it, pyproject apart; ``None`` if none has."""
    option = config.getoption(f"multidocker_{name}", None)
    if option:
        return Value(str(option), _option(name))
    variable = f"MULTIDOCKER_{name.upper()}"
    if os.environ.get(variable):
        return Value(os.environ[variable], variable)
    ini = config.getini(f"multidocker_{name}")
    return Value(str(ini), f"ini multidocker_{name}") if ini else None


def is_strict(config: pytest.Config) -> bool:
    """Return whether the warnings of contract rules are failures in this run."""
    return _flag(config, "strict") is not None


def deploys(config: pytest.Config) -> bool:
    """Return whether the project is also deployed through Elastic Beanstalk in this run."""
    return _flag(config, "deploy") is not None


def _flag(config: pytest.Config, name: str, *, pyproject: bool = False) -> Value | None:
    """Return ``true`` with its source if the first place that has the setting says so.

    Raises :class:`SettingsError` where a place says neither yes nor no.
    """
    if config.getoption(f"multidocker_{name}"):
        return Value("true", _option(name))
    variable = f"MULTIDOCKER_{name.upper()}"
    if found := os.environ.get(variable, ""):
        return Value("true", variable) if _truth(found, variable) else None
    if config.getini(f"multidocker_{name}"):
        return Value("true", f"ini multidocker_{name}")
    return Value("true", f"{name} in pyproject.toml") if pyproject else None


def _truth(text: str, source: str) -> bool:
    try:
        return _FLAGS[text.strip().lower()]
    except KeyError:
        known = ", ".join(_FLAGS)
        raise SettingsError(f"{source}: '{text}' is neither yes nor no ({known}).") from None


def engine(config: pytest.Config, table: Settings) -> Value:
    """Return what tests run on, and who says so: auto, docker or simulated.

    ``table`` is ``[tool.multidocker]`` of the Dockerrun file. Raises :class:`SettingsError` for
    anything else, and where a simulation is asked for and Docker required.
    """
    asked = setting(config, "engine") or Value(table.engine, "engine in pyproject.toml")
    _require_one_of(ENGINES, asked)
    required = _flag(config, "require_docker", pyproject=table.require_docker)
    if required is None:
        return asked
    if asked.value == "simulated":
        raise SettingsError(
            f"{asked.source} asks for a simulation, and {required.source} requires Docker."
        )
    return Value("docker", required.source)


def dockerrun_file(config: pytest.Config) -> tuple[Path, str]:
    """Return the Dockerrun file, which need not exist, and where its name comes from.

    Where nobody names it, it is the one at the rootdir, or else that in the working folder.
    """
    from .project.settings import Settings, read_settings

    here = config.invocation_params.dir
    found = setting(config, "file")
    if found is not None:
        base = here if found.source.startswith("--") else config.rootpath
        return _joined(base, found.value), found.source
    for folder in (config.rootpath, here):
        name = read_settings(folder).file
        if name != Settings.file:
            return _joined(folder, name), "pyproject"
        if (folder / name).is_file():
            return _joined(folder, name), "default"
    return _joined(config.rootpath, Settings.file), "default"


def _joined(folder: Path, name: str) -> Path:
    return Path(os.path.normpath(folder / name))


def require_file(config: pytest.Config) -> Path:
    """Return the Dockerrun file; raises :class:`SettingsError` where there is none."""
    file, source = dockerrun_file(config)
    if not file.is_file():
        origin, way_out = f" (from {source})", ""
        if source == "default":
            origin, way_out = "", f" Name yours with {_option('file')}."
        raise SettingsError(f"There is no Dockerrun file {file}{origin}.{way_out}")
    return file


def table_of(file: Path) -> Settings:
    """Return ``[tool.multidocker]`` of a Dockerrun file; raises :class:`SettingsError`."""
    from .project.settings import read_settings, settings_folder

    return read_settings(settings_folder(file.parent))


def stack_options(
    config: pytest.Config, file: Path, progress: Callable[[str], None]
) -> StackOptions:
    """Return how the stack of a Dockerrun file is made in this run.

    Raises :class:`SettingsError` for a setting that cannot be used.
    """
    from .stack.stack import StackOptions

    table = table_of(file)
    _require_known(table.check, table.ignore, file)
    shared = getattr(config, "workerinput", {}).get("multidocker_dir")
    return StackOptions(
        file=file,
        settings=table,
        host_ports=_host_ports(config) or table.host_ports,
        timeout=_timeout(config),
        rebuild=bool(config.getoption("multidocker_build")),
        shared_dir=Path(shared) if shared else None,
        progress=progress,
    )


def _require_known(check: CheckSettings, ignore: Iterable[str], file: Path) -> None:
    """Refuse the names of rules, platforms and instance types that do not exist."""
    from .project.settings import settings_folder
    from .rules import Options, require_names

    table = "tool.multidocker.check"
    try:
        require_names((*check.select, *check.ignore))
        Options.named(check.platform, None)
        table = "tool.multidocker"
        require_names(ignore)
        Options.named(None, check.instance_type)
    except UnknownName as error:
        place = settings_folder(file.parent) / "pyproject.toml"
        raise SettingsError(f"{place}: [{table}]: {error}") from error


def validate(config: pytest.Config) -> None:
    """Raise :class:`SettingsError` for a setting of this run that cannot be used."""
    _host_ports(config)
    _timeout(config)
    is_strict(config)
    deploys(config)
    engine(config, table_of(require_file(config)))


def _host_ports(config: pytest.Config) -> str | None:
    found = setting(config, "host_ports")
    if found is None:
        return None
    _require_one_of(HOST_PORTS, found)
    return found.value


def _require_one_of(choices: Sequence[str], found: Value) -> None:
    if found.value not in choices:
        raise SettingsError(f"{found.source}: '{found.value}' is neither of {', '.join(choices)}.")


def _timeout(config: pytest.Config) -> float:
    found = setting(config, "timeout")
    if found is None:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(found.value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise SettingsError(f"{found.source}: '{found.value}' is no number of seconds.")
    return seconds
