"""What RDS refuses in CreateDBInstance, ModifyDBInstance and DeleteDBInstance, in its words.

Source: the parameters' constraints in the RDS API reference,
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_multidocker.aws.errors import AwsError, invalid_combination, invalid_value

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIN_PASSWORD, _MAX_PASSWORD = 8, 128
_MIN_PORT, _MAX_PORT = 1150, 65535
_IDENTIFIER = re.compile(r"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_DBNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_CLASS = re.compile(r"db\.[a-z0-9-]+\.[a-z0-9-]+")
_STORAGE = {
    "gp2": range(20, 65537),
    "gp3": range(20, 65537),
    "io1": range(100, 65537),
    "io2": range(100, 65537),
    "standard": range(5, 3073),
}
"""GiB of PostgreSQL that each type of storage may have."""
_RESERVED_USERNAMES = frozenset({"admin", "rdsadmin", "rds_superuser", "rdsrepladmin"})
_FORBIDDEN_IN_PASSWORDS = frozenset('/@" ')


def check_create(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError for what RDS refuses in CreateDBInstance, and for what is not emulated.

    `parameters` are by the names of the API.
    """
    check_identifier(parameters["DBInstanceIdentifier"])
    engine = parameters["Engine"]
    if engine != "postgres":
        raise invalid_value(
            f"multidocker runs real PostgreSQL instances only: set Engine to postgres, not {engine}"
        )
    if not _CLASS.fullmatch(parameters["DBInstanceClass"]):
        raise invalid_value(f"Invalid DB Instance class: {parameters['DBInstanceClass']}")
    _check_user(parameters)
    dbname = parameters.get("DBName")
    if dbname is not None and not _DBNAME.fullmatch(dbname):
        raise invalid_value(
            "DBName must begin with a letter and contain only alphanumeric characters."
        )
    check_storage(parameters)
    port = parameters.get("Port")
    if port is not None and not _MIN_PORT <= port <= _MAX_PORT:
        raise invalid_value(f"Invalid port {port}. Valid ports are {_MIN_PORT} to {_MAX_PORT}.")


def check_storage(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError where RDS would not have that much storage of its type for PostgreSQL."""
    size = parameters.get("AllocatedStorage")
    kind = parameters.get("StorageType") or ("io1" if parameters.get("Iops") else "gp2")
    if kind not in _STORAGE:
        raise invalid_value(f"Invalid storage type: {kind}")
    if size is not None and size not in _STORAGE[kind]:
        raise invalid_combination(
            f"Invalid storage size for engine name postgres and storage type {kind}: {size}"
        )


def check_identifier(identifier: str) -> None:
    """Raise AwsError where RDS would not take `identifier` as a DB instance's."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise invalid_value(
            "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin "
            "with a letter; must contain only ASCII letters, digits, and hyphens; and must not end "
            "with a hyphen or contain two consecutive hyphens."
        )


def check_password(password: str) -> None:
    """Raise AwsError where RDS would not take `password` for PostgreSQL's master user."""
    prefix = "The parameter MasterUserPassword is not a valid password"
    if len(password) < _MIN_PASSWORD:
        raise invalid_value(f"{prefix} because it is shorter than {_MIN_PASSWORD} characters.")
    if len(password) > _MAX_PASSWORD:
        raise invalid_value(f"{prefix} because it is longer than {_MAX_PASSWORD} characters.")
    if (
        not password.isascii()
        or not password.isprintable()
        or _FORBIDDEN_IN_PASSWORDS & {*password}
    ):
        raise invalid_value(
            f"{prefix}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
        )


def check_delete(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError where DeleteDBInstance says nothing, or too much, about the final snapshot."""
    skip = parameters.get("SkipFinalSnapshot") or False
    snapshot = parameters.get("FinalDBSnapshotIdentifier")
    if not skip and not snapshot:
        raise invalid_combination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        )
    if skip and snapshot:
        raise invalid_combination(
            "FinalDBSnapshotIdentifier can't be specified when SkipFinalSnapshot is enabled."
        )


def _check_user(parameters: Mapping[str, Any]) -> None:
    username = parameters.get("MasterUsername")
    if username is None:
        raise AwsError("InvalidParameterValue", "The parameter MasterUsername must be provided")
    if not _USERNAME.fullmatch(username):
        raise invalid_value(
            "The parameter MasterUsername must begin with a letter and contain only 1 to 63 "
            "alphanumeric characters and underscores."
        )
    if username.lower() in _RESERVED_USERNAMES:
        raise invalid_value(
            f"MasterUsername {username} cannot be used as it is a reserved word used by the engine"
        )
    password = parameters.get("MasterUserPassword")
    if password is None:
        raise invalid_value("The parameter MasterUserPassword must be provided")
    check_password(password)
