"""`multidocker destroy`: back to an account with nothing of the project in it."""

from __future__ import annotations

import argparse
import sys

from .deployment import add_arguments, announce, prepare, show_plan

_DESCRIPTION = """\
Remove what `multidocker deploy` has made, in the order in which AWS lets it go, and look whether
anything is left. What was there before the deploy stays. A destroy that was interrupted is
completed by the next.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "destroy",
        help="remove what deploy has made",
        description=_DESCRIPTION,
    )
    add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Destroy and return 0, or 1 where something is left.

    Raises DeployError where a step fails.
    """
    from ..deploy import runner

    prepared = prepare(arguments)
    prepared.plan.account.require()
    steps = prepared.plan.steps
    if arguments.plan:
        show_plan(runner.left(steps), "would destroy")
        return 0
    runner.destroy(prepared.plan.account, steps, announce)
    left = runner.left(steps)
    for step in left:
        print(f"still there: {step.title}", file=sys.stderr)
    if not left:
        print("nothing is left")
    return 1 if left else 0
