"""Whether security groups exist that a database is to be put into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..emulator import Emulator


def unknown_groups(
    emulator: Emulator, account: str, region: str, ids: Iterable[str] | None
) -> list[str]:
    """Return the ids that are no security group's.

    None of them where EC2 is a LocalStack's: a group that is not there lets nobody in.
    """
    if not ids or emulator.options.localstack is not None:
        return []
    from moto.ec2.models import ec2_backends

    ec2 = ec2_backends[account][region]
    return [group for group in ids if ec2.get_security_group_from_id(group) is None]
