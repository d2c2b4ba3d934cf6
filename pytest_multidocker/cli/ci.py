"""`multidocker ci`: the project's CI pipeline on this machine, up to the deploy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .deployment import add_arguments, announce, endpoint_of, prepare

if TYPE_CHECKING:
    from ..ci.pipeline import Pipeline

_DESCRIPTION = """\
Do what CI would do with the project as it stands: run the commands of its .travis.yml, or of its
GitHub workflow, build and test, log in and push to an image registry of the local AWS, and deploy
with images that are pulled from there. The passwords that CI has in its settings come from the
environment, and are not shown.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "ci", help="run the project's CI pipeline locally", description=_DESCRIPTION
    )
    add_arguments(parser, plan=False)
    parser.add_argument("--file", type=Path, help="the CI file (default: the one that deploys)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the pipeline; return 0 if it succeeds and 1 if a command of it fails.

    Raises PipelineError where it cannot be run, DeployError where the deploy fails.
    """
    from ..ci.run import run_pipeline
    from ..deploy import runner
    from ..errors import PipelineError

    folder = arguments.project
    if (pipeline := _pipeline(folder, arguments.file)) is None:
        raise PipelineError(
            f"There is no pipeline in {folder}: neither a .travis.yml nor a workflow that deploys "
            "to Elastic Beanstalk. Name the file with --file."
        )
    for what in pipeline.skipped:
        print(f"not done here: {what}")

    def deploy(pushed: Sequence[str]) -> None:
        prepared = prepare(arguments, by_ci=True)
        prepared.require_contract()
        prepared.plan.account.require()
        prepared.forget_images(pushed)
        runner.deploy(prepared.plan.account, prepared.plan.steps, announce)
        print(prepared.plan.environment.url)

    result = run_pipeline(pipeline, folder, endpoint_of(arguments), _say, deploy)
    if result.failed:
        print(f"failed: {result.failed}")
        return 1
    print("passed" if result.deployed else f"passed; not deployed: {result.reason}")
    return 0


def _pipeline(folder: Path, file: Path | None) -> Pipeline | None:
    """Return the pipeline of the file, or of the first that deploys, or of the first at all."""
    from ..ci.travis import read_travis
    from ..ci.workflow import read_workflow
    from ..project.ci import ci_files

    files = [file] if file is not None else ci_files(folder)
    read = (read_travis(f) if f.name == ".travis.yml" else read_workflow(f) for f in files)
    found = [pipeline for pipeline in read if pipeline is not None]
    return next((pipeline for pipeline in found if pipeline.deploys), next(iter(found), None))


def _say(line: str) -> None:
    print(line, flush=True)
