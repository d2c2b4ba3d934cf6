"""The other services of AWS, as Elastic Beanstalk uses them: through their APIs."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..requests.members import known_members

if TYPE_CHECKING:
    from ..emulator import Emulator

_IMAGE = "ami-0c0de0000000ec501"
"""Stands for the platform's image; nothing is on an EC2 instance here."""
_NOT_THERE = {"NoSuchBucket", "NoSuchKey"}
_PRESIGNED = 15 * 60  # seconds for which the address of a log is good


class CloudError(Exception):
    """A service has refused a call: its code and its message."""

    def __init__(self, service: str, code: str, message: str) -> None:
        super().__init__(f"{service} {code}: {message}")
        self.service = service
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Machine:
    """An EC2 instance that has been launched."""

    id: str
    type: str
    zone: str
    launched: datetime


class Cloud:
    """EC2, ECS and S3 in one region, at the emulator's own endpoint."""

    def __init__(self, emulator: Emulator, region: str, account: str) -> None:
        self._emulator = emulator
        self._region = region
        self._account = account
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    # --- S3 -------------------------------------------------------------------------------------

    @property
    def bucket(self) -> str:
        """The name of Elastic Beanstalk's bucket in the region."""
        return f"elasticbeanstalk-{self._region}-{self._account}"

    def ensure_bucket(self) -> str:
        """Create Elastic Beanstalk's bucket unless it is there; return its name."""
        options: dict[str, Any] = {}
        if self._region != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": self._region}
        try:
            self._call("s3", "create_bucket", Bucket=self.bucket, **options)
        except CloudError as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise
        return self.bucket

    def has_object(self, bucket: str, key: str) -> str | None:
        """Return why there is no such object, ``None`` if there is."""
        try:
            self._call("s3", "head_object", Bucket=bucket, Key=key)
        except CloudError as error:
            return error.message
        return None

    def download(self, bucket: str, key: str, path: Path) -> None:
        """Write an object into a file; raises :class:`CloudError`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        body = self._call("s3", "get_object", Bucket=bucket, Key=key)["Body"]
        with path.open("wb") as file:
            for chunk in body.iter_chunks():
                file.write(chunk)

    def delete_object(self, bucket: str, key: str) -> None:
        """Delete an object."""
        self._call("s3", "delete_object", Bucket=bucket, Key=key)

    def publish(self, key: str, content: bytes) -> str:
        """Put an object into Elastic Beanstalk's bucket; return an address to read it at."""
        bucket = self.ensure_bucket()
        self._call("s3", "put_object", Bucket=bucket, Key=key, Body=content)
        address: str = self._client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=_PRESIGNED
        )
        return address

    def read(self, key: str) -> bytes | None:
        """Return an object of Elastic Beanstalk's bucket, ``None`` where there is none."""
        try:
            answer = self._call("s3", "get_object", Bucket=self.bucket, Key=key)
        except CloudError as error:
            if error.code in _NOT_THERE:
                return None
            raise
        content: bytes = answer["Body"].read()
        return content

    def names(self, folder: str) -> set[str]:
        """Return the names of the objects in a folder of Elastic Beanstalk's bucket."""
        try:
            found = self._call("s3", "list_objects_v2", Bucket=self.bucket, Prefix=folder)
        except CloudError as error:
            if error.code in _NOT_THERE:
                return set()
            raise
        return {entry["Key"].removeprefix(folder) for entry in found.get("Contents", ())} - {""}

    # --- EC2 ------------------------------------------------------------------------------------

    def create_security_group(self, name: str, port: int) -> str:
        """Create a security group that lets everybody in at a port; return its id."""
        created = self._call(
            "ec2", "create_security_group", GroupName=name, Description="Elastic Beanstalk"
        )
        group: str = created["GroupId"]
        self._call(
            "ec2",
            "authorize_security_group_ingress",
            GroupId=group,
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            CidrIp="0.0.0.0/0",
        )
        return group

    def delete_security_group(self, group: str) -> None:
        """Delete a security group."""
        self._call("ec2", "delete_security_group", GroupId=group)

    def security_group_ids(self, groups: Sequence[str]) -> list[str]:
        """Return the ids of groups that are given by names or ids.

        Raises :class:`CloudError` with EC2's words for the first one that is not there.
        """
        return [self._security_group_id(group) for group in groups]

    def _security_group_id(self, group: str) -> str:
        name = "group-id" if group.startswith("sg-") else "group-name"
        wanted = [{"Name": name, "Values": [group]}]
        found = self._call("ec2", "describe_security_groups", Filters=wanted)["SecurityGroups"]
        if not found:
            text = f"The security group '{group}' does not exist"
            raise CloudError("ec2", "InvalidGroup.NotFound", text)
        group_id: str = found[0]["GroupId"]
        return group_id

    def launch(
        self, kind: str, image: str, groups: Sequence[str], tags: Mapping[str, str]
    ) -> Machine:
        """Launch an EC2 instance with security groups, given by ids, and tags."""
        answer = self._call(
            "ec2",
            "run_instances",
            ImageId=image or _IMAGE,
            InstanceType=kind,
            MinCount=1,
            MaxCount=1,
            SecurityGroupIds=list(groups),
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": name, "Value": value} for name, value in tags.items()],
                }
            ],
        )
        (made,) = answer["Instances"]
        zone = made["Placement"]["AvailabilityZone"]
        return Machine(made["InstanceId"], kind, zone, made["LaunchTime"])

    def terminate(self, instance: str) -> None:
        """Terminate an EC2 instance."""
        self._call("ec2", "terminate_instances", InstanceIds=[instance])

    # --- ECS ------------------------------------------------------------------------------------

    def create_cluster(self, name: str) -> str:
        """Create a cluster; return its ARN."""
        arn: str = self._call("ecs", "create_cluster", clusterName=name)["cluster"]["clusterArn"]
        return arn

    def delete_cluster(self, name: str) -> None:
        """Delete a cluster that has neither tasks nor instances."""
        self._call("ecs", "delete_cluster", cluster=name)

    def register_instance(self, cluster: str, machine: Machine) -> str:
        """Register an EC2 instance with a cluster, as its agent does; return the ARN."""
        document = {"instanceId": machine.id, "instanceType": machine.type}
        answer = self._call(
            "ecs",
            "register_container_instance",
            cluster=cluster,
            instanceIdentityDocument=json.dumps(document),
        )
        arn: str = answer["containerInstance"]["containerInstanceArn"]
        return arn

    def deregister_instance(self, cluster: str, arn: str) -> None:
        """Take a container instance out of its cluster."""
        self._call(
            "ecs",
            "deregister_container_instance",
            cluster=cluster,
            containerInstance=arn,
            force=True,
        )

    def register_definition(self, request: Mapping[str, Any]) -> str:
        """Register a task definition, without what ECS does not know of; return its ARN."""
        known = known_members(self._client("ecs"), "RegisterTaskDefinition", request)
        answer = self._call("ecs", "register_task_definition", **known)
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    def deregister_definition(self, arn: str) -> None:
        """Take a task definition out of use."""
        self._call("ecs", "deregister_task_definition", taskDefinition=arn)

    def start_task(self, cluster: str, definition: str, instance: str) -> dict[str, Any]:
        """Start a task on a container instance; return ``tasks`` and ``failures`` of ECS."""
        answer = self._call(
            "ecs",
            "start_task",
            cluster=cluster,
            taskDefinition=definition,
            containerInstances=[instance],
        )
        return {"failures": answer["failures"], "tasks": answer["tasks"]}

    def stop_task(self, cluster: str, arn: str) -> None:
        """Ask for a task to be stopped."""
        self._call("ecs", "stop_task", cluster=cluster, task=arn)

    def _call(self, service: str, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client(service), operation)(**arguments)
        except ClientError as error:
            answer = error.response["Error"]
            code, message = answer.get("Code", ""), answer.get("Message", "")
            raise CloudError(service, code, message) from error
        except BotoCoreError as error:
            raise CloudError(service, type(error).__name__, str(error)) from error

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        from ...emulator_session import EmulatorSession

        with self._lock:
            if service not in self._clients:
                session = EmulatorSession(
                    self._emulator.endpoint_url, self._region, "multidocker-beanstalk"
                )
                client = session.client(service, config=Config(retries={"total_max_attempts": 1}))
                client.meta.events.register("before-sign", self._as_account)
                self._clients[service] = client
            return self._clients[service]

    def _as_account(self, request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = self._account
