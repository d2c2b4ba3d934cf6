"""MD703: nginx configurations have all their semicolons and braces."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import Span
from ._context import Context
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD703",
    name="nginx-syntax",
    severity="error",
    phase=RUNTIME,
    source="https://nginx.org/en/docs/beginners_guide.html#conf_structure",
    summary="nginx configurations have all their semicolons and braces.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def nginx_syntax(context: Context) -> Iterator[Problem]:
    """Yield each configuration that nginx cannot read."""
    around = context.around
    if around is None:
        return
    for container in context.containers:
        for problem in around.nginx_problems(container):
            yield Problem(
                f"The nginx of container '{container.name}' cannot read its configuration:"
                f" {problem.message}.",
                container.pointer,
                fix="Add the semicolon or the brace.",
                aws_text="Essential container in task exited" if container.essential else "",
                span=Span(problem.line, 1, problem.line, 2),
                path=str(problem.file),
            )
