"""A simulated task, told as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..ecs.service import ContainerView, TaskView, beanstalk_text
from ..ecs.timeline import Entry


@dataclass(frozen=True)
class Story:
    """What a simulation has shown: the file, what happened, how it ended, and until when.

    ``waiting`` are sentences about containers that still wait; ``goes_on`` is whether more would
    have happened after ``until`` (seconds). ``missed`` says why faults hit nothing.
    """

    file: str
    entries: Sequence[Entry]
    view: TaskView
    until: float
    waiting: Sequence[str] = ()
    goes_on: bool = False
    missed: Sequence[str] = ()

    @property
    def beanstalk(self) -> str | None:
        """What Elastic Beanstalk would say of a task that has stopped."""
        if self.view.status != "STOPPED" or self.view.ending is None:
            return None
        return beanstalk_text(self.view.ending.reason, self.view.containers.values())


def text(story: Story) -> str:
    """Return the timeline, a line an entry, then the task as ECS shows it and EB's words."""
    entries = story.entries
    times = [f"{entry.at:.1f} s" for entry in entries]
    width = max(map(len, times), default=0)
    who = max((len(entry.who) for entry in entries), default=0)
    what = max((len(entry.what) for entry in entries), default=0)
    lines = [
        f"{time:>{width}}  {entry.who:<{who}}  {entry.what:<{what}}  {entry.detail}".rstrip()
        for time, entry in zip(times, entries, strict=True)
    ]
    return "\n".join([*lines, "", *_end(story)]) + "\n"


def _end(story: Story) -> list[str]:
    view = story.view
    head = f"After {story.until:g} s ECS shows: task {view.status}"
    if view.ending is not None:
        head += f": {view.ending.reason} ({view.ending.code})"
    lines = [head, *(f"  {_container(c)}" for c in view.containers.values())]
    lines += [f"  {sentence}" for sentence in story.waiting]
    if story.goes_on:
        lines.append("  More would happen later: --until SECONDS looks further.")
    elif view.status != "STOPPED":
        lines.append("  Nothing more would happen.")
    if (words := story.beanstalk) is not None:
        escaped = words.replace("\n", "\\n")
        lines.append(f"Elastic Beanstalk would say: {escaped}")
    return lines


def _container(container: ContainerView) -> str:
    parts = [f"{container.name} {container.status}"]
    if container.exit_code is not None:
        parts.append(f"exit code {container.exit_code}")
    if container.reason:
        parts.append(container.reason)
    if container.health != "UNKNOWN":
        parts.append(container.health)
    return ", ".join(parts)


def as_json(story: Story) -> str:
    """Return the same as one JSON object; the task's members are those of DescribeTasks."""
    value: dict[str, Any] = {
        "file": story.file,
        "timeline": [
            {"at": round(e.at, 3), "who": e.who, "what": e.what, "detail": e.detail}
            for e in story.entries
        ],
        "until": round(story.until, 3),
        "goesOn": story.goes_on,
        "waiting": list(story.waiting),
        "task": story.view.members(),
        "elasticBeanstalk": story.beanstalk,
    }
    return json.dumps(value, indent=2) + "\n"
