"""What a check is told beyond the file: where it will be deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import UnknownName
from .words import did_you_mean

_ECS_BRANCH = "ECS running on 64bit Amazon Linux 2023"
_INSTANCE_TYPE = re.compile(
    r"[a-z]+\d*[a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?)\Z"
)
_DOCKER_BRANCH = "Docker running on 64bit Amazon Linux 2023"


@dataclass(frozen=True)
class Platform:
    """A platform branch of Elastic Beanstalk that takes Dockerrun files."""

    title: str
    versions: tuple[int, ...]
    retired: str = ""

    def takes(self, version: int) -> bool:
        """Return whether it takes files of that version."""
        return version in self.versions

    def instead(self, version: int) -> str:
        """Return the title of a platform that takes that version."""
        return _ECS_BRANCH if version == 2 else _DOCKER_BRANCH  # noqa: PLR2004 - the version

    def refusal(self, version: int) -> str:
        """Return what the platform says to a file of a version that it does not take."""
        if self.versions == (2,):
            return f"Unsupported AWSEBDockerrunVersion: {version}"
        return "Invalid Dockerrun.aws.json version, abort deployment"


PLATFORMS = {
    "ecs-al2023": Platform(_ECS_BRANCH, (2,)),
    "ecs-al2": Platform("ECS running on 64bit Amazon Linux 2", (2,)),
    "docker-al2023": Platform(_DOCKER_BRANCH, (1, 3)),
    "docker-al2": Platform("Docker running on 64bit Amazon Linux 2", (1, 3)),
    "multicontainer": Platform("Multi-container Docker", (2,), retired="2022-07-18"),
}
"""By the names that ``--platform`` takes."""


@dataclass(frozen=True)
class Instance:
    """An instance type: ``memory`` and ``available`` are MiB, ``cpu`` units of 1024 a core."""

    name: str
    memory: int
    cpu: int

    @property
    def available(self) -> int:
        """About what the ECS agent registers for tasks.

        The line through the two figures that are public: 983 of 1024 MiB (t2.micro) and 7985 of
        8192 MiB (m4.large, in "Reserving Amazon ECS Linux container instance memory").
        """
        kept = 41 + (self.memory - 1024) * (207 - 41) / (8192 - 1024)
        return int(self.memory - max(kept, 20))


@dataclass(frozen=True)
class Options:
    """Where the file will be deployed, as far as it is known."""

    platform: Platform | None = None
    instance: Instance | None = None

    @classmethod
    def named(cls, platform_name: str | None, instance_type: str | None) -> Options:
        """Return the options of these names; ``None`` is not known.

        An instance type that EC2 may have beside those known here is not known either. Raises
        `UnknownName` where there is no such platform or instance type.
        """
        return cls(
            platform(platform_name) if platform_name else None,
            _known_instance(instance_type) if instance_type else None,
        )


def is_instance_type(name: str) -> bool:
    """Return whether EC2 may have an instance type of that name, known here or not."""
    return _INSTANCE_TYPE.match(name) is not None


def _known_instance(name: str) -> Instance | None:
    try:
        return instance(name)
    except UnknownName:
        if is_instance_type(name):
            return None
        raise


def platform(name: str) -> Platform:
    """Return the platform of that short name or title; raise `UnknownName` if there is none."""
    for short, found in PLATFORMS.items():
        if name.casefold() in {short, found.title.casefold()}:
            return found
    raise UnknownName(f"there is no platform {name}; known: {', '.join(PLATFORMS)}")


def instance(name: str) -> Instance:
    """Return the instance type of that name; raise `UnknownName` if it is not in the table."""
    from ._instances import INSTANCES

    if name not in INSTANCES:
        hint = did_you_mean(name, INSTANCES)
        raise UnknownName(f"the instance type {name} is not known.{hint}")
    memory, cores = INSTANCES[name]
    return Instance(name, memory, cores * 1024)
