"""The security group that lets an environment's instances reach its databases."""

from __future__ import annotations

from typing import Any

from ..errors import DeployError
from .account import Account
from .ownership import tags, unless_made_for
from .step import Step, Tell

_TIMEOUT = 120.0


class SecurityGroup(Step):
    """A group whose members reach each other on the databases' ports."""

    def __init__(
        self, account: Account, name: str, ports: tuple[int, int], application: str
    ) -> None:
        self.title = f"security group {name}"
        self._name = name
        self._ports = ports
        self._application = application
        self._account = account

    @property
    def id(self) -> str:
        """The group's id; raises ``LookupError`` before there is one."""
        if (group := self._find()) is None:
            raise LookupError(self._name)
        return str(group["GroupId"])

    def is_there(self) -> bool:
        """Tell whether there is a group of that name in the default VPC."""
        return self._find() is not None

    def kept(self) -> str | None:
        """Return why it stays, if the deploy has not made it."""
        return unless_made_for(self._application, (self._find() or {}).get("Tags", ()))

    def deploy(self, tell: Tell) -> None:
        """Create the group, and let its members in on the ports."""
        ec2 = self._account.client("ec2")
        if (group := self._find()) is None:
            given = {"VpcId": vpc} if (vpc := _default_vpc(self._account)) else {}
            made = ec2.create_security_group(
                GroupName=self._name,
                Description="the databases of an environment",
                TagSpecifications=[
                    {"ResourceType": "security-group", "Tags": tags(self._application)}
                ],
                **given,
            )
            tell(f"created {made['GroupId']}")
            group = self._find() or made
        if not self._lets_in(group):
            low, high = self._ports
            pair = [{"GroupId": group["GroupId"]}]
            ec2.authorize_security_group_ingress(
                GroupId=group["GroupId"],
                IpPermissions=[
                    {
                        "IpProtocol": "tcp",
                        "FromPort": low,
                        "ToPort": high,
                        "UserIdGroupPairs": pair,
                    }
                ],
            )
            tell(f"lets its members in on ports {low}-{high}")

    def destroy(self, tell: Tell) -> None:
        """Delete the group, as soon as nothing uses it any more."""
        if self.is_there():
            what = f"{self._name} should have been free to be deleted"
            self._account.until(what, self._delete, timeout=_TIMEOUT)
            tell("deleted")

    def _delete(self) -> bool | None:
        ec2 = self._account.client("ec2")
        if (group := self._find()) is None:
            return True
        try:
            ec2.delete_security_group(GroupId=group["GroupId"])
        except ec2.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "DependencyViolation":
                raise
            return None  # what used it is not quite gone
        return True

    def _find(self) -> dict[str, Any] | None:
        return _find(self._account, self._name)

    def _lets_in(self, group: dict[str, Any]) -> bool:
        return any(
            (rule.get("FromPort"), rule.get("ToPort")) == self._ports
            and any(pair["GroupId"] == group["GroupId"] for pair in rule["UserIdGroupPairs"])
            for rule in group.get("IpPermissions", ())
        )


def group_id(account: Account, name: str) -> str:
    """Return the id of a group of the default VPC that is named, or is given by its id.

    Raises :class:`DeployError` where there is none of that name.
    """
    if name.startswith("sg-"):
        return name
    if (group := _find(account, name)) is None:
        raise DeployError(f"there is no security group '{name}'. Create it, or name another one.")
    return str(group["GroupId"])


def _find(account: Account, name: str) -> dict[str, Any] | None:
    filters = [{"Name": "group-name", "Values": [name]}]
    if vpc := _default_vpc(account):
        filters.append({"Name": "vpc-id", "Values": [vpc]})
    groups = account.client("ec2").describe_security_groups(Filters=filters)
    return next(iter(groups["SecurityGroups"]), None)


def _default_vpc(account: Account) -> str | None:
    filters = [{"Name": "is-default", "Values": ["true"]}]
    vpcs = account.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return vpcs[0]["VpcId"] if vpcs else None
