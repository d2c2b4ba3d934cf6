"""Who may do what: the user that CI deploys with, and the roles of Elastic Beanstalk."""

from __future__ import annotations

import configparser
import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .account import Account
from .ownership import tags, unless_made_for
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


class DeployUser(Step):
    """The user that deploys, with an access key that is written to a file and nowhere else."""

    def __init__(self, account: Account, name: str, credentials: Path, application: str) -> None:
        self.title = f"IAM user {name}"
        self._name = name
        self._credentials = credentials
        self._application = application
        self._iam = account.client("iam")

    def is_there(self) -> bool:
        """Tell whether there is a user of that name."""
        return self._find() is not None

    def kept(self) -> str | None:
        """Return why the user stays, if the deploy has not made one."""
        return unless_made_for(self._application, (self._find() or {}).get("Tags", ()))

    def deploy(self, tell: Tell) -> None:
        """Create the user with the policies and one access key, whose secret is in the file.

        One that was there before gets the key only: what it may do is its owner's affair.
        """
        if not self.is_there():
            self._iam.create_user(UserName=self._name, Tags=tags(self._application))
            tell("created")
        is_ours = self.kept() is None
        for policy in USER_POLICIES if is_ours else ():
            self._iam.attach_user_policy(UserName=self._name, PolicyArn=policy)
        if self._noted_key() not in self._keys():
            if is_ours:
                # AWS shows a secret once. A key whose secret is not in the file serves nobody.
                self._delete_keys(self._keys())
            key = self._iam.create_access_key(UserName=self._name)["AccessKey"]
            self._note(key["AccessKeyId"], key["SecretAccessKey"])
            tell(f"access key {key['AccessKeyId']} is in {self._credentials}")

    def destroy(self, tell: Tell) -> None:
        """Delete the user, the keys and the file."""
        if self.is_there():
            self._delete_keys(self._keys())
            attached = self._iam.list_attached_user_policies(UserName=self._name)
            for policy in attached["AttachedPolicies"]:
                self._iam.detach_user_policy(UserName=self._name, PolicyArn=policy["PolicyArn"])
            self._iam.delete_user(UserName=self._name)
            tell("deleted")
        self._forget()

    def leave(self) -> None:
        """Delete the key that was made, and the file."""
        self._delete_keys([key for key in self._keys() if key == self._noted_key()])
        self._forget()

    def _find(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._iam.get_user(UserName=self._name)["User"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        return found

    def _forget(self) -> None:
        self._credentials.unlink(missing_ok=True)
        ignored = self._credentials.with_name(".gitignore")
        ignored.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is not there, or holds what is not ours
            ignored.parent.rmdir()

    def _keys(self) -> list[str]:
        listed = self._iam.list_access_keys(UserName=self._name)["AccessKeyMetadata"]
        return [key["AccessKeyId"] for key in listed]

    def _delete_keys(self, keys: Iterable[str]) -> None:
        for key in keys:
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


class Role(Step):
    """A role that a service takes, with an instance profile of its name where EC2 takes it."""

    def __init__(
        self,
        account: Account,
        name: str,
        service: str,
        policies: tuple[str, ...],
        application: str,
    ) -> None:
        self.title = f"IAM role {name}"
        self.name = name
        self._service = service
        self._policies = policies
        self._application = application
        self._has_profile = service == "ec2"
        self._iam = account.client("iam")

    def is_there(self) -> bool:
        """Tell whether the role is there, or what is left of it."""
        return self._role() is not None or self._profile() is not None

    def kept(self) -> str | None:
        """Return why the role stays, if the deploy has not made it."""
        found = self._role() or self._profile() or {}
        return unless_made_for(self._application, found.get("Tags", ()))

    def deploy(self, tell: Tell) -> None:
        """Create the role with its policies, and its instance profile.

        One that was there before keeps the policies that it has.
        """
        if self._role() is None:
            self._iam.create_role(
                RoleName=self.name,
                AssumeRolePolicyDocument=_trust(self._service),
                Tags=tags(self._application),
            )
            tell("created")
        for policy in self._policies if self.kept() is None else ():
            self._iam.attach_role_policy(RoleName=self.name, PolicyArn=policy)
        if self._has_profile:
            if (profile := self._profile()) is None:
                made = self._iam.create_instance_profile(
                    InstanceProfileName=self.name, Tags=tags(self._application)
                )
                profile = made["InstanceProfile"]
            if not profile["Roles"]:
                self._iam.add_role_to_instance_profile(
                    InstanceProfileName=self.name, RoleName=self.name
                )

    def destroy(self, tell: Tell) -> None:
        """Delete the instance profile and the role."""
        if not self.is_there():
            return
        self.leave()
        if self._role() is not None:
            attached = self._iam.list_attached_role_policies(RoleName=self.name)
            for policy in attached["AttachedPolicies"]:
                self._iam.detach_role_policy(RoleName=self.name, PolicyArn=policy["PolicyArn"])
            self._iam.delete_role(RoleName=self.name)
        tell("deleted")

    def leave(self) -> None:
        """Delete the instance profile, if the deploy has made it."""
        profile = self._profile()
        if profile is None or unless_made_for(self._application, profile.get("Tags", ())):
            return
        for role in profile["Roles"]:
            self._iam.remove_role_from_instance_profile(
                InstanceProfileName=self.name, RoleName=role["RoleName"]
            )
        self._iam.delete_instance_profile(InstanceProfileName=self.name)

    def _role(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._iam.get_role(RoleName=self.name)["Role"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        return found

    def _profile(self) -> dict[str, Any] | None:
        if not self._has_profile:
            return None
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
