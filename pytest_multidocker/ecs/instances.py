"""How much of an EC2 instance type ECS can place tasks on."""

from __future__ import annotations

from dataclasses import dataclass

# vCPUs and GiB of the types that Elastic Beanstalk's own guide uses in its examples.
# Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
_TYPES = {
    "t2.nano": (1, 0.5),
    "t2.micro": (1, 1),
    "t2.small": (1, 2),
    "t2.medium": (2, 4),
    "t2.large": (2, 8),
    "t3.nano": (2, 0.5),
    "t3.micro": (2, 1),
    "t3.small": (2, 2),
    "t3.medium": (2, 4),
    "t3.large": (2, 8),
    "m5.large": (2, 8),
    "m5.xlarge": (4, 16),
}

_KEPT_PERCENT = 4
"""What firmware and kernel keep of the memory: a t2.micro registers 983 of its 1024 MiB."""


@dataclass(frozen=True)
class Capacity:
    """What an instance registers with ECS: CPU units (1024 a vCPU) and memory in MiB."""

    cpu: int
    memory: int


def capacity(instance_type: str) -> Capacity:
    """Return what an instance of that type registers.

    Raises ``KeyError`` for a type that is not known.
    """
    vcpus, gib = _TYPES[instance_type]
    return Capacity(vcpus * 1024, int(gib * 1024) * (100 - _KEPT_PERCENT) // 100)


def known_types() -> tuple[str, ...]:
    """Return the instance types that :func:`capacity` knows."""
    return tuple(_TYPES)
