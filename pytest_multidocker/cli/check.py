"""``multidocker check``: the contract rules over Dockerrun files."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..dockerrun.shown import visible
from ..errors import MultidockerError
from ..report import REPORTERS
from . import output
from .files import STDIN, find
from .selection import selection

if TYPE_CHECKING:
    from ..dockerrun import Document
    from ..rules import Finding

_SEVERITIES = ("error", "warning", "info")


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="check Dockerrun files and the project around them, without Docker",
        description="Check Dockerrun files and the project around them, without Docker.",
        epilog="Exit status: 0 no errors, 1 errors found, 2 wrong usage or unreadable input.",
    )
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH",
        help="a file, a folder to search, or - for standard input (default: .)")  # fmt: skip
    add("--format", choices=list(REPORTERS), default="text", help="default: %(default)s")
    add("--output", metavar="FILE", help="write the report to a file")
    add("--select", action="append", metavar="RULES",
        help="check only these: ids, beginnings of ids or names, with commas between")  # fmt: skip
    add("--ignore", action="append", metavar="RULES", help="do not check these")
    add("--severity", choices=_SEVERITIES, help="the least severity shown (default: warning)")
    add("--platform", metavar="NAME", help="where it will be deployed, such as ecs-al2023")
    add("--instance-type", metavar="TYPE", help="the instances it will run on, such as t3.small")
    add("--alone", action="store_true", help="look at the Dockerrun file only, not around it")
    add("--fix", action="store_true", help="put right what has one sure answer")
    add("--diff", action="store_true", help="show what --fix changes; alone, change nothing")
    parser.set_defaults(run=run)


class _Checked(NamedTuple):
    """The outcome for one file."""

    findings: list[Finding]
    diff: str


def run(args: argparse.Namespace) -> int:
    """Check the files, write the report, and return the exit status."""
    files, failures = find(args.paths), []
    findings: list[Finding] = []
    for file in files:
        try:
            checked = _check(file, args)
        except MultidockerError as error:
            failures.append(file)
            print(f"error: {visible(str(error))}", file=sys.stderr)
            continue
        findings.extend(checked.findings)
        _show(checked.diff, args)
    checked_files = [file for file in files if file not in failures]
    if checked_files and not _only_diff(args):
        _write(args, findings, checked_files)
    if failures:
        return 2
    return int(any(finding.severity == "error" for finding in findings))


def _only_diff(args: argparse.Namespace) -> bool:
    return bool(args.diff and not args.fix)


def _check(file: str, args: argparse.Namespace) -> _Checked:
    from ..dockerrun import Document, load
    from ..rules import check

    document = _from_stdin() if file == STDIN else load(file)
    folder = Path(file).parent
    chosen = selection(args, folder)
    project = None if args.alone or file == STDIN or document.is_bundled else folder

    def judge(each: Document) -> list[Finding]:
        return check(each, project=project, options=chosen.options)

    diff = ""
    if args.fix or args.diff:
        from ..rules.fixes import fix

        fixed = fix(document, judge, chosen.shows)
        diff = _diff(document, fixed.text) if args.diff else ""
        if args.fix and fixed.edits and file != STDIN and not document.is_bundled:
            _rewrite(file, fixed.text)
            document = Document.from_bytes(fixed.text.encode("utf-8"), path=file)
    return _Checked([found for found in judge(document) if chosen.shows(found)], diff)


def _from_stdin() -> Document:
    from ..dockerrun import Document
    from ..dockerrun.source import LARGEST

    if sys.stdin is None:
        raise MultidockerError("cannot read standard input: it is closed")
    return Document.from_bytes(sys.stdin.buffer.read(LARGEST + 1), path="<stdin>")


def _rewrite(file: str, text: str) -> None:
    """Write into the file as it is: links to it, its owner and its permissions stay."""
    try:
        with Path(file).open("r+b") as opened:
            opened.write(text.encode("utf-8"))
            opened.truncate()
    except OSError as error:
        raise MultidockerError(f"cannot write {file}: {error.strerror}") from error


def _diff(document: Document, text: str) -> str:
    from difflib import unified_diff

    old, new = _lines(document.mark + document.text), _lines(text)
    lines = unified_diff(old, new, f"a/{document.path}", f"b/{document.path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Return the lines as ``diff`` and ``patch`` have them: only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _show(diff: str, args: argparse.Namespace) -> None:
    """Write the diff; not between the report of another program, which reads standard output."""
    if args.format != "text" and args.output is None and not _only_diff(args):
        sys.stderr.write(diff)
    elif sys.stdout is not None and (sys.stdout.isatty() or "GITHUB_ACTIONS" in os.environ):
        output.write("".join(f"{_harmless(line)}\n" for line in diff.split("\n")[:-1]))
    else:
        output.write(diff)


def _harmless(line: str) -> str:
    """Return a line of a diff for people: a blank before ``::`` does not keep GitHub from it."""
    return re.sub(r"^\s+::", r" \\::", visible(line))


def _write(args: argparse.Namespace, findings: list[Finding], files: list[str]) -> None:
    from ..report import reporter

    report = reporter(args.format)(findings, files)
    if args.output is None:
        output.write(report)
        return
    try:
        Path(args.output).write_text(report, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise MultidockerError(f"cannot write {args.output}: {error.strerror}") from error
