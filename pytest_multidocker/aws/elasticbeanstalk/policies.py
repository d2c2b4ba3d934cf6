"""Deployment policies: which instances get a new version, in which batches.

Source: `Deployment policies and settings
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rolling-version-deploy.html>`_.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Plan:
    """How a version comes to the instances.

    ``fresh`` are the sizes of the batches of instances that are launched with it, before the
    ``batches`` of those that are there. ``drains`` is whether an instance is out of service while
    it changes. ``replaces`` is whether the instances that were there go once the fresh ones serve,
    and else, in the end, as many as were launched.
    """

    batches: tuple[tuple[str, ...], ...] = ()
    fresh: tuple[int, ...] = ()
    drains: bool = False
    replaces: bool = False


def plan(policy: str, instances: Sequence[str], size: int) -> Plan:
    """Return the plan of a policy for the instances, in batches of ``size``."""
    if policy == "Immutable":
        rest = len(instances) - 1
        return Plan(fresh=(1, rest) if rest > 0 else (1,), drains=True, replaces=True)
    if policy == "AllAtOnce":
        return Plan((tuple(instances),) if instances else ())
    batches = tuple(tuple(instances[i : i + size]) for i in range(0, len(instances), size))
    extra = (size,) if policy == "RollingWithAdditionalBatch" else ()
    return Plan(batches, extra, drains=True)


def batch_size(kind: str, size: int, instances: int) -> int:
    """Return how many instances a batch has; ``kind`` is ``Fixed`` or ``Percentage``.

    A percentage of the instances is rounded up: a batch has one at least, and never more than
    there are.
    """
    wanted = size if kind == "Fixed" else ceil(instances * size / 100)
    return max(1, min(wanted, instances))
