"""The bucket that source bundles lie in."""

from __future__ import annotations

import re

from .account import Account
from .ownership import WAS_THERE, tags, unless_made_for
from .step import Step, Tell

_OF_BEANSTALK = re.compile(r"elasticbeanstalk-[a-z0-9-]+-\d{12}")
_MARK = ".elasticbeanstalk"


def buckets(name: str | None) -> list[str | None]:
    """Return the buckets of a deploy: the named one, and Elastic Beanstalk's own (``None``)."""
    return [None] if name is None else [name, *([] if _OF_BEANSTALK.fullmatch(name) else [None])]


class Storage(Step):
    """The bucket: one that is named, or the one that Elastic Beanstalk keeps for an account.

    A destroy removes it only if the deploy has made it, or if it is Elastic Beanstalk's own, and
    never with anything of others in it. ``bundles`` is what the keys of our bundles begin with.
    """

    def __init__(self, account: Account, name: str | None, application: str, bundles: str) -> None:
        self.title = f"bucket {name or 'of Elastic Beanstalk'}"
        self._name = name
        self._application = application
        self._bundles = bundles
        self._account = account
        self._s3 = account.client("s3")

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        if self._name is None:
            account = self._account.client("sts").get_caller_identity()["Account"]
            self._name = f"elasticbeanstalk-{self._account.region}-{account}"
        return self._name

    def is_there(self) -> bool:
        """Tell whether there is a bucket of that name that is ours to use."""
        owned = self._s3.list_buckets()["Buckets"]
        return any(bucket["Name"] == self.bucket for bucket in owned)

    def kept(self) -> str | None:
        """Return why it stays: it was there before, or it holds what is not of the deploy."""
        if (why := self._unless_ours()) is not None:
            return why
        others = self._of_others()
        return f"it holds {len(others)} other objects, such as {others[0]}" if others else None

    def deploy(self, tell: Tell) -> None:
        """Create the bucket."""
        if self.is_there():
            return
        region = self._account.region
        where = {} if region == "us-east-1" else {"LocationConstraint": region}
        given = {"CreateBucketConfiguration": where} if where else {}
        self._s3.create_bucket(Bucket=self.bucket, **given)
        mark = {"TagSet": tags(self._application)}
        self._s3.put_bucket_tagging(Bucket=self.bucket, Tagging=mark)
        tell(f"created {self.bucket}")

    def destroy(self, tell: Tell) -> None:
        """Delete the bucket with what is of the application in it."""
        if not self.is_there():
            return
        self.leave()
        self.delete(_MARK)
        # Elastic Beanstalk forbids to delete its own bucket, until its policy is gone.
        self._s3.delete_bucket_policy(Bucket=self.bucket)
        self._s3.delete_bucket(Bucket=self.bucket)
        tell(f"deleted {self.bucket}")

    def leave(self) -> None:
        """Delete what is of the application in the bucket."""
        for key in self._of_application():
            self.delete(key)

    def put(self, key: str, content: bytes) -> None:
        """Store an object."""
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def delete(self, key: str) -> None:
        """Delete an object; it need not be there."""
        self._s3.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys of the objects with that prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def _unless_ours(self) -> str | None:
        if _OF_BEANSTALK.fullmatch(self.bucket):
            return None
        try:
            found = self._s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"]
        except self._s3.exceptions.ClientError:  # it has none, or may not be asked
            return WAS_THERE
        return unless_made_for(self._application, found)

    def _of_application(self) -> list[str]:
        """Return what Elastic Beanstalk has stored for the application and its environments."""
        beanstalk = self._account.client("elasticbeanstalk")
        found = beanstalk.describe_environments(
            ApplicationName=self._application, IncludeDeleted=True
        )["Environments"]
        ids = {environment["EnvironmentId"] for environment in found}
        return [
            *self.keys(f"resources/templates/{self._application}/"),
            *(k for k in self.keys("resources/environments/") if ids.intersection(k.split("/"))),
        ]

    def _of_others(self) -> list[str]:
        ours = {_MARK, *self._of_application()}
        return [k for k in self.keys() if k not in ours and not k.startswith(self._bundles)]
