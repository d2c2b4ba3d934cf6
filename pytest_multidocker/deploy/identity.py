"""Who may do what: the user that CI deploys with, and the roles of Elastic Beanstalk."""

from __future__ import annotations

import configparser
import contextlib
import json
from pathlib import Path
from typing import Any

from .account import Account
from .step import Step, Tell

USER_POLICIES = (
    "arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk",
    "arn:aws:iam::aws:policy/AmazonS3FullAccess",
)
"""What deploying takes: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/
AWSHowTo.iam.managed-policies.html"""

INSTANCE_POLICIES = (
    "arn:aws:iam::aws:policy/AWSElasticBeanstalkWebTier",
    "arn:aws:iam::aws:policy/AWSElasticBeanstalkWorkerTier",
    "arn:aws:iam::aws:policy/AWSElasticBeanstalkMulticontainerDocker",
)
"""What instances need: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/
iam-instanceprofile.html"""

SERVICE_POLICIES = (
    "arn:aws:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth",
    "arn:aws:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
)
"""What Elastic Beanstalk itself needs: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/
iam-servicerole.html"""


class DeployUser:
    """The user that deploys, with an access key that is written to a file and nowhere else."""

    needs: tuple[Step, ...] = ()

    def __init__(self, account: Account, name: str, credentials: Path) -> None:
        self.title = f"IAM user {name}"
        self._name = name
        self._credentials = credentials
        self._iam = account.client("iam")

    def exists(self) -> bool:
        """Tell whether there is a user of that name."""
        try:
            self._iam.get_user(UserName=self._name)
        except self._iam.exceptions.NoSuchEntityException:
            return False
        return True

    def deploy(self, tell: Tell) -> None:
        """Create the user with the policies and one access key, whose secret is in the file."""
        if not self.exists():
            self._iam.create_user(UserName=self._name)
            tell("created")
        for policy in USER_POLICIES:
            self._iam.attach_user_policy(UserName=self._name, PolicyArn=policy)
        if self._noted_key() not in self._keys():
            # AWS shows a secret once. A key whose secret is not in the file serves nobody.
            self._delete_keys()
            key = self._iam.create_access_key(UserName=self._name)["AccessKey"]
            self._note(key["AccessKeyId"], key["SecretAccessKey"])
            tell(f"access key {key['AccessKeyId']} is in {self._credentials}")

    def destroy(self, tell: Tell) -> None:
        """Delete the user, the keys and the file."""
        if self.exists():
            self._delete_keys()
            attached = self._iam.list_attached_user_policies(UserName=self._name)
            for policy in attached["AttachedPolicies"]:
                self._iam.detach_user_policy(UserName=self._name, PolicyArn=policy["PolicyArn"])
            self._iam.delete_user(UserName=self._name)
            tell("deleted")
        self._credentials.unlink(missing_ok=True)
        ignored = self._credentials.with_name(".gitignore")
        ignored.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is not there, or holds what is not ours
            ignored.parent.rmdir()

    def _keys(self) -> list[str]:
        listed = self._iam.list_access_keys(UserName=self._name)["AccessKeyMetadata"]
        return [key["AccessKeyId"] for key in listed]

    def _delete_keys(self) -> None:
        for key in self._keys():
            self._iam.delete_access_key(UserName=self._name, AccessKeyId=key)

    def _noted_key(self) -> str | None:
        noted = configparser.RawConfigParser()
        noted.read(self._credentials)
        return noted.get(self._name, "aws_access_key_id", fallback=None)

    def _note(self, key: str, secret: str) -> None:
        noted = configparser.RawConfigParser()
        noted[self._name] = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        self._credentials.parent.mkdir(parents=True, exist_ok=True)
        self._credentials.with_name(".gitignore").write_text("*\n", encoding="utf-8")
        self._credentials.touch(mode=0o600)
        with self._credentials.open("w", encoding="utf-8") as file:
            noted.write(file)


class Role:
    """A role that a service takes, with an instance profile of its name where EC2 takes it."""

    needs: tuple[Step, ...] = ()

    def __init__(
        self, account: Account, name: str, service: str, policies: tuple[str, ...]
    ) -> None:
        self.title = f"IAM role {name}"
        self.name = name
        self._service = service
        self._policies = policies
        self._has_profile = service == "ec2"
        self._iam = account.client("iam")

    def exists(self) -> bool:
        """Tell whether the role is there, or what is left of it."""
        profile = self._has_profile and self._profile() is not None
        return profile or self._role() is not None

    def deploy(self, tell: Tell) -> None:
        """Create the role with its policies, and its instance profile."""
        if self._role() is None:
            self._iam.create_role(
                RoleName=self.name, AssumeRolePolicyDocument=_trust(self._service)
            )
            tell("created")
        for policy in self._policies:
            self._iam.attach_role_policy(RoleName=self.name, PolicyArn=policy)
        if self._has_profile:
            if (profile := self._profile()) is None:
                made = self._iam.create_instance_profile(InstanceProfileName=self.name)
                profile = made["InstanceProfile"]
            if not profile["Roles"]:
                self._iam.add_role_to_instance_profile(
                    InstanceProfileName=self.name, RoleName=self.name
                )

    def destroy(self, tell: Tell) -> None:
        """Delete the instance profile and the role."""
        existed = self.exists()
        if self._has_profile and (profile := self._profile()) is not None:
            for role in profile["Roles"]:
                self._iam.remove_role_from_instance_profile(
                    InstanceProfileName=self.name, RoleName=role["RoleName"]
                )
            self._iam.delete_instance_profile(InstanceProfileName=self.name)
        if self._role() is not None:
            attached = self._iam.list_attached_role_policies(RoleName=self.name)
            for policy in attached["AttachedPolicies"]:
                self._iam.detach_role_policy(RoleName=self.name, PolicyArn=policy["PolicyArn"])
            self._iam.delete_role(RoleName=self.name)
        if existed:
            tell("deleted")

    def _role(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._iam.get_role(RoleName=self.name)["Role"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        return found

    def _profile(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._iam.get_instance_profile(InstanceProfileName=self.name)[
                "InstanceProfile"
            ]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        return found


def _trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
