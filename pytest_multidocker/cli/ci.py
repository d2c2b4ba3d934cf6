"""`multidocker ci`: the project's CI pipeline on this machine, its deploy included."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .deployment import add_arguments, endpoint_of, prepare

_DESCRIPTION = """\
Do what CI would do with the project as it stands after a push to the branch that deploys: run the
commands of its .travis.yml, or of its GitHub workflow, build and test, log in and push to an image
registry of the local AWS, and deploy with images that are pulled from there. What is skipped,
assumed or not done here is named. The passwords that CI has in its settings come from the
environment, and are not shown.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "ci", help="run the project's CI pipeline locally", description=_DESCRIPTION
    )
    add_arguments(parser, plan=False)
    parser.add_argument("--file", type=Path, help="the CI file (default: the one that deploys)")
    parser.add_argument(
        "--branch", default="", help="the branch that is pushed to (default: the one that deploys)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the pipeline; return 0 if it succeeds and 1 if a command of it fails.

    Raises PipelineError where it cannot be run, DeployError where the deploy fails.
    """
    from ..ci.find import find_pipeline
    from ..ci.run import run_pipeline
    from ..deploy import runner

    folder = arguments.project
    pipeline, others = find_pipeline(folder, arguments.file, arguments.branch)
    for other in others:
        print(f"not run: {other}, another CI file; name it with --file")

    def deploy(pushed: Sequence[str], say: Callable[[str], None]) -> None:
        prepared = prepare(arguments, by_ci=True)
        prepared.require_contract()
        prepared.plan.account.require()
        plan = prepared.plan_of_images()
        prepared.forget_images(pushed)
        runner.deploy(plan.account, plan.steps, lambda title, text: say(f"{title}: {text}"))
        say(plan.environment.url)

    result = run_pipeline(pipeline, folder, endpoint_of(arguments), _say, deploy)
    if result.failed:
        print(f"failed{' after the deploy' if result.deployed else ''}: {result.failed}")
        return 1
    why = "nothing was run" if pipeline.not_started else "passed; not deployed"
    print("passed" if result.deployed else f"{why}: {result.reason}")
    return 0


def _say(line: str) -> None:
    """Print one line, in one piece: steps of a deploy run at the same time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
