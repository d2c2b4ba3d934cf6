"""Which push a workflow is run for, and whether it starts it. Pure.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax, ``on``
and the filter pattern cheat sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..project.yaml_marks import Marked

DEFAULT_BRANCH = "main"

_DEPLOYED = re.compile(
    r"==\s*'refs/heads/([^']+)'|'refs/heads/([^']+)'\s*==|ref_name\s*==\s*'([^']+)'"
)
_SPECIAL = re.compile(r"[*?+!\[\]]")


@dataclass(frozen=True)
class Trigger:
    """The event that a workflow is run for."""

    branch: str
    event: str = "push"
    not_started: str = ""
    """Why the event does not start the workflow."""
    note: str = ""
    """What is assumed."""


def find_trigger(
    root: Marked, file: object, conditions: Iterable[str], branch: str, checked_out: str
) -> Trigger:
    """Return the push to ``branch``, or else to the one that deploys, or else is checked out.

    ``conditions`` are those of the deploy, what says most first. A workflow that no push starts is
    run all the same, for the first event that does.
    """
    on = root.get("on")
    events = {key.text: value for key, value in on.items()} if on is not None else {}
    if on is not None and not events:
        events = {entry.text: entry for entry in on.entries()}
    push = events.get("push")
    named = branch or next(_deployed(conditions), "") or _first(push) or checked_out
    named = named or DEFAULT_BRANCH
    if push is None and events and on is not None:
        event = next(iter(events))
        note = f"{file}:{on.line}: no push starts it; run as for {event} on '{named}'"
        return Trigger(named, event, note=note)
    if push is not None and not _starts(push, named):
        return Trigger(
            named, not_started=f"a push to '{named}' does not start it ({file}:{push.line}, on)"
        )
    filtered = push is not None and (push.get("paths") or push.get("paths-ignore"))
    if filtered:
        note = f"{file}:{filtered.line}: paths: assumed to be among what was pushed"
        return Trigger(named, note=note)
    return Trigger(named)


def matches(pattern: str, name: str) -> bool:
    """Return whether a branch's name matches a filter pattern."""
    text, place = "", 0
    while place < len(pattern):
        sign = pattern[place]
        if pattern.startswith("**", place):
            text, place = f"{text}.*", place + 1
        elif sign == "*":
            text += "[^/]*"
        else:
            text += sign if sign in "?+[]-" else re.escape(sign)
        place += 1
    try:
        return re.fullmatch(text, name) is not None
    except re.error:  # GitHub would refuse the file
        return False


def _deployed(conditions: Iterable[str]) -> Iterator[str]:
    for condition in conditions:
        for found in _DEPLOYED.finditer(condition):
            yield found[1] or found[2] or found[3]


def _first(push: Marked | None) -> str:
    """Return the first branch that a push filter names in full."""
    branches = push.get("branches") if push is not None else None
    names = [entry.text for entry in branches.entries()] if branches is not None else []
    return next((name for name in names if not _SPECIAL.search(name)), "")


def _starts(push: Marked, branch: str) -> bool:
    branches, ignored = push.get("branches"), push.get("branches-ignore")
    if branches is not None:
        started = False
        for entry in branches.entries():  # the last one that matches decides
            excluded = entry.text.startswith("!")
            if matches(entry.text.removeprefix("!"), branch):
                started = not excluded
        return started
    if ignored is not None:
        return not any(matches(entry.text, branch) for entry in ignored.entries())
    return push.get("tags") is None and push.get("tags-ignore") is None
