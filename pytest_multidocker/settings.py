"""What the plugin is told: option before environment before ini before ``[tool.multidocker]``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .errors import SettingsError

if TYPE_CHECKING:
    from .project.settings import Settings
    from .stack.stack import StackOptions

HOST_PORTS = ("ephemeral", "declared")
ENGINES = ("auto", "docker", "simulated")
DEFAULT_TIMEOUT = 120.0
_TRUE = {"1", "true", "yes", "on"}


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
    """Return ``true`` with its source if the first place that has the setting says so."""
    if config.getoption(f"multidocker_{name}"):
        return Value("true", _option(name))
    variable = f"MULTIDOCKER_{name.upper()}"
    if found := os.environ.get(variable, "").lower():
        return Value("true", variable) if found in _TRUE else None
    if config.getini(f"multidocker_{name}"):
        return Value("true", f"ini multidocker_{name}")
    return Value("true", f"{name} in pyproject.toml") if pyproject else None


def engine(config: pytest.Config) -> Value:
    """Return what tests run on in this run, and who says so: auto, docker or simulated.

    Raises ``pytest.UsageError`` for anything else, and where a simulation is asked for and Docker
    required.
    """
    settings = project_settings(config.rootpath)
    asked = setting(config, "engine") or Value(settings.engine, "engine in pyproject.toml")
    if asked.value not in ENGINES:
        raise pytest.UsageError(
            f"{asked.source}: '{asked.value}' is neither of {', '.join(ENGINES)}."
        )
    required = _flag(config, "require_docker", pyproject=settings.require_docker)
    if required is None:
        return asked
    if asked.value == "simulated":
        raise pytest.UsageError(
            f"{asked.source} asks for a simulation, and {required.source} requires Docker."
        )
    return Value("docker", required.source)


def dockerrun_file(config: pytest.Config) -> tuple[Path, str]:
    """Return the Dockerrun file, which need not exist, and where its name comes from."""
    found = setting(config, "file")
    if found is not None:
        base = config.invocation_params.dir if found.source.startswith("--") else config.rootpath
        return Path(os.path.normpath(base / found.value)), found.source
    settings = project_settings(config.rootpath)
    from .project.settings import Settings as Defaults

    is_default = settings.file == Defaults.file
    return Path(
        os.path.normpath(config.rootpath / settings.file)
    ), "default" if is_default else "pyproject"


def project_settings(folder: Path) -> Settings:
    """Return ``[tool.multidocker]`` of the project; raises ``pytest.UsageError`` if it is wrong."""
    from .project.settings import read_settings

    try:
        return read_settings(folder)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from error


def stack_options(
    config: pytest.Config, file: Path, progress: Callable[[str], None]
) -> StackOptions:
    """Return how the stack of a Dockerrun file is made in this run."""
    from .stack.stack import StackOptions

    folder = file.parent
    if not (folder / "pyproject.toml").is_file() and folder.is_relative_to(config.rootpath):
        folder = config.rootpath
    settings = project_settings(folder)
    shared = getattr(config, "workerinput", {}).get("multidocker_dir")
    return StackOptions(
        file=file,
        settings=settings,
        host_ports=_host_ports(config) or settings.host_ports,
        timeout=_timeout(config),
        rebuild=bool(config.getoption("multidocker_build")),
        shared_dir=Path(shared) if shared else None,
        progress=progress,
    )


def validate(config: pytest.Config) -> None:
    """Raise ``pytest.UsageError`` for a setting of this run that cannot be used."""
    _host_ports(config)
    _timeout(config)
    engine(config)


def _host_ports(config: pytest.Config) -> str | None:
    found = setting(config, "host_ports")
    if found is not None and found.value not in HOST_PORTS:
        raise pytest.UsageError(
            f"{found.source}: '{found.value}' is neither of {', '.join(HOST_PORTS)}."
        )
    return found.value if found else None


def _timeout(config: pytest.Config) -> float:
    found = setting(config, "timeout")
    if found is None:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(found.value)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise pytest.UsageError(f"{found.source}: '{found.value}' is no number of seconds.")
    return seconds
