"""The application of Elastic Beanstalk, its version, and the bucket that the bundle lies in."""

from __future__ import annotations

from typing import Any

from .account import Account
from .bundle import Bundle
from .step import Step, Tell

_TIMEOUT = 300.0
_OURS = "multidocker-"


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


class Storage:
    """The bucket: one that is named, or the one that Elastic Beanstalk keeps for an account."""

    needs: tuple[Step, ...] = ()

    def __init__(self, account: Account, name: str | None) -> None:
        self.title = f"bucket {name or 'of Elastic Beanstalk'}"
        self._name = name
        self._account = account
        self._s3 = account.client("s3")

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        if self._name is None:
            account = self._account.client("sts").get_caller_identity()["Account"]
            self._name = f"elasticbeanstalk-{self._account.region}-{account}"
        return self._name

    def exists(self) -> bool:
        """Tell whether there is a bucket of that name that is ours to use."""
        owned = self._s3.list_buckets()["Buckets"]
        return any(bucket["Name"] == self.bucket for bucket in owned)

    def deploy(self, tell: Tell) -> None:
        """Create the bucket."""
        if self.exists():
            return
        region = self._account.region
        where = {} if region == "us-east-1" else {"LocationConstraint": region}
        given = {"CreateBucketConfiguration": where} if where else {}
        self._s3.create_bucket(Bucket=self.bucket, **given)
        tell(f"created {self.bucket}")

    def destroy(self, tell: Tell) -> None:
        """Delete the bucket, unless it holds what is not of Elastic Beanstalk and of us."""
        if not self.exists():
            return
        for key in [
            key for key in self._keys() if key.startswith((".elasticbeanstalk", "resources/"))
        ]:
            self._s3.delete_object(Bucket=self.bucket, Key=key)
        if others := self._keys():
            tell(f"kept: it holds {len(others)} other objects, such as {others[0]}")
            return
        # Elastic Beanstalk forbids to delete its own bucket, until its policy is gone.
        self._s3.delete_bucket_policy(Bucket=self.bucket)
        self._s3.delete_bucket(Bucket=self.bucket)
        tell(f"deleted {self.bucket}")

    def put(self, key: str, content: bytes) -> None:
        """Store an object."""
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def _keys(self) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


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
        if not self._storage.exists():
            return
        s3 = self._account.client("s3")
        prefix = f"{self._key.rpartition('/')[0]}/{_OURS}"
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._storage.bucket, Prefix=prefix
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                s3.delete_object(Bucket=self._storage.bucket, Key=entry["Key"])

    def _ours(self) -> list[str]:
        if not self._application.exists():
            return []
        found: list[dict[str, Any]] = self._beanstalk.describe_application_versions(
            ApplicationName=self._application.name
        )["ApplicationVersions"]
        labels = [version["VersionLabel"] for version in found]
        return [label for label in labels if label.startswith(_OURS)]
