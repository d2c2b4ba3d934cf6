"""The databases that the settings declare, and the security group that should open them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ._around import Around


@dataclass(frozen=True)
class Database:
    """A declared database: ``kind`` and ``identifier`` name its table of the settings."""

    kind: str
    identifier: str
    port: int
    security_groups: tuple[str, ...] | None

    @property
    def name(self) -> str:
        """The table's name, such as ``rds.my-postgres``."""
        return f"{self.kind}.{self.identifier}"

    def is_in(self, group: str) -> bool:
        """Tell whether it is in the deploy's group, as it is where nothing else is said."""
        return self.security_groups is None or group in self.security_groups


def databases(around: Around) -> Iterator[Database]:
    """Yield the databases that the settings declare."""
    for kind, table in (("rds", around.settings.rds), ("elasticache", around.settings.elasticache)):
        for identifier, settings in table.items():
            yield Database(kind, identifier, settings.port, settings.security_groups)


def security_group(around: Around) -> str:
    """Return the name of the group that the deploy makes, and puts the instances in."""
    from ..project.deployment import deployment

    return deployment(around.folder, around.settings.deploy).security_group
