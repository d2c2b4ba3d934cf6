"""Runs a pipeline to its end: its commands, the registry that it pushes to, and its deploy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..engine.endpoint import find_endpoint
from ..errors import PipelineError
from ..local import open_directly
from . import docker_shim
from .pipeline import OnFailure, Phase, Pipeline
from .shell import Mask, Shell
from .workflow import expand

_NO_SECRET = re.compile(r"(?i)(?:user|username|docker_id|login)$")
_SHIM = '#!/bin/sh\nexec "{python}" -m pytest_multidocker.ci.docker_shim "$@"\n'
_REGISTRY_TIMEOUT = 120.0  # seconds: its image may have to be pulled


@dataclass(frozen=True)
class Result:
    """How a build ended. ``failed`` is the first command that failed, in the shell's words."""

    failed: str | None = None
    deployed: bool = False
    reason: str = ""
    """Why nothing was deployed, where nothing was."""


def run_pipeline(
    pipeline: Pipeline,
    folder: Path,
    endpoint_url: str,
    say: Callable[[str], None],
    deploy: Callable[[Sequence[str]], None],
) -> Result:
    """Run the pipeline in the project's folder, deploy where it says so, and return how it ended.

    ``deploy`` is called with the images that have been pushed. No secret is said. Raises
    :class:`PipelineError` where it cannot be run at all: a variable that is not set, no docker
    client, no emulator.
    """
    _require(pipeline)
    say = _masked(say, Mask(_secret_values(pipeline)))
    with _environment(pipeline, folder, endpoint_url) as environment:
        failed = _run_all(pipeline.before, folder, environment, say)
        if failed is None and pipeline.deploys:
            reason = _branch_refused(pipeline, folder)
            if reason is None:
                deploy(_pushed(environment))
                _run_all(pipeline.after, folder, environment, say)
                return Result(deployed=True)
            return Result(reason=reason)
    return Result(failed, reason="" if failed else "the file has no deploy to Elastic Beanstalk")


def _masked(say: Callable[[str], None], mask: Mask) -> Callable[[str], None]:
    return lambda line: say(mask(line))


def _require(pipeline: Pipeline) -> None:
    missing = [name for name in pipeline.secrets if not os.environ.get(name)]
    if missing:
        raise PipelineError(
            f"{pipeline.file} uses {', '.join(missing)}, which CI keeps in the settings of the "
            "repository. Set them in the environment; a local AWS takes any value."
        )


def _secret_values(pipeline: Pipeline) -> list[str]:
    """Return what must not be shown; a user's name may be, and is often a word of the output."""
    return [os.environ[name] for name in pipeline.secrets if not _NO_SECRET.search(name)]


def _run_all(
    phases: tuple[Phase, ...],
    folder: Path,
    environment: Mapping[str, str],
    say: Callable[[str], None],
) -> str | None:
    """Run the phases in one shell; return the first command that fails the build, if any."""
    with Shell(folder, environment, say) as shell:
        for phase in phases:
            if (failed := _run(phase, shell, environment, say)) is not None:
                return failed
    return None


def _run(
    phase: Phase, shell: Shell, environment: Mapping[str, str], say: Callable[[str], None]
) -> str | None:
    first: str | None = None
    for command in phase.commands:
        say(f"$ {command}")
        where = f"line {command.line}, {phase.name}"
        status = shell.run(expand(command.text, environment, where))
        if status == 0:
            continue
        if phase.on_failure is OnFailure.IGNORE:
            say(f"exited with {status}, which CI does not heed in {phase.name}")
            continue
        first = first or f"'{command}' ({where}) exited with {status}"
        if phase.on_failure is OnFailure.STOP:
            break
    return first


def _commit(folder: Path) -> dict[str, str]:
    """Return what CI says of the commit and the branch; nothing of what is in no repository."""
    commit, branch = _git(folder, "rev-parse", "HEAD"), _branch(folder)
    found = {"GITHUB_SHA": commit, "TRAVIS_COMMIT": commit}
    found |= {"GITHUB_REF_NAME": branch, "TRAVIS_BRANCH": branch}
    return {name: value for name, value in found.items() if value}


def _branch(folder: Path) -> str:
    return _git(folder, "symbolic-ref", "--short", "HEAD")


def _git(folder: Path, *words: str) -> str:
    """Return what git says, and nothing where it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _branch_refused(pipeline: Pipeline, folder: Path) -> str | None:
    """Return why the branch is not deployed; what is in no repository has none, and is."""
    branch = _branch(folder)
    if not branch or pipeline.branch in {None, branch}:
        return None
    return f"the branch '{branch}' is not deployed, only '{pipeline.branch}' is"


@contextmanager
def _environment(pipeline: Pipeline, folder: Path, endpoint_url: str) -> Iterator[dict[str, str]]:
    """Yield the variables of the build: its own, CI's, and a docker that pushes to our registry."""
    docker = shutil.which("docker")
    if docker is None:
        raise PipelineError(
            "The pipeline calls docker, and there is no docker client on the search path. "
            "Debian has one in the package docker.io."
        )
    registry = _registry(endpoint_url)
    with tempfile.TemporaryDirectory(prefix="multidocker-ci-") as temporary:
        shim = Path(temporary, "bin", "docker")
        shim.parent.mkdir()
        shim.write_text(_SHIM.format(python=sys.executable))
        shim.chmod(0o755)
        config = {"DOCKER_CONFIG": str(Path(temporary, "docker"))}
        yield {
            **os.environ,
            **find_endpoint().environ(),
            **pipeline.environment,
            "CI": "true",
            "CONTINUOUS_INTEGRATION": "true",
            "TRAVIS": "true",
            "TRAVIS_BUILD_DIR": str(folder.resolve()),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(folder.resolve()),
            "GITHUB_ENV": str(Path(temporary, "github-env")),
            **_commit(folder),
            "AWS_ENDPOINT_URL": endpoint_url,
            "PATH": os.pathsep.join([str(shim.parent), *_search_path()]),
            # Accounts that the build logs in to are no business of the user's own client.
            **config,
            "DOCKER_BUILDKIT": os.environ.get("DOCKER_BUILDKIT") or _buildkit(docker, config),
            docker_shim.DOCKER: docker,
            docker_shim.PUSHED: str(Path(temporary, "pushed")),
            docker_shim.REGISTRY: registry["address"],
            docker_shim.USER: registry["user"],
            docker_shim.PASSWORD: registry["password"],
        }


def _pushed(environment: Mapping[str, str]) -> list[str]:
    noted = Path(environment[docker_shim.PUSHED])
    return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []


def _search_path() -> list[str]:
    """Return the folders of the search path: first that of this Python's pip and pytest."""
    return [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]


def _buildkit(docker: str, config: Mapping[str, str]) -> str:
    """Return what DOCKER_BUILDKIT must be: a client without buildx can only build without it."""
    command, environment = [docker, "buildx", "version"], {**os.environ, **config}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return "1" if done.returncode == 0 else "0"


def _registry(endpoint_url: str) -> dict[str, str]:
    """Have the emulator start its image registry and return address, user and password."""
    request = urllib.request.Request(f"{endpoint_url}/_multidocker/registry", method="POST")  # noqa: S310
    try:
        with open_directly(request, timeout=_REGISTRY_TIMEOUT) as answer:
            found: dict[str, str] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        body = error.read().decode(errors="replace")
        raise PipelineError(f"The emulator has no image registry: {body}") from error
    except OSError as error:
        raise PipelineError(
            f"Nothing answers at {endpoint_url}: {error}. Start `multidocker serve` first."
        ) from error
