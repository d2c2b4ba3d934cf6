"""The application of Elastic Beanstalk, and its version."""

from __future__ import annotations

from typing import Any

from .account import Account
from .bundle import Bundle
from .step import Step, Tell
from .storage import Storage

_TIMEOUT = 300.0
_OURS = "multidocker-"


def bundle_keys(prefix: str) -> str:
    """Return what the keys of bundles begin with that were made here."""
    return f"{prefix}/{_OURS}"


class Application:
    """The application: a name that versions and environments belong to."""

    needs: tuple[Step, ...] = ()

    def __init__(self, account: Account, name: str) -> None:
        self.title = f"application {name}"
        self.name = name
        self._account = account
        self._beanstalk = account.client("elasticbeanstalk")

    def exists(self) -> bool:
        """Tell whether there is an application of that name."""
        found = self._beanstalk.describe_applications(ApplicationNames=[self.name])
        return bool(found["Applications"])

    def deploy(self, tell: Tell) -> None:
        """Create the application."""
        if not self.exists():
            self._beanstalk.create_application(ApplicationName=self.name)
            tell("created")

    def destroy(self, tell: Tell) -> None:
        """Delete the application; its environments and versions have gone before."""
        if self.exists():
            self._beanstalk.delete_application(ApplicationName=self.name)
            what = f"{self.name} should have gone"
            self._account.until(what, lambda: None if self.exists() else True, timeout=_TIMEOUT)
            tell("deleted")


class Version:
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

    def exists(self) -> bool:
        """Tell whether the application has a version that was made here, of this project or not."""
        return bool(self._ours())

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
        if not self._application.exists():
            return []
        found: list[dict[str, Any]] = self._beanstalk.describe_application_versions(
            ApplicationName=self._application.name
        )["ApplicationVersions"]
        labels = [version["VersionLabel"] for version in found]
        return [label for label in labels if label.startswith(_OURS)]
