"""MD112: commands have one word an item."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD112",
    name="command-in-one-word",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Commands have one word an item.",
    applies=lambda context: any(found.command or found.entry_point for found in context.containers),
)
def command_in_one_word(context: Context) -> Iterator[Problem]:
    """Yield each command that is one word with blanks."""
    for container in context.containers:
        for key, words in (("entryPoint", container.entry_point), ("command", container.command)):
            if not words or (key == "command" and container.entry_point):
                continue
            if len(words) == 1 and " " in words[0].strip():
                yield Problem(
                    f"The only word of '{key}' has blanks in it: no program has the name"
                    f" '{shown(words[0].strip())}'.",
                    f"{container.pointer}/{key}/0",
                    fix=f'Write {shown(json.dumps(words[0].split()), 80)}, or ["sh", "-c", ...].',
                )
