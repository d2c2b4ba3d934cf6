"""What Elastic Beanstalk remembers: applications, their versions and saved configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .option_table import Name
from .options import Configuration
from .platforms import PlatformVersion

if TYPE_CHECKING:
    pass

Tags = dict[str, str]


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(timezone.utc)


@dataclass
class Version:
    """An application version: a label on a source bundle in S3."""

    application: str
    label: str
    arn: str
    bucket: str
    key: str
    description: str = ""
    status: str = "Unprocessed"
    tags: Tags = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)

    def describe(self) -> dict[str, Any]:
        """Return the API's ApplicationVersionDescription."""
        return {
            "ApplicationVersionArn": self.arn,
            "ApplicationName": self.application,
            "Description": self.description,
            "VersionLabel": self.label,
            "SourceBundle": {"S3Bucket": self.bucket, "S3Key": self.key},
            "DateCreated": self.created,
            "DateUpdated": self.updated,
            "Status": self.status,
        }


@dataclass
class Template:
    """A saved configuration."""

    application: str
    name: str
    arn: str
    platform: PlatformVersion | None
    settings: dict[Name, str]
    description: str = ""
    tags: Tags = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)

    def describe(self, region: str, *, with_settings: bool = False) -> dict[str, Any]:
        """Return the API's ConfigurationSettingsDescription."""
        described: dict[str, Any] = {
            "ApplicationName": self.application,
            "TemplateName": self.name,
            "Description": self.description,
            "DateCreated": self.created,
            "DateUpdated": self.updated,
        }
        if self.platform is not None:
            described["SolutionStackName"] = self.platform.stack
            described["PlatformArn"] = self.platform.arn(region)
        if with_settings:
            settings = Configuration(direct=self.settings)
            described["OptionSettings"] = settings.describe()
        return described


@dataclass
class Application:
    """An application."""

    name: str
    arn: str
    description: str = ""
    lifecycle: Mapping[str, Any] = field(default_factory=dict)
    tags: Tags = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)

    def describe(self) -> dict[str, Any]:
        """Return the API's ApplicationDescription."""
        return {
            "ApplicationArn": self.arn,
            "ApplicationName": self.name,
            "Description": self.description,
            "DateCreated": self.created,
            "DateUpdated": self.updated,
            "Versions": list(reversed(self.versions)),
            "ConfigurationTemplates": list(self.templates),
            "ResourceLifecycleConfig": self.lifecycle or None,
        }
