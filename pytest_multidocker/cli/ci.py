"""`multidocker ci`: the project's CI pipeline on this machine, up to the deploy."""

from __future__ import annotations

import argparse

from .deployment import add_arguments, announce, endpoint_of, prepare

_DESCRIPTION = """\
Do what CI would do with the project as it stands: run the commands of its .travis.yml, build and
test, log in and push to an image registry of the local AWS, and deploy with images that are pulled
from there. The passwords that CI has in its settings come from the environment, and are not shown.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "ci", help="run the project's CI pipeline locally", description=_DESCRIPTION
    )
    add_arguments(parser, plan=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the pipeline; return 0 if it succeeds and 1 if a command of it fails.

    Raises PipelineError where it cannot be run, DeployError where the deploy fails.
    """
    from ..ci.run import run_pipeline
    from ..ci.travis import read_travis
    from ..deploy import runner
    from ..errors import PipelineError

    folder, file = arguments.project, arguments.project / ".travis.yml"
    if (pipeline := read_travis(file)) is None:
        raise PipelineError(f"There is no pipeline in {folder}: {file} is missing or is not YAML.")
    for what in pipeline.skipped:
        print(f"not done here: {what}")

    def deploy() -> None:
        prepared = prepare(arguments)
        prepared.require_contract()
        prepared.account.require()
        prepared.forget_images()
        runner.deploy(prepared.account, prepared.plan.steps, announce)
        print(prepared.plan.environment.url)

    result = run_pipeline(pipeline, folder, endpoint_of(arguments), _say, deploy)
    if result.failed:
        print(f"failed: {result.failed}")
        return 1
    print("passed" if result.deployed else f"passed; not deployed: {result.reason}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
