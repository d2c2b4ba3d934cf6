"""``multidocker check``: the contract rules over Dockerrun files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..report import REPORTERS


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="check Dockerrun files and the project around them, without Docker",
        description="Exit status: 0 no errors, 1 errors found, 2 wrong usage or unreadable input.",
    )
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="a file or a folder (default: .)"
    )
    parser.add_argument(
        "--format", choices=list(REPORTERS), default="text", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the files, print the report, and return 1 if there is an error among the findings."""
    from ..dockerrun import load
    from ..report import reporter
    from ..rules import check

    files = [file for path in args.paths for file in find(path)]
    findings = [finding for file in files for finding in check(load(file))]
    sys.stdout.write(reporter(args.format)(findings, files))
    return int(any(finding.severity == "error" for finding in findings))


def find(path: str) -> list[str]:
    """Return the Dockerrun files below a folder; a path that is no folder is a file itself."""
    folder = Path(path)
    if not folder.is_dir():
        return [path]
    return sorted(str(file) for file in folder.rglob("Dockerrun.aws.json"))
