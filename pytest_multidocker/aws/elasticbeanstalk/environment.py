"""What Elastic Beanstalk remembers of environments and their instances."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .health import PENDING, Deployment, Health, Operation
from .options import Configuration
from .platforms import PlatformVersion
from .records import Tags, now

if TYPE_CHECKING:
    from .release import Release

_WEB_TIER = {"Name": "WebServer", "Type": "Standard", "Version": "1.0"}


@dataclass
class Instance:
    """An EC2 instance of an environment, and the task on it.

    ``folder`` holds its files: what is ``/var/app`` and ``/var/log`` on the instance.
    """

    id: str
    type: str
    zone: str
    container_instance: str
    folder: Path
    launched: datetime = field(default_factory=now)
    task: str | None = None
    release: Release | None = None
    deployed_at: datetime | None = None
    failed: bool = False
    busy: str | None = None
    since: datetime = field(default_factory=now)
    took: float | None = None
    passes: bool | None = None
    culprit: str = ""
    target: tuple[str, int] | None = None
    health: Health = field(default_factory=lambda: Health(PENDING))

    @property
    def deployment(self) -> Deployment | None:
        """The deployment that has come to the instance, or was to."""
        return self.release.deployment if self.release is not None else None

    @property
    def is_busy(self) -> bool:
        """Whether something is being done on the instance."""
        return self.busy is not None and self.took is None

    @property
    def bundle(self) -> Path:
        """What ``/var/app/current`` is."""
        return self.folder / "app" / "current"

    @property
    def staging(self) -> Path:
        """What ``/var/app/staging`` is."""
        return self.folder / "app" / "staging"

    @property
    def logs(self) -> Path:
        """What ``/var/log`` is."""
        return self.folder / "log"

    def describe_deployment(self) -> dict[str, Any] | None:
        """Return the API's Deployment."""
        if self.deployment is None:
            return None
        ended = "Failed" if self.failed else "Deployed"
        return {
            "VersionLabel": self.deployment.label,
            "DeploymentId": self.deployment.number,
            "Status": "In Progress" if self.is_busy else ended,
            "DeploymentTime": self.deployed_at or self.since,
        }

    def begin(self, what: str) -> None:
        """Note that something begins to be done on the instance."""
        self.busy, self.since, self.took = what, now(), None

    def end(self) -> None:
        """Note that it is done."""
        if self.busy is not None:
            self.took = (now() - self.since).total_seconds()

    @property
    def operation(self) -> Operation | None:
        """What is being done on it, or has been."""
        return _operation(self.busy, self.since, self.took)


@dataclass
class Environment:
    """An environment; what changes, changes under ``lock``."""

    application: str
    name: str
    id: str
    arn: str
    cname: str
    platform: PlatformVersion
    configuration: Configuration
    version: str | None = None
    description: str = ""
    template: str | None = None
    operations_role: str | None = None
    tags: Tags = field(default_factory=dict)
    status: str = "Launching"
    health: Health = field(default_factory=lambda: Health(PENDING))
    endpoint: str | None = None
    balancer_name: str | None = None
    cluster: str | None = None
    cluster_arn: str | None = None
    definitions: tuple[str, ...] = ()
    security_group: tuple[str, str] | None = None
    """The id and the name of its own security group."""
    instances: tuple[Instance, ...] = ()
    expected: Deployment | None = None
    deployments: int = 0
    busy: str | None = "Initialization"
    since: datetime = field(default_factory=now)
    took: float | None = None
    abortable: bool = False
    infos: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    deployed_configuration: str = "deployed"
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def is_gone(self) -> bool:
        """Whether the environment has been terminated."""
        return self.status == "Terminated"

    def instance(self, instance_id: str) -> Instance:
        """Return the instance of that id."""
        return next(instance for instance in self.instances if instance.id == instance_id)

    def begin(self, what: str, status: str) -> None:
        """Note that an operation begins."""
        with self.lock:
            self.busy, self.since, self.took = what, now(), None
            self.status, self.updated = status, now()

    def end(self, status: str) -> None:
        """Note that the operation has ended."""
        with self.lock:
            self.took = (now() - self.since).total_seconds()
            self.status, self.updated, self.abortable = status, now(), False

    @property
    def operation(self) -> Operation | None:
        """What is being done, or has been."""
        return _operation(self.busy, self.since, self.took)

    def describe(self, region: str) -> dict[str, Any]:
        """Return the API's EnvironmentDescription."""
        with self.lock:
            described: dict[str, Any] = {
                "EnvironmentName": self.name,
                "EnvironmentId": self.id,
                "ApplicationName": self.application,
                "VersionLabel": self.version,
                "SolutionStackName": self.platform.stack,
                "PlatformArn": self.platform.arn(region),
                "TemplateName": self.template,
                "Description": self.description or None,
                "EndpointURL": self.endpoint,
                "CNAME": self.cname,
                "DateCreated": self.created,
                "DateUpdated": self.updated,
                "Status": self.status,
                "AbortableOperationInProgress": self.abortable,
                "Health": self.health.colour,
                "HealthStatus": self.health.status if self.configuration.is_enhanced else None,
                "Resources": self._resources(),
                "Tier": _WEB_TIER,
                "EnvironmentLinks": [],
                "EnvironmentArn": self.arn,
                "OperationsRole": self.operations_role,
            }
        return {name: value for name, value in described.items() if value is not None}

    def settings(self, region: str) -> dict[str, Any]:
        """Return the API's ConfigurationSettingsDescription."""
        with self.lock:
            return {
                "SolutionStackName": self.platform.stack,
                "PlatformArn": self.platform.arn(region),
                "ApplicationName": self.application,
                "Description": self.description,
                "EnvironmentName": self.name,
                "DeploymentStatus": self.deployed_configuration,
                "DateCreated": self.created,
                "DateUpdated": self.updated,
                "Tier": _WEB_TIER,
                "OptionSettings": self.configuration.describe(),
            }

    def _resources(self) -> dict[str, Any] | None:
        if self.balancer_name is None or self.endpoint is None:
            return None
        port = int(self.endpoint.rpartition(":")[2])
        listener = {"Protocol": "HTTP", "Port": port}
        return {
            "LoadBalancer": {
                "LoadBalancerName": self.balancer_name,
                "Domain": self.endpoint,
                "Listeners": [listener],
            }
        }


def _operation(busy: str | None, since: datetime, took: float | None) -> Operation | None:
    if busy is None:
        return None
    ago = (now() - since).total_seconds()
    return Operation(busy, ago if took is None else ago - took, took)
