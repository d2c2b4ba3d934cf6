"""What the Elastic Beanstalk API remembers and decides, in the place of moto's records."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from moto.core.resource_tagging import TaggedResource
from moto.elasticbeanstalk.models import EBBackend

from ..errors import AwsError, invalid_combination, invalid_value
from . import messages, platforms
from .records import Application, Version, now
from .release import Refused, download, folder_name, unpack

if TYPE_CHECKING:
    from ..emulator import Emulator
    from .platforms import PlatformVersion
    from .region import Region
    from .service import ElasticBeanstalkService


class ApplicationsBackend(EBBackend):
    """The applications of one account and region, with their versions."""

    emulator: Emulator
    service: ElasticBeanstalkService

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.applications: dict[str, Application] = {}  # type: ignore[assignment]  # not moto's
        self.region: Region = self.service.region(region_name, account_id)

    # --- applications ---------------------------------------------------------------------------

    def application(self, name: str) -> Application:
        """Return the application of that name; raises InvalidParameterValue."""
        if name not in self.applications:
            raise invalid_value(f"No Application named '{name}' found.")
        return self.applications[name]

    def make_application(self, request: Mapping[str, Any]) -> Application:
        """Create an application."""
        name = request["ApplicationName"]
        with self.lock:
            if name in self.applications:
                raise invalid_value(f"Application {name} already exists.")
            application = Application(
                name,
                self.arn("application", name),
                request.get("Description") or "",
                request.get("ResourceLifecycleConfig") or {},
                tags_of(request.get("Tags")),
            )
            self.applications[name] = application
        return application

    def update_application(self, request: Mapping[str, Any]) -> Application:
        """Change an application's description."""
        application = self.application(request["ApplicationName"])
        if request.get("Description") is not None:
            application.description = request["Description"]
        application.updated = now()
        return application

    # --- versions -------------------------------------------------------------------------------

    def version(self, application: str, label: str) -> Version:
        """Return an application version; raises InvalidParameterValue."""
        versions = self.application(application).versions
        if label not in versions:
            raise invalid_value(f"No Application Version named '{label}' found.")
        return versions[label]

    def make_version(self, request: Mapping[str, Any], request_id: str) -> Version:
        """Create an application version of a bundle in S3."""
        name, label = request["ApplicationName"], request["VersionLabel"]
        bundle = request.get("SourceBundle") or {}
        if request.get("SourceBuildInformation") or request.get("BuildConfiguration"):
            raise NotImplementedError("versions that are built with CodeBuild or CodeCommit")
        if not bundle:
            raise invalid_combination(
                f"multidocker has no sample application for version {label}: give it a source "
                "bundle."
            )
        if not bundle.get("S3Bucket") or not bundle.get("S3Key"):
            raise invalid_combination(
                "Both S3 bucket and key must be specified for an Application Version source."
            )
        if name not in self.applications and request.get("AutoCreateApplication"):
            self.make_application({"ApplicationName": name})
        application = self.application(name)
        missing = self.region.cloud.has_object(bundle["S3Bucket"], bundle["S3Key"])
        if missing is not None:
            raise invalid_value(
                messages.not_downloaded(bundle["S3Bucket"], bundle["S3Key"], missing)
            )
        version = Version(
            name,
            label,
            self.arn("applicationversion", f"{name}/{label}"),
            bundle["S3Bucket"],
            bundle["S3Key"],
            request.get("Description") or "",
            tags=tags_of(request.get("Tags")),
        )
        with self.lock:
            if label in application.versions:
                raise invalid_value(f"Application Version {label} already exists.")
            application.versions[label] = version
        if request.get("Process"):
            version.status = "Processing"
            self.service.later(lambda: self._process(version, request_id))
        return version

    def _process(self, version: Version, request_id: str) -> None:
        """Look at the version's configuration files, and tell what is wrong with them."""

        def tell(message: str, severity: str) -> None:
            self.region.journal.write(
                message,
                severity,
                version.application,
                version=version.label,
                request_id=request_id,
            )

        folder = self.region.folder("processed") / folder_name(version)
        try:
            unpack(download(self.region.cloud, version, folder), version.label, folder)
        except Refused as refusal:
            for message in refusal.errors:
                tell(message, "ERROR")
            version.status = "Failed"
            tell(messages.processed(version.label, "FAILED"), "ERROR")
        else:
            version.status = "Processed"
            tell(messages.processed(version.label, "PROCESSED"), "INFO")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def select_versions(self, request: Mapping[str, Any]) -> list[Version]:
        """Return the versions that DescribeApplicationVersions asks for, the newest first."""
        name, labels = request.get("ApplicationName"), request.get("VersionLabels") or []
        with self.lock:
            found = [
                version
                for application in self.applications.values()
                for version in application.versions.values()
                if name in {None, application.name} and (not labels or version.label in labels)
            ]
        return sorted(found, key=lambda version: version.created, reverse=True)

    def update_version(self, request: Mapping[str, Any]) -> Version:
        """Change a version's description."""
        version = self.version(request["ApplicationName"], request["VersionLabel"])
        if request.get("Description") is not None:
            version.description = request["Description"]
        version.updated = now()
        return version

    # --- what they share ------------------------------------------------------------------------

    def platform(self, request: Mapping[str, Any]) -> PlatformVersion | None:
        """Return the platform that a request names, ``None`` where it names none."""
        stack, arn = request.get("SolutionStackName"), request.get("PlatformArn")
        if stack:
            found = platforms.by_stack(stack)
            if found is None:
                raise invalid_value(f"No Solution Stack named '{stack}' found.")
            return found
        if arn:
            found = platforms.by_arn(arn)
            if found is None:
                raise invalid_value(f"No Platform named '{arn}' found.")
            return found
        return None

    def arn(self, kind: str, path: str) -> str:
        """Return the ARN of a resource."""
        place = f"arn:{self.partition}:elasticbeanstalk:{self.region_name}:{self.account_id}"
        return f"{place}:{kind}/{path}"

    def tagged(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the ARN and the tags of everything that has tags."""
        for application in list(self.applications.values()):
            yield application.arn, application.tags
            for version in list(application.versions.values()):
                yield version.arn, version.tags
            for template in list(application.templates.values()):
                yield template.arn, template.tags

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a resource, to be read and changed; raises ResourceNotFound."""
        for known, tags in self.tagged():
            if known == arn:
                return tags
        raise AwsError("ResourceNotFoundException", f"Resource not found for ARN '{arn}'.")

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield what the Resource Groups Tagging API shows."""
        for arn, tags in self.tagged():
            kind = arn.split(":")[5].partition("/")[0]
            yield TaggedResource(arn=arn, tags=dict(tags), resource_type=f"elasticbeanstalk:{kind}")


def tags_of(entries: Any) -> dict[str, str]:
    """Return the tags of a request; raises InvalidParameterValue for one without a key."""
    tags = {entry.get("Key"): entry.get("Value") or "" for entry in entries or ()}
    if None in tags:
        raise invalid_value("A tag must have a key.")
    return tags
