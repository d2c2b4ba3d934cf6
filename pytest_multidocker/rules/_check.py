"""Rules run over a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..dockerrun import Document, Span
from ._context import Context
from ._model import REGISTER, Finding, Problem, Rule
from ._options import Options
from ._registry import all_rules

_REGISTRATION_ORDER = (
    "MD007", "MD017", "MD113", "MD032", "MD033", "MD034",
    "MD101", "MD102", "MD103", "MD104", "MD601", "MD603", "MD116", "MD117", "MD401", "MD402",
    "MD302", "MD301", "MD509", "MD503", "MD504", "MD501", "MD502", "MD205", "MD203", "MD210",
    "MD212", "MD213", "MD114", "MD110", "MD111", "MD105",
)  # fmt: skip
"""In which order ECS meets the defects: names, images, memory, ports, volumes, links, essential."""


def check(
    document: Document, *, project: Path | None = None, options: Options | None = None
) -> list[Finding]:
    """Return all findings about a Dockerrun file, in the order of the text; never raises.

    ``project`` is the folder of the app: the files around the Dockerrun file are looked at only
    if it is given. ``options`` say where it will be deployed.
    """
    context = Context(document, project=project, options=options)
    found = [finding for rule in all_rules() for finding in findings(rule, context)]
    return sorted(found, key=lambda finding: (finding.path != document.path, finding.span))


def registration_findings(document: Document) -> list[Finding]:
    """Return what ECS's RegisterTaskDefinition refuses the request for, the first named first.

    ``document`` is of the request: ``containerDefinitions``, ``volumes`` and the rest in the API's
    field names, as `Document.from_value` makes it. ECS answers with a ``ClientException`` whose
    message is the first finding's ``aws_text``; where ECS's own words are not known, that is the
    finding's message.
    """
    context = Context(document, is_request=True)
    rules = sorted((rule for rule in all_rules() if rule.phase == REGISTER), key=_place_in_order)
    return [
        replace(finding, aws_text=finding.aws_text or finding.message)
        for rule in rules
        for finding in findings(rule, context)
    ]


def applies(
    rule: Rule,
    document: Document,
    *,
    project: Path | None = None,
    options: Options | None = None,
) -> bool:
    """Return whether the rule has anything to look at in this document."""
    return rule.applies(Context(document, project=project, options=options))


def findings(rule: Rule, context: Context) -> Iterator[Finding]:
    """Yield what one rule finds."""
    if not rule.applies(context):
        return
    for problem in rule.check(context):
        yield Finding(
            rule=rule.id,
            name=rule.name,
            severity=rule.severity,
            message=problem.message,
            fix=problem.fix,
            aws_text=problem.aws_text,
            phase=problem.phase or rule.phase,
            pointer=problem.pointer,
            path=problem.path or context.document.path,
            span=_span(problem, context.document),
            url=rule.source,
            replacement=problem.replacement if _is_exact(problem, context.document) else None,
        )


def _is_exact(problem: Problem, document: Document) -> bool:
    """Whether the region is the one that is meant, and not one around it."""
    return problem.span is not None or document.has(problem.pointer)


def _span(problem: Problem, document: Document) -> Span:
    if problem.span is not None:
        return problem.span
    if problem.at == "key":
        return document.key_span(problem.pointer)
    if problem.at == "opening":
        return document.opening_span(problem.pointer)
    return document.span(problem.pointer)


def _place_in_order(rule: Rule) -> tuple[int, str]:
    known = rule.id in _REGISTRATION_ORDER
    return (_REGISTRATION_ORDER.index(rule.id) if known else len(_REGISTRATION_ORDER)), rule.id
