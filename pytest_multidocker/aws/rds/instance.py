"""A DB instance: moto's record of it, with the state and endpoint of the real database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.rds.models import DBInstance

if TYPE_CHECKING:
    from pytest_multidocker.aws.database import ManagedDatabase


class PostgresInstance(DBInstance):
    """What DescribeDBInstances shows. `database` is set right after it is made."""

    database: ManagedDatabase

    @property
    def status(self) -> str:
        """AWS's word for the state of the real database."""
        return self.database.status

    @status.setter
    def status(self, value: str) -> None:
        """Ignore what moto's record would say."""

    @property
    def endpoint(self) -> dict[str, Any] | None:  # type: ignore[override]  # moto's has always one
        """The address and port: none while the instance is being created, as in RDS."""
        if self.database.status == "creating":
            return None
        return {"Address": self.address, "Port": self.port}

    @property
    def address(self) -> str:
        """The name by which tasks find the database."""
        return self.database.spec.addresses[0]
