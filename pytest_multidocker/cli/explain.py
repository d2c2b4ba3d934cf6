"""``multidocker explain MD201``: the documentation of a rule."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import MultidockerError


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "explain", help="show the documentation of a rule"
    )
    parser.add_argument("rule", metavar="RULE", help="its id or its name: MD201, unknown-link")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rule's page."""
    from ..rules import all_rules, rule
    from ..rules.words import nearest

    try:
        found = rule(args.rule)
    except KeyError:
        names = [name for each in all_rules() for name in (each.id, each.name)]
        close = nearest(args.rule, names)
        hint = f"did you mean {close}?" if close else "multidocker rules lists them"
        raise MultidockerError(f"there is no rule {args.rule}; {hint}") from None
    print(found.page(), end="")
    print(f"\nSeverity: {found.severity}. Phase: {found.phase}. Source: {found.source}")
    return 0
