"""Runs a pipeline to its end: its commands, the registry that it pushes to, and its deploy."""

from __future__ import annotations

import json
import os
import re
import secrets
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
from ..errors import MultidockerError, PipelineError
from ..local import open_directly
from . import checkout, docker_shim
from .github_files import StepFiles
from .job import Build, JobRun
from .mask import Mask
from .output import Output
from .passwords import AWS_KEYS
from .pipeline import Pipeline
from .workflow import TOKEN

# CI would not have these at all, where its file does not name them.
_SENSITIVE = re.compile(r"(?i)(?:password|passwd|secret|token|key|key_id)$")
# What everybody sets for a local AWS; to hide it would be to hide a word of every other line.
_NO_KEYS = {"test", "testing"}
_SHIM = '#!/bin/sh\nexec "{python}" -m pytest_multidocker.ci.docker_shim "$@"\n'
_REGISTRY_TIMEOUT = 120.0  # seconds: its image may have to be pulled


Deployer = Callable[[Sequence[str], Callable[[str], None]], None]
"""Deploys; is given the images that have been pushed, and what takes what it has to say."""


@dataclass(frozen=True)
class Result:
    """How a build ended. ``failed`` is the first failure, in words; it may come after a deploy."""

    failed: str | None = None
    deployed: bool = False
    reason: str = ""
    """Why nothing was deployed, where nothing was."""


def run_pipeline(
    pipeline: Pipeline,
    folder: Path,
    endpoint_url: str,
    say: Callable[[str], None],
    deploy: Deployer,
) -> Result:
    """Run the pipeline in the project's folder, deploy where it says so, and return how it ended.

    No secret is said, or stands in an error. Raises :class:`PipelineError` where it cannot
    be run at all: a variable that is not set, no docker client, no emulator; and what ``deploy``
    has raised, after the steps that run all the same.
    """
    told = Output(say, Mask([*pipeline.passwords, *_values(pipeline)]))
    try:
        return _run(pipeline, folder, endpoint_url, told, deploy)
    except MultidockerError as error:
        error.args = (told.mask(str(error)),)
        raise


def _run(
    pipeline: Pipeline, folder: Path, endpoint_url: str, say: Output, deploy: Deployer
) -> Result:
    for note in pipeline.notes:
        say(note)
    if pipeline.not_started:
        return Result(reason=say.mask(pipeline.not_started))
    _require(pipeline)
    with (
        _environment(pipeline, folder, endpoint_url) as environment,
        tempfile.TemporaryDirectory(prefix="multidocker-ci-") as temporary,
    ):
        say.mask.add(environment[TOKEN], environment[docker_shim.PASSWORD])
        say.watch(Path(environment[docker_shim.SECRETS]))
        event = "a push to" if pipeline.event == "push" else f"{pipeline.event} on"
        say(f"as for {event} '{pipeline.branch}'{_checked_out(pipeline, folder)}")
        files = StepFiles(Path(temporary))
        build = Build(
            pipeline,
            folder,
            {**environment, **files.environ()},
            files,
            say,
            deploy=lambda: deploy(_pushed(environment), say),
            contexts=_contexts(pipeline, environment),
        )
        for job in pipeline.jobs:
            JobRun(job, build).run()
    if build.failed:
        if (refusal := build.refusals.get(build.failed)) is not None:
            raise refusal
        return Result(say.mask(build.failed), build.deployed)
    reason = build.undeployed if pipeline.deploys else "the file has no deploy to Elastic Beanstalk"
    return Result(None, build.deployed, "" if build.deployed else say.mask(reason))


def _require(pipeline: Pipeline) -> None:
    missing = [name for name in pipeline.secrets if not os.environ.get(name)]
    if missing:
        raise PipelineError(
            f"{pipeline.file} uses {', '.join(missing)}, which CI keeps in the settings of the "
            "repository. Set them in the environment; a local AWS takes any value."
        )


def _values(pipeline: Pipeline) -> list[str]:
    """Return what is not shown: what the pipeline hides, and what else looks as if it should be."""
    names = {*pipeline.hidden, *filter(_SENSITIVE.search, os.environ)}
    values = {name: os.environ[name] for name in names if name in os.environ}
    return [v for name, v in values.items() if name not in AWS_KEYS or v not in _NO_KEYS]


def _checked_out(pipeline: Pipeline, folder: Path) -> str:
    """Return what to add where the push is to another branch than the one that is here."""
    branch = checkout.branch(folder)
    return f"; checked out is '{branch}'" if branch not in {"", pipeline.branch} else ""


def _contexts(pipeline: Pipeline, environment: Mapping[str, str]) -> dict[str, object]:
    """Return what a workflow's expressions may ask for, from the variables that say the same."""

    def named(prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix).lower(): value
            for name, value in environment.items()
            if name.startswith(prefix)
        }

    return {
        "github": named("GITHUB_"),
        "runner": named("RUNNER_"),
        "secrets": {name: environment.get(name) for name in (*pipeline.secrets, TOKEN)},
        "vars": {name: environment.get(name) for name in pipeline.settings},
    }


def _commit(folder: Path) -> dict[str, str]:
    """Return what CI says of the commit; nothing of what is in no repository."""
    commit = checkout.commit(folder)
    return {"GITHUB_SHA": commit, "TRAVIS_COMMIT": commit} if commit else {}


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
            "CI": "true",
            "CONTINUOUS_INTEGRATION": "true",
            "TRAVIS_BUILD_DIR": str(folder.resolve()),
            "GITHUB_WORKSPACE": str(folder.resolve()),
            TOKEN: os.environ.get(TOKEN) or secrets.token_hex(),
            **_commit(folder),
            **pipeline.environment,
            "AWS_ENDPOINT_URL": endpoint_url,
            "PATH": os.pathsep.join([str(shim.parent), *_search_path()]),
            # Accounts that the build logs in to are no business of the user's own client.
            **config,
            "DOCKER_BUILDKIT": os.environ.get("DOCKER_BUILDKIT") or _buildkit(docker, config),
            docker_shim.DOCKER: docker,
            docker_shim.PUSHED: str(Path(temporary, "pushed")),
            docker_shim.SECRETS: str(Path(temporary, "secrets")),
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
