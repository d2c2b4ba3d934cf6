"""Who is let in where, by the rules of security groups. Pure.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html. All groups of a
resource count together, and what no rule allows is dropped without an answer.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ALL = "-1"


@dataclass(frozen=True)
class Ingress:
    """One inbound rule: ports, and the groups or networks that it lets in."""

    protocol: str
    low: int
    high: int
    groups: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()

    def admits(self, port: int, groups: Iterable[str], address: str) -> bool:
        """Tell whether TCP on the port is open to members of these groups, or to this address."""
        covers = self.protocol == _ALL or (self.protocol == "tcp" and self.low <= port <= self.high)
        return covers and (not self.groups.isdisjoint(groups) or self._holds(address))

    def _holds(self, address: str) -> bool:
        return any(
            ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
            for network in self.networks
        )

    def __str__(self) -> str:
        """Return it as one would say it, such as ``ports 5432-6379 from sg-1``."""
        ports = "all ports" if self.protocol == _ALL else f"ports {self.low}-{self.high}"
        return f"{ports} from {', '.join([*sorted(self.groups), *self.networks]) or 'nobody'}"


@dataclass(frozen=True)
class Group:
    """A security group with its inbound rules."""

    id: str
    name: str
    ingress: tuple[Ingress, ...]

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Group:
        """Return a group as DescribeSecurityGroups has it."""
        rules = tuple(_ingress(rule) for rule in described.get("IpPermissions", ()))
        return cls(described["GroupId"], described["GroupName"], rules)


def _ingress(rule: Mapping[str, Any]) -> Ingress:
    return Ingress(
        protocol=str(rule["IpProtocol"]),
        low=int(rule.get("FromPort", 0)),
        high=int(rule.get("ToPort", 65535)),
        groups=frozenset(pair["GroupId"] for pair in rule.get("UserIdGroupPairs", ())),
        networks=tuple(_networks(rule)),
    )


def _networks(rule: Mapping[str, Any]) -> Iterator[str]:
    for entry in rule.get("IpRanges", ()):
        yield entry["CidrIp"]


def refusal(
    what: str, port: int, groups: Sequence[Group], callers: Sequence[str], address: str
) -> str | None:
    """Return why members of the groups ``callers`` are kept out; ``None`` if they are let in.

    ``what`` names the resource, whose groups are ``groups``; ``address`` is the caller's own.
    """
    if any(rule.admits(port, callers, address) for group in groups for rule in group.ingress):
        return None
    said = "; ".join(
        f"{group.name} ({group.id}) lets in {' and '.join(map(str, group.ingress)) or 'nothing'}"
        for group in groups
    )
    return (
        f"No security group of {what} lets {', '.join(callers) or 'the instance'} in on port "
        f"{port}: {said or 'it has none'}. Connections to it time out."
    )
