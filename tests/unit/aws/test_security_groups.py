"""Who is let in by the rules of security groups."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.security.groups import Group, refusal


def group(*permissions: dict[str, Any]) -> Group:
    return Group.of({"GroupId": "sg-db", "GroupName": "db", "IpPermissions": permissions})


def permission(low: int, high: int, *sources: str, protocol: str = "tcp") -> dict[str, Any]:
    return {
        "IpProtocol": protocol,
        "FromPort": low,
        "ToPort": high,
        "UserIdGroupPairs": [{"GroupId": s} for s in sources if s.startswith("sg-")],
        "IpRanges": [{"CidrIp": s} for s in sources if not s.startswith("sg-")],
    }


EVERYTHING = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-app"}], "IpRanges": []}


@pytest.mark.parametrize(
    "rule",
    [
        permission(5432, 5432, "sg-app"),
        permission(5432, 6379, "sg-other", "sg-app"),
        permission(5432, 5432, "10.0.0.0/8"),
        permission(0, 65535, "0.0.0.0/0"),
        EVERYTHING,
    ],
)
def test_a_rule_that_covers_port_and_source_lets_in(rule: dict[str, Any]) -> None:
    assert refusal("db", 5432, [group(rule)], ["sg-app"], "10.1.2.3") is None


@pytest.mark.parametrize(
    "rule",
    [
        permission(6379, 6379, "sg-app"),
        permission(5433, 6379, "sg-app"),
        permission(5432, 5432, "sg-db"),
        permission(5432, 5432, "192.168.0.0/16"),
        permission(5432, 5432, "sg-app", protocol="udp"),
        permission(5432, 5432),
    ],
)
def test_any_other_rule_keeps_out(rule: dict[str, Any]) -> None:
    assert refusal("db", 5432, [group(rule)], ["sg-app"], "10.1.2.3") is not None


def test_the_rules_of_all_groups_count_together() -> None:
    groups = [group(), group(permission(5432, 5432, "sg-app"))]

    assert refusal("db", 5432, groups, ["sg-web", "sg-app"], "10.0.0.1") is None


def test_the_reason_says_who_is_let_in_instead() -> None:
    rules = permission(5432, 6379, "sg-db"), permission(22, 22, "10.0.0.0/8")

    assert refusal("RDS x", 5432, [group(*rules)], ["sg-app"], "192.0.2.1") == (
        "No security group of RDS x lets sg-app in on port 5432: db (sg-db) lets in "
        "ports 5432-6379 from sg-db and ports 22-22 from 10.0.0.0/8. Connections to it time out."
    )
    assert refusal("RDS x", 5432, [group()], [], "192.0.2.1") == (
        "No security group of RDS x lets the instance in on port 5432: db (sg-db) lets in nothing. "
        "Connections to it time out."
    )
