"""Findings written in the formats that people and tools read.

`REPORTERS` has the modules by format; each has a function ``render(findings, files)`` that returns
the whole report as text, ``files`` being the paths that were checked. `reporter` imports one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from ..rules import Finding

__all__ = ["REPORTERS", "Render", "reporter"]

Render = Callable[[Sequence[Finding], Sequence[str]], str]

REPORTERS = {
    "text": ".text",
    "json": ".json",
    "sarif": ".sarif",
    "github": ".github",
    "junit": ".junit",
}


def reporter(name: str) -> Render:
    """Return the function that writes that format; raise ``KeyError`` if there is none."""
    module = import_module(REPORTERS[name], __package__)
    render: Render = module.render
    return render
