"""``multidocker check``: the contract rules over Dockerrun files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import MultidockerError
from ..report import REPORTERS
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
            print(f"error: {error}", file=sys.stderr)
            continue
        findings.extend(checked.findings)
        sys.stdout.write(checked.diff)
    checked_files = [file for file in files if file not in failures]
    only_diff = args.diff and not args.fix
    if checked_files and not only_diff:
        _write(args, findings, checked_files)
    if failures:
        return 2
    return int(any(finding.severity == "error" for finding in findings))


def _check(file: str, args: argparse.Namespace) -> _Checked:
    from ..dockerrun import Document, load
    from ..rules import check

    document = _from_stdin() if file == STDIN else load(file)
    folder = Path(file).parent
    chosen = selection(args, folder)
    project = None if args.alone or file == STDIN or document.is_bundled else folder

    def judge(each: Document) -> list[Finding]:
        return [
            finding
            for finding in check(each, project=project, options=chosen.options)
            if chosen.shows(finding)
        ]

    diff = ""
    if args.fix or args.diff:
        from ..rules.fixes import fix

        fixed = fix(document, judge)
        diff = _diff(document, fixed.text) if args.diff else ""
        can_write = file != STDIN and not document.is_bundled
        if args.fix and can_write and (fixed.edits or _has_mark(document)):
            _rewrite(file, fixed.text)
            document = Document(fixed.text, path=file)
    return _Checked(judge(document), diff)


def _from_stdin() -> Document:
    from ..dockerrun import Document

    return Document.from_bytes(sys.stdin.buffer.read(), path="<stdin>")


def _has_mark(document: Document) -> bool:
    return any(issue.kind == "byte-order-mark" for issue in document.syntax_errors)


def _rewrite(file: str, text: str) -> None:
    try:
        Path(file).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise MultidockerError(f"cannot write {file}: {error.strerror}") from error


def _diff(document: Document, text: str) -> str:
    from difflib import unified_diff

    old, new = document.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = unified_diff(old, new, f"a/{document.path}", f"b/{document.path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _write(args: argparse.Namespace, findings: list[Finding], files: list[str]) -> None:
    from ..report import reporter

    report = reporter(args.format)(findings, files)
    if args.output is None:
        sys.stdout.write(report)
        return
    try:
        Path(args.output).write_text(report, encoding="utf-8")
    except OSError as error:
        raise MultidockerError(f"cannot write {args.output}: {error.strerror}") from error
