"""The platforms: solution stacks, branches and versions.

Only those that take a ``Dockerrun.aws.json`` are here; on ECS's branches it is deployed. Source:
`Docker platforms <https://docs.aws.amazon.com/elasticbeanstalk/latest/platforms/>`_ and the lists
that ListAvailableSolutionStacks and ListPlatformBranches give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...rules import Platform
from ...rules import platform as rules_platform

_STACK = re.compile(
    r"64bit (?P<system>Amazon Linux[ 0-9.]*) v(?P<version>[0-9.]+) running (?P<name>.+)"
)
_ARN = re.compile(
    r"arn:[^:]+:elasticbeanstalk:[^:]*::platform/(?P<branch>[^/]+)(?:/(?P<version>[0-9.]+))?"
)
_TIERS = ["WebServer/Standard", "Worker/SQS/HTTP"]
_ADDONS = ["Log/S3", "Monitoring/Healthd", "WorkerDaemon/SQSD"]


@dataclass(frozen=True)
class Branch:
    """A platform branch: ``version`` is the newest one, ``name`` the platform's."""

    name: str
    system: str
    version: str
    lifecycle: str = "Supported"
    order: int = 0

    @property
    def title(self) -> str:
        """The branch's name, such as ``ECS running on 64bit Amazon Linux 2023``."""
        if self.lifecycle == "Retired":
            return f"{self.name} running on 64bit Amazon Linux"
        return f"{self.name} running on 64bit {self.system}"

    @property
    def runs_tasks(self) -> bool:
        """Whether Elastic Beanstalk hands the application to ECS on this branch."""
        return self.name == "ECS"

    def has(self, version: str) -> bool:
        """Whether environments may have that version: one of three numbers, and no later major.

        AWS has a list of them, which grows and shrinks; ours has the newest only.
        """
        known = re.fullmatch(r"(\d+)\.\d+\.\d+", version)
        newest_major = int(self.version.partition(".")[0])
        return (
            self.lifecycle != "Retired" and known is not None and 1 <= int(known[1]) <= newest_major
        )

    @property
    def rules(self) -> Platform:
        """The platform as the contract rules know it."""
        return rules_platform(self.title)


BRANCHES = (
    Branch("ECS", "Amazon Linux 2023", "4.2.0", order=1),
    Branch("Docker", "Amazon Linux 2023", "4.6.0", order=2),
    Branch("ECS", "Amazon Linux 2", "3.5.0", order=3),
    Branch("Docker", "Amazon Linux 2", "4.2.0", order=4),
    Branch("Multi-container Docker", "Amazon Linux 2018.03", "2.26.4", "Retired", order=1000),
)


@dataclass(frozen=True)
class PlatformVersion:
    """One version of a branch: what an environment runs on."""

    branch: Branch
    version: str

    @property
    def stack(self) -> str:
        """The solution stack's name."""
        return f"64bit {self.branch.system} v{self.version} running {self.branch.name}"

    def arn(self, region: str) -> str:
        """Return the platform's ARN in a region."""
        return f"arn:aws:elasticbeanstalk:{region}::platform/{self.branch.title}/{self.version}"

    @property
    def is_newest(self) -> bool:
        """Whether it is the branch's newest version."""
        return self.version == self.branch.version

    def summary(self, region: str) -> dict[str, Any]:
        """Return the API's PlatformSummary."""
        newest = "Recommended" if self.is_newest else None
        return {
            "PlatformArn": self.arn(region),
            "PlatformOwner": "AWSElasticBeanstalk",
            "PlatformStatus": "Ready",
            "PlatformCategory": self.branch.name,
            "OperatingSystemName": "Amazon Linux",
            "OperatingSystemVersion": self.branch.system.removeprefix("Amazon Linux "),
            "SupportedTierList": _TIERS,
            "SupportedAddonList": _ADDONS,
            "PlatformLifecycleState": newest,
            "PlatformVersion": self.version,
            "PlatformBranchName": self.branch.title,
            "PlatformBranchLifecycleState": self.branch.lifecycle,
        }

    def description(self, region: str) -> dict[str, Any]:
        """Return the API's PlatformDescription."""
        return {
            **self.summary(region),
            "PlatformName": self.branch.title,
            "SolutionStackName": self.stack,
            "Description": f"64bit {self.branch.system} running {self.branch.name}",
            "Maintainer": "aws-elasticbeanstalk-platforms",
        }


def newest() -> tuple[PlatformVersion, ...]:
    """Return the newest version of every branch that is not retired."""
    return tuple(PlatformVersion(b, b.version) for b in BRANCHES if b.lifecycle != "Retired")


def by_stack(name: str) -> PlatformVersion | None:
    """Return the platform of a solution stack; ``None`` for one that nobody can have."""
    match = _STACK.fullmatch(name)
    if match is None:
        return None
    for branch in BRANCHES:
        same = (branch.system, branch.name) == (match["system"], match["name"])
        if same and branch.has(match["version"]):
            return PlatformVersion(branch, match["version"])
    return None


def by_arn(arn: str) -> PlatformVersion | None:
    """Return the platform of an ARN; without a version in it, the branch's newest."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return None
    for branch in BRANCHES:
        version = match["version"] or branch.version
        if branch.title == match["branch"] and branch.has(version):
            return PlatformVersion(branch, version)
    return None


def stack_details() -> list[dict[str, Any]]:
    """Return the API's SolutionStackDetails."""
    return [{"SolutionStackName": p.stack, "PermittedFileTypes": ["zip"]} for p in newest()]


def branch_summaries(filters: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the API's PlatformBranchSummaryList, retired branches too."""
    found = [
        {
            "PlatformName": branch.name,
            "BranchName": branch.title,
            "LifecycleState": branch.lifecycle,
            "BranchOrder": branch.order,
            "SupportedTierList": _TIERS,
        }
        for branch in BRANCHES
    ]
    return [entry for entry in found if _passes(entry, filters, "Attribute")]


def version_summaries(region: str, filters: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the API's PlatformSummaryList."""
    found = [{**p.summary(region), "PlatformName": p.branch.title} for p in newest()]
    chosen = [entry for entry in found if _passes(entry, filters, "Type")]
    return [{k: v for k, v in entry.items() if k != "PlatformName"} for entry in chosen]


def _passes(entry: Mapping[str, Any], filters: Iterable[Mapping[str, Any]], member: str) -> bool:
    return all(_matches(entry.get(str(one.get(member))), one) for one in filters)


def _matches(found: Any, one: Mapping[str, Any]) -> bool:
    values = [str(value) for value in one.get("Values") or ()]
    texts = [str(item) for item in found] if isinstance(found, list) else [str(found or "")]
    operator = str(one.get("Operator") or "=")
    if operator in {"!=", "not_in"}:
        return not any(text in values for text in texts)
    test = _TESTS.get(operator)
    return test is not None and any(test(text, value) for text in texts for value in values)


def _order(text: str) -> tuple[tuple[int, str], ...]:
    parts = text.split(".")
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda text, value: text == value,
    "in": lambda text, value: text == value,
    "contains": lambda text, value: value in text,
    "begins_with": lambda text, value: text.startswith(value),
    "ends_with": lambda text, value: text.endswith(value),
    ">": lambda text, value: _order(text) > _order(value),
    ">=": lambda text, value: _order(text) >= _order(value),
    "<": lambda text, value: _order(text) < _order(value),
    "<=": lambda text, value: _order(text) <= _order(value),
}
