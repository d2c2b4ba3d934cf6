"""From a project to the steps of its deploy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..project.deployment import Deployment
from ..project.settings import Settings
from .account import Account
from .application import Application, Version, bundle_keys
from .bundle import Bundle
from .databases import Database, RdsInstance, redis
from .environment import Environment, EnvironmentPlan, Parts
from .identity import INSTANCE_POLICIES, SERVICE_POLICIES, DeployUser, Role
from .network import SecurityGroup
from .step import Step
from .storage import Storage, buckets

CREDENTIALS = Path(".multidocker", "credentials")
"""Where it is written for a user, below the project's folder."""


@dataclass(frozen=True)
class Plan:
    """All steps of a project's deploy; the environment is the last."""

    account: Account
    steps: Sequence[Step]
    environment: Environment


def make_plan(
    account: Account,
    bundle: Bundle,
    settings: Settings,
    deployment: Deployment,
    credentials: Path | None,
) -> Plan:
    """Return the steps that deploy a project's bundle. Nothing is asked of AWS yet.

    ``credentials`` is where the deploying user's access key is written; without it there is no
    such user, as the project is deployed by one.
    """
    group, databases = _databases(account, settings, deployment)
    name = deployment.application
    application = Application(account, name)
    keys = bundle_keys(deployment.bucket_path)
    storages = [Storage(account, bucket, name, keys) for bucket in buckets(deployment.bucket)]
    parts = Parts(
        application=application,
        storages=storages,
        version=Version(account, application, storages[0], bundle, deployment.bucket_path),
        group=group,
        databases=databases,
        instance_role=Role(account, f"{name}-ec2-role", "ec2", INSTANCE_POLICIES, name),
        service_role=Role(
            account, f"{name}-service-role", "elasticbeanstalk", SERVICE_POLICIES, name
        ),
    )
    plan = EnvironmentPlan(
        name=deployment.environment,
        platform=deployment.platform,
        instance_type=settings.instance_type,
        instances=deployment.instances,
        policy=deployment.policy,
        properties=settings.environment,
    )
    environment = Environment(account, plan, parts)
    users = [DeployUser(account, deployment.user, credentials, name)] if credentials else []
    return Plan(account, [*parts.steps, *users, environment], environment)


def _databases(
    account: Account, settings: Settings, deployment: Deployment
) -> tuple[SecurityGroup | None, list[Database]]:
    """Return the declared databases and the group that lets their ports be reached, if any."""
    ports = [rds.port for rds in settings.rds.values()]
    ports += [cache.port for cache in settings.elasticache.values()]
    if not ports:
        return None, []
    name = deployment.application
    open_ports = deployment.security_group_ports or (min(ports), max(ports))
    group = SecurityGroup(account, deployment.security_group, open_ports, name)
    found: list[Database] = [
        RdsInstance(account, group, rds, name) for rds in settings.rds.values()
    ]
    found += [redis(account, group, cache, name) for cache in settings.elasticache.values()]
    return group, found
