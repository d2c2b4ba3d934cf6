"""RDS's DB instances, with a real PostgreSQL behind each; the rest of RDS is moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBInstanceAlreadyExists, DBInstanceNotFoundError
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from pytest_multidocker.aws.database import DatabaseSpec, ManagedDatabase
from pytest_multidocker.aws.errors import AwsError, invalid_combination, invalid_value
from pytest_multidocker.aws.requests.checked import Checked
from pytest_multidocker.aws.security.known import unknown_groups

from . import validation
from .container import PostgresSettings
from .instance import PostgresInstance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_multidocker.aws.emulator import Emulator

_DEFAULT_VERSION = "15"
_DEFAULT_DBNAME = "postgres"  # what RDS for PostgreSQL creates where DBName is not given

#: What ModifyDBInstance may not change here: it would have to change the running database.
_UNCHANGEABLE = (
    "MasterUserPassword",
    "NewDBInstanceIdentifier",
    "DBPortNumber",
    "EngineVersion",
    "ManageMasterUserPassword",
)


class PostgresBackend(RDSBackend):
    """The DB instances of one account and region."""

    emulator: Emulator

    def create_postgres(self, parameters: Mapping[str, Any]) -> PostgresInstance:
        """Begin to start a DB instance; `parameters` answer to the API's names and to moto's."""
        validation.check_create(parameters)
        self.check_groups(parameters)
        identifier = parameters["DBInstanceIdentifier"].lower()
        if identifier in self.databases:
            raise DBInstanceAlreadyExists
        version = parameters.get("EngineVersion") or _DEFAULT_VERSION
        record = {**parameters, "db_instance_identifier": identifier, "engine_version": version}
        # Naming none, moto would look for the default VPC's, and build all of EC2 for that.
        groups = record.pop("vpc_security_group_ids", None)
        instance = PostgresInstance(  # type: ignore[abstract]  # as moto's own, of CloudFormation
            self, **record, vpc_security_group_ids=["default"]
        )
        instance.vpc_security_group_ids = groups or []
        settings = PostgresSettings(
            parameters["MasterUsername"],
            parameters["MasterUserPassword"],
            parameters.get("DBName") or _DEFAULT_DBNAME,
            instance.port or 0,
        )
        instance.database = self._database(instance, settings)
        self.databases[identifier] = instance
        instance.database.start()
        return instance

    def check_groups(self, parameters: Mapping[str, Any]) -> None:
        """Raise AwsError for a security group that is not there."""
        ids = parameters.get("VpcSecurityGroupIds")
        for group in unknown_groups(self.emulator, self.account_id, self.region_name, ids):
            raise invalid_value(f"Invalid security group , groupId= {group}, groupName=.")

    def delete_postgres(self, parameters: Mapping[str, Any]) -> PostgresInstance:
        """Begin to remove a DB instance; it is described as `deleting` until it is gone."""
        identifier = parameters["DBInstanceIdentifier"].lower()
        instance = self.postgres(identifier)
        validation.check_delete(parameters)
        if instance.deletion_protection:
            raise invalid_combination(
                "Cannot delete protected DB Instance, please disable deletion protection and try "
                "again."
            )
        if instance.database.status == "deleting":
            raise AwsError(
                "InvalidDBInstanceState", f"Instance {identifier} is already being deleted."
            )
        if parameters.get("FinalDBSnapshotIdentifier"):
            raise NotImplementedError("final snapshots are not taken: set SkipFinalSnapshot")
        instance.database.delete()
        return instance

    def postgres(self, identifier: str) -> PostgresInstance:
        """Return the DB instance of this identifier, in any case; raises DBInstanceNotFound."""
        try:
            return cast("PostgresInstance", self.databases[identifier.lower()])
        except KeyError:
            raise DBInstanceNotFoundError(identifier) from None

    def instances(self) -> list[PostgresInstance]:
        """Return all DB instances, in whatever state."""
        return cast("list[PostgresInstance]", list(self.databases.values()))

    def reset(self) -> None:
        """Remove all DB instances: moto's `/moto-api/reset`."""
        for instance in self.instances():
            instance.database.delete()
        super().reset()

    def _database(self, instance: PostgresInstance, settings: PostgresSettings) -> ManagedDatabase:
        identifier: str = instance.db_instance_identifier
        spec = DatabaseSpec(
            id=identifier,
            engine="postgres",
            addresses=(
                f"{identifier}.{self.emulator.run.id}.{self.region_name}.rds.amazonaws.com",
            ),
            port=settings.port,
            version=instance.engine_version,
            build=settings.build,
            answers=settings.answers,
        )
        return ManagedDatabase(self.emulator, spec, lambda: self._forget(instance))

    def _forget(self, instance: PostgresInstance) -> None:
        if self.databases.get(instance.db_instance_identifier) is instance:
            del self.databases[instance.db_instance_identifier]


class PostgresResponse(Checked, RDSResponse):
    """Routes the DB instance operations to PostgresBackend."""

    backend: PostgresBackend

    def create_db_instance(self) -> ActionResult:
        """Answer CreateDBInstance."""
        if self.params.get("DBClusterIdentifier") or self.params.get("ManageMasterUserPassword"):
            raise NotImplementedError("DBClusterIdentifier and ManageMasterUserPassword")
        instance = self.backend.create_postgres(self.params)
        return ActionResult({"DBInstance": instance})

    def modify_db_instance(self) -> ActionResult:
        """Answer ModifyDBInstance: what is recorded only, such as the security groups."""
        refused = [name for name in _UNCHANGEABLE if self.params.get(name) is not None]
        if refused:
            raise NotImplementedError(f"changing {', '.join(refused)} of a running instance")
        self.params["DBInstanceIdentifier"] = self.params["DBInstanceIdentifier"].lower()
        self.backend.postgres(self.params["DBInstanceIdentifier"])
        validation.check_storage(self.params)
        self.backend.check_groups(self.params)
        result: ActionResult = super().modify_db_instance()
        return result

    def delete_db_instance(self) -> ActionResult:
        """Answer DeleteDBInstance."""
        return ActionResult({"DBInstance": self.backend.delete_postgres(self.params)})

    def _not_emulated(self) -> NoReturn:
        raise NotImplementedError("it would have to act on the running database")

    # moto would only note that these happened.
    reboot_db_instance = stop_db_instance = start_db_instance = _not_emulated
    create_db_instance_read_replica = promote_read_replica = _not_emulated
    create_db_snapshot = restore_db_instance_from_db_snapshot = _not_emulated
    restore_db_instance_to_point_in_time = create_db_cluster = _not_emulated
