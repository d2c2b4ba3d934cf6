"""`multidocker deploy`: from an empty account to a Green environment."""

from __future__ import annotations

import argparse

from .deployment import add_arguments, announce, prepare, show_plan

_DESCRIPTION = """\
Do what one does in the AWS console to deploy a project: security group, databases, roles and the
user for CI, source bundle, application and environment, and wait until it is Green. What is there
already is left as it is; a deploy that was interrupted is completed by the next.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "deploy",
        help="deploy the project to the local AWS",
        description=_DESCRIPTION,
    )
    add_arguments(parser)
    parser.add_argument("--no-build", action="store_true", help="leave the images as they are")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Deploy and return 0.

    Raises ContractBroken for a file with errors, DeployError where a step fails.
    """
    from ..deploy import runner

    prepared = prepare(arguments)
    prepared.require_contract()
    if arguments.plan:
        show_plan(runner.in_order(prepared.plan.steps), "would deploy")
        return 0
    prepared.plan.account.require()
    plan = prepared.plan
    if plan.account.is_local and not arguments.no_build:
        prepared.have_images(announce)
        plan = prepared.plan_of_images()
    runner.deploy(plan.account, plan.steps, announce)
    print(plan.environment.url)
    return 0
