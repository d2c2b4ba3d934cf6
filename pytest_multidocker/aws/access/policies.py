"""Whether policies allow an action. Pure.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
An explicit Deny beats every Allow, and what nothing allows is denied. What is not known here counts
in favour of the caller: a condition allows and does not deny, and so does a resource where the
request's is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

UNKNOWN = "*"
"""The resource of a request that is not known."""

Document = Mapping[str, Any]


class Decision(Enum):
    """What all policies together say of a request."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_ALLOWED = "allowed by nothing"


def decide(policies: Iterable[Document], action: str, resource: str = UNKNOWN) -> Decision:
    """Return what identity-based policies say of an action such as ``s3:PutObject``.

    ``resource`` is the ARN that it is for.
    """
    decision = Decision.NOT_ALLOWED
    for statement in statements(policies):
        denies = statement.get("Effect") == "Deny"
        if not _names(statement, "Action", action, fold=True):
            continue
        if denies and not statement.get("Condition") and _covers(statement, resource, sure=True):
            return Decision.DENIED
        if not denies and _covers(statement, resource, sure=False):
            decision = Decision.ALLOWED
    return decision


def refusal(
    who: str, action: str, resource: str, decision: Decision, kind: str = "identity-based"
) -> str:
    """Return the words of AWS for an action that is not allowed to ``who``, an ARN.

    ``kind`` is that of the policies that have decided: ``identity-based`` or ``session``.
    """
    where = f" on resource: {resource}" if resource != UNKNOWN else ""
    why = (
        f"with an explicit deny in {'an' if kind[0] in 'aeiou' else 'a'} {kind} policy"
        if decision is Decision.DENIED
        else f"because no {kind} policy allows the {action} action"
    )
    return f"User: {who} is not authorized to perform: {action}{where} {why}"


def statements(policies: Iterable[Document]) -> Iterator[Document]:
    """Yield the statements of policies: one of them needs no list."""
    for policy in policies:
        found = policy.get("Statement", ())
        yield from ([found] if isinstance(found, Mapping) else found)


def _names(statement: Document, element: str, value: str, *, fold: bool = False) -> bool:
    """Tell whether ``Action`` or ``NotAction`` (``Resource``, ...) of a statement holds a value."""
    if f"Not{element}" in statement:
        return not _matches(statement[f"Not{element}"], value, fold=fold)
    return _matches(statement.get(element, ()), value, fold=fold)


def _covers(statement: Document, resource: str, *, sure: bool) -> bool:
    """Tell whether a statement is about a resource; one that is not known is, unless ``sure``."""
    if resource == UNKNOWN:
        return not sure or statement.get("Resource") in ("*", ["*"])
    return _names(statement, "Resource", resource)


def _matches(patterns: str | Sequence[str], value: str, *, fold: bool) -> bool:
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(_pattern(each, fold=fold).fullmatch(value) for each in listed)


@cache
def _pattern(text: str, *, fold: bool) -> re.Pattern[str]:
    special = {"*": ".*", "?": "."}
    written = "".join(special.get(letter, re.escape(letter)) for letter in text)
    return re.compile(written, re.DOTALL | (re.IGNORECASE if fold else 0))
