"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..dockerrun import Span

if TYPE_CHECKING:
    from ._context import Context

Severity = Literal["error", "warning", "info"]
"""``error``: the deploy fails or the file is ignored; ``warning``: it holds, but not as meant."""

Phase = Literal["parse", "source bundle", "RegisterTaskDefinition", "StartTask", "runtime"]
"""When AWS meets the defect, in that order."""

PARSE: Phase = "parse"
SOURCE_BUNDLE: Phase = "source bundle"
REGISTER: Phase = "RegisterTaskDefinition"
START: Phase = "StartTask"
RUNTIME: Phase = "runtime"

EB_V2 = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/create_deploy_docker_v2config.html"
EB_V1_V3 = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_"


def ecs_api(shape: str) -> str:
    """Return the address of a shape's page in the ECS API reference."""
    return f"{_API}{shape}.html"


@dataclass(frozen=True)
class Problem:
    """What a rule's function yields: one defect, still without the rule's own data."""

    message: str
    """One sentence."""
    pointer: str
    """JSON pointer of what is wrong; of the object around it where a key is missing."""
    fix: str = ""
    aws_text: str = ""
    """The words of AWS, exactly; empty where it says nothing."""
    at: Literal["value", "key", "opening"] = "value"
    """Which part is selected: the value, its key, or the value's first character."""
    span: Span | None = None
    """The region, where the pointer cannot tell it."""
    path: str = ""
    """The file, where it is not the Dockerrun file itself."""
    replacement: str | None = None
    """What to write in place of the region, where there is one sure answer."""
    phase: Phase | None = None
    """When AWS meets it, where that is not the rule's own phase."""


@dataclass(frozen=True)
class Rule:
    """One rule, as its module registers it."""

    id: str
    name: str
    severity: Severity
    phase: Phase
    source: str
    """The page or file that says so."""
    summary: str
    """One sentence: what the rule asks for."""
    check: Callable[[Context], Iterable[Problem]]
    applies: Callable[[Context], bool]
    module: str

    @property
    def title(self) -> str:
        """The id and the name, as in ``MD201-unknown-link``."""
        return f"{self.id}-{self.name}"

    def page(self) -> str:
        """Return the rule's documentation, in Markdown."""
        file = Path(__file__).with_name(self.module.rpartition(".")[2] + ".md")
        return file.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Finding:
    """One defect of one file, as reporters and the emulator need it."""

    rule: str
    """The rule's id."""
    name: str
    severity: Severity
    message: str
    fix: str
    aws_text: str
    phase: Phase
    pointer: str
    path: str
    span: Span
    url: str
    replacement: str | None = None
    """What ``--fix`` writes in place of the region; ``None`` leaves it to people."""

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as the JSON report has it."""
        return {
            "file": self.path,
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
            "rule": self.rule,
            "name": self.name,
            "severity": self.severity,
            "message": self.message,
            "fix": self.fix,
            "aws_text": self.aws_text,
            "phase": self.phase,
            "pointer": self.pointer,
            "url": self.url,
        }
