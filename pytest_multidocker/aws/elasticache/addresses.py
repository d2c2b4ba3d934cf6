"""The names of ElastiCache's endpoints.

Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Endpoints.html
"""

from __future__ import annotations

from typing import NamedTuple

_COMPASS = ("north", "south", "east", "west", "central")
_HASH_LENGTH = 6


class Addresses(NamedTuple):
    """The names under which a cluster or group can be reached."""

    node: str
    primary: str
    reader: str


def cluster_address(cluster_id: str, run_id: str, region: str) -> str:
    """Return the name of a cache cluster's only node."""
    return f"{cluster_id}.{_domain('0001', run_id, region)}"


def group_addresses(group_id: str, run_id: str, region: str) -> Addresses:
    """Return the names of a replication group with cluster mode disabled."""
    return Addresses(
        node=f"{group_id}-001.{_domain('0001', run_id, region)}",
        primary=f"{group_id}.{_domain('ng.0001', run_id, region)}",
        reader=f"{group_id}-ro.{_domain('ng.0001', run_id, region)}",
    )


def short_region(region: str) -> str:
    """Return the region as endpoints have it: `use1` for us-east-1, `apse2` for ap-southeast-2."""
    *places, number = region.split("-")
    for word in _COMPASS:
        places[-1] = places[-1].replace(word, word[0])
    head = [place if len(place) == 2 else place[0] for place in places[:-1]]  # noqa: PLR2004
    return "".join([*head, places[-1], number])


def _domain(node: str, run_id: str, region: str) -> str:
    return f"{run_id[:_HASH_LENGTH]}.{node}.{short_region(region)}.cache.amazonaws.com"
