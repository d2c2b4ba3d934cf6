"""What a project is called on AWS: its settings before its CI file before what can be derived."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .ci import deploys

if TYPE_CHECKING:
    from .settings import DeploySettings

DEFAULT_REGION = "us-east-1"
DEFAULT_PLATFORM = "Amazon Linux 2023"
POLICIES = ("AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable")
"""https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rolling-version-deploy.html"""


@dataclass(frozen=True)
class Deployment:
    """The names under which a project is deployed, and how many instances it gets."""

    application: str
    environment: str
    region: str
    bucket: str | None
    """``None`` is the one that Elastic Beanstalk keeps for the account."""
    bucket_path: str
    security_group: str
    security_group_ports: tuple[int, int] | None
    """``None`` is from the lowest to the highest port of the databases."""
    user: str
    platform: str
    instances: int
    policy: str


def deployment(folder: Path, settings: DeploySettings) -> Deployment:
    """Return what a project is called on AWS.

    An option of the CI file that is a variable is as good as none: its value is not in the file.
    """
    said = _ci_options(folder)
    application = settings.application or said.get("application") or _name(folder)
    return Deployment(
        application=application,
        environment=settings.environment or said.get("environment") or f"{application}-env",
        region=settings.region or said.get("region") or DEFAULT_REGION,
        bucket=settings.bucket or said.get("bucket"),
        bucket_path=settings.bucket_path or said.get("bucket_path") or application,
        security_group=settings.security_group or application,
        security_group_ports=settings.security_group_ports,
        user=settings.user or f"{application}-deployer",
        platform=settings.platform,
        instances=settings.instances,
        policy=settings.policy,
    )


_OPTIONS = {
    "app": "application",
    "application_name": "application",
    "application-name": "application",
    "env": "environment",
    "environment_name": "environment",
    "environment-name": "environment",
    "region": "region",
    "aws-region": "region",
    "bucket_name": "bucket",
    "bucket": "bucket",
    "existing_bucket_name": "bucket",
    "s3-bucket-name": "bucket",
    "bucket_path": "bucket_path",
}


def _ci_options(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for deploy in deploys(folder)[:1]:
        for option, value in deploy.options.items():
            if option in _OPTIONS and value.text and "$" not in value.text:
                found.setdefault(_OPTIONS[option], value.text)
    return found


def _name(folder: Path) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "app"
