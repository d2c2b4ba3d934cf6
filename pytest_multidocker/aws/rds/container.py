"""The PostgreSQL container of a DB instance."""

from __future__ import annotations

from dataclasses import dataclass

from docker.errors import APIError
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import ExecConfig

_CONNECT_TIMEOUT = "2"  # seconds


@dataclass(frozen=True)
class PostgresSettings:
    """What the master user asked for."""

    username: str
    password: str
    dbname: str
    port: int

    def build(self, image: str) -> PostgresContainer:
        """Return the container, not created yet."""
        container = _Postgres(
            image, self.port, self.username, self.password, self.dbname, driver=None
        )
        # Server and clients in the container take the port from here.
        return container.with_env("PGPORT", str(self.port))

    def answers(self, container: PostgresContainer) -> bool:
        """Return whether a query over TCP as the master user is answered.

        Over TCP, as the official image's server for the set-up listens on a Unix socket only.
        """
        query = ["psql", "--no-psqlrc", "--host=127.0.0.1", f"--username={self.username}"]
        query += [f"--dbname={self.dbname}", "--command=select 1"]
        environment = {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": _CONNECT_TIMEOUT}
        try:
            result = container.exec(ExecConfig(query, environment=environment))
        except APIError:  # it is not running yet, or no more
            return False
        return result.exit_code == 0


class _Postgres(PostgresContainer):
    def _connect(self) -> None:
        """Do not wait here: `ManagedDatabase` does, and notices when the container exits."""
