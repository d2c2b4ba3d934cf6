"""``multidocker schema``: the JSON Schema of Dockerrun files, for editors and other tools."""

from __future__ import annotations

import argparse
from importlib.resources import files
from typing import Any

_VERSIONS = ("v1", "v2", "v3")


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "schema", help="print the JSON Schema of a version of the file"
    )
    parser.add_argument(
        "version", nargs="?", choices=_VERSIONS, default="v2", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    schema = files("pytest_multidocker.dockerrun") / "schemas" / f"{args.version}.json"
    print(schema.read_text(encoding="utf-8"), end="")
    return 0
