"""The ``multidocker`` command.

Each verb is a module of this package with two functions: ``add_parser(subparsers)`` declares its
arguments, ``run(args)`` does the work and returns the exit status. Only the module of the verb
that is asked for is imported, and it imports what is heavy inside ``run``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from .._version import __version__
from ..errors import MultidockerError
from . import output

VERBS = {
    "check": "check Dockerrun files and the project around them, without Docker",
    "explain": "show the documentation of a rule",
    "rules": "list all rules",
    "simulate": "show what would happen to the task, without Docker",
    "schema": "print the JSON Schema of a version of the file",
    "serve": "run the local AWS",
    "deploy": "deploy the project to the local AWS, until it is Green",
    "destroy": "remove what deploy has made",
    "ci": "run the project's CI pipeline up to the deploy",
    "engine": "show the Docker Engine that would be used, or start one",
    "clean": "remove what a killed run has left",
}
"""The verbs with their one-line summaries; the module of a verb has its name."""

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (default: the process's) and return its exit status.

    0 is success, 1 that a check found errors, 2 wrong usage or unreadable input, 130 Ctrl-C. A
    `MultidockerError` becomes one line on standard error.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        output.take_any_character()
        parsed = _parser(arguments).parse_args(arguments)
        status: int = parsed.run(parsed)
        output.flush()
    except MultidockerError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        output.drop()  # the reader of our output, such as `head`, has gone
        return 1
    except SystemExit as stop:  # argparse's way to end
        return stop.code if isinstance(stop.code, int) else USAGE
    return status


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="multidocker",
        description="A local AWS for Elastic Beanstalk multi-container apps.",
    )
    parser.add_argument("--version", action="version", version=f"multidocker {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", dest="verb", required=True)
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for verb, summary in VERBS.items():
        if verb == asked:
            import_module(f"{__package__}.{verb}").add_parser(verbs)
        else:
            verbs.add_parser(verb, help=summary)
    return parser
