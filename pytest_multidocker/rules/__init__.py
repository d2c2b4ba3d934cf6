"""The contract rules: what Elastic Beanstalk and ECS refuse, ignore, or fail on later.

Each rule is a module of its own, ``md201_unknown_link.py``, with its page beside it,
``md201_unknown_link.md``; to add one is to add the two files and an example of a valid and an
invalid file under ``fixtures/dockerrun/``. The module registers the function that finds problems.

`check` finds all defects of a document; `registration_findings` only those on which ECS's
RegisterTaskDefinition fails, first the one that it would name.
"""

from __future__ import annotations

from ._check import applies, check, registration_findings
from ._context import Context
from ._model import Finding, Phase, Problem, Rule, Severity
from ._options import PLATFORMS, Instance, Options, Platform, instance, platform
from ._registry import all_rules, is_named, register, require_names, rule

__all__ = [
    "PLATFORMS",
    "Context",
    "Finding",
    "Instance",
    "Options",
    "Phase",
    "Platform",
    "Problem",
    "Rule",
    "Severity",
    "all_rules",
    "applies",
    "check",
    "instance",
    "is_named",
    "platform",
    "register",
    "registration_findings",
    "require_names",
    "rule",
]
