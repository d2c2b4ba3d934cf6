"""The application of Elastic Beanstalk, and its version."""

from __future__ import annotations

from typing import Any

from .account import Account
from .bundle import Bundle
from .ownership import tags, unless_made_for
from .step import Step, Tell
from .storage import Storage

_TIMEOUT = 300.0
_OURS = "multidocker-"


def bundle_keys(prefix: str) -> str:
    """Return what the keys of bundles begin with that were made here."""
    return f"{prefix}/{_OURS}"


class Application(Step):
    """The application: a name that versions and environments belong to."""

    def __init__(self, account: Account, name: str) -> None:
        self.title = f"application {name}"
        self.name = name
        self._account = account
        self._beanstalk = account.client("elasticbeanstalk")

    def is_there(self) -> bool:
        """Tell whether there is an application of that name."""
        return self._find() is not None

    def kept(self) -> str | None:
        """Return why it stays: the deploy has not made it, or others' things are in it."""
        if (found := self._find()) is None:
            return None
        if (why := unless_made_for(self.name, self.tags_of(found["ApplicationArn"]))) is not None:
            return why
        environments = self._beanstalk.describe_environments(
            ApplicationName=self.name, IncludeDeleted=False
        )["Environments"]
        others = [f"environment {environment['EnvironmentName']}" for environment in environments]
        versions = (version["VersionLabel"] for version in self.versions())
        others += [f"version {label}" for label in versions if not label.startswith(_OURS)]
        return f"it has {' and '.join(others)}" if others else None

    def deploy(self, tell: Tell) -> None:
        """Create the application."""
        if not self.is_there():
            self._beanstalk.create_application(ApplicationName=self.name, Tags=tags(self.name))
            tell("created")

    def destroy(self, tell: Tell) -> None:
        """Delete the application; its environments and versions have gone before."""
        if self.is_there():
            self._beanstalk.delete_application(ApplicationName=self.name)
            self._account.until_gone(self.name, self.is_there, timeout=_TIMEOUT)
            tell("deleted")

    def versions(self) -> list[dict[str, Any]]:
        """Return the versions of the application, as the API describes them."""
        if not self.is_there():
            return []
        found: list[dict[str, Any]] = self._beanstalk.describe_application_versions(
            ApplicationName=self.name
        )["ApplicationVersions"]
        return found

    def tags_of(self, arn: str) -> list[dict[str, str]]:
        """Return the tags of the application, or of what is in it."""
        found: list[dict[str, str]] = self._beanstalk.list_tags_for_resource(ResourceArn=arn)[
            "ResourceTags"
        ]
        return found

    def _find(self) -> dict[str, Any] | None:
        found = self._beanstalk.describe_applications(ApplicationNames=[self.name])
        return next(iter(found["Applications"]), None)


class Version(Step):
    """The application version that is made of the project as it stands."""

    def __init__(
        self,
        account: Account,
        application: Application,
        storage: Storage,
        bundle: Bundle,
        prefix: str,
    ) -> None:
        self.title = f"application version {bundle.label}"
        self.label = bundle.label
        self.needs: tuple[Step, ...] = (application, storage)
        self._account = account
        self._application = application
        self._storage = storage
        self._bundle = bundle
        self._prefix = prefix
        self._key = f"{prefix}/{bundle.label}.zip"
        self._beanstalk = account.client("elasticbeanstalk")

    def is_there(self) -> bool:
        """Tell whether the application has a version that was made here, of this project or not."""
        return bool(self._ours())

    def kept(self) -> str | None:
        """Return None: only versions that were made here count."""
        return None

    def deploy(self, tell: Tell) -> None:
        """Upload the bundle and create the version."""
        if self.label in self._ours():
            return
        self._storage.put(self._key, self._bundle.content)
        size = len(self._bundle.content)
        tell(f"uploaded {len(self._bundle.files)} files, {size} bytes")
        self._beanstalk.create_application_version(
            ApplicationName=self._application.name,
            VersionLabel=self.label,
            SourceBundle={"S3Bucket": self._storage.bucket, "S3Key": self._key},
            Process=False,
        )

    def destroy(self, tell: Tell) -> None:
        """Delete all versions that were made here, with their bundles."""
        for label in self._ours():
            self._beanstalk.delete_application_version(
                ApplicationName=self._application.name, VersionLabel=label, DeleteSourceBundle=True
            )
            tell(f"deleted {label}")
        # One that was uploaded and never became a version, because the run was interrupted.
        self._delete_uploads()

    def _delete_uploads(self) -> None:
        if self._storage.is_there():
            for key in self._storage.keys(bundle_keys(self._prefix)):
                self._storage.delete(key)

    def _ours(self) -> list[str]:
        labels = [version["VersionLabel"] for version in self._application.versions()]
        return [label for label in labels if label.startswith(_OURS)]
