"""``multidocker rules``: all rules, one a line."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser("rules", help="list all rules")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print id, severity, name and summary of each rule."""
    from ..rules import all_rules

    del args
    for rule in all_rules():
        print(f"{rule.id}  {rule.severity:<7}  {rule.name:<28}  {rule.summary}")
    return 0
