"""``multidocker rules``: all rules, one a line, or with their pages."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser("rules", help="list all rules")
    parser.add_argument("--markdown", action="store_true", help="print the pages of all rules")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print id, severity, name and summary of each rule, or all their pages."""
    from ..rules import all_rules

    if args.markdown:
        from ..report.rulebook import rulebook

        print(rulebook(), end="")
        return 0
    for rule in all_rules():
        print(f"{rule.id}  {rule.severity:<7}  {rule.name:<32}  {rule.summary}")
    return 0
