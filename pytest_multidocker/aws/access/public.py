"""What S3 lets anybody do: what a bucket's policy or an access control list opens to all.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (which permission of
a list allows which actions) and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .policies import Decision, Document, decide, statements

_OF_BUCKETS = {
    "s3:ListBucket": "READ",
    "s3:ListBucketVersions": "READ",
    "s3:ListBucketMultipartUploads": "READ",
    "s3:PutObject": "WRITE",
    "s3:DeleteObject": "WRITE",
    "s3:GetBucketAcl": "READ_ACP",
    "s3:PutBucketAcl": "WRITE_ACP",
}
_OF_OBJECTS = {
    "s3:GetObject": "READ",
    "s3:GetObjectVersion": "READ",
    "s3:GetObjectAcl": "READ_ACP",
    "s3:PutObjectAcl": "WRITE_ACP",
}


def allows(s3: Any, action: str, resource: str) -> bool:
    """Tell whether anybody may do something with a bucket or object; ``s3`` is moto's backend."""
    bucket_name, _, key_name = resource.rpartition(":::")[2].partition("/")
    bucket = s3.buckets.get(bucket_name)
    if bucket is None:
        return False
    block = bucket.public_access_block
    decision = decide([_for_all(bucket.policy)], action, resource)
    if decision is Decision.DENIED:
        return False
    if decision is Decision.ALLOWED and not (block and block.restrict_public_buckets):
        return True
    return not (block and block.ignore_public_acls) and _listed(bucket, key_name, action)


def _for_all(policy: bytes | None) -> Document:
    """Return the part of a bucket's policy that is for anybody."""
    document = json.loads(policy) if policy else {}
    return {"Statement": [each for each in statements([document]) if "*" in _principals(each)]}


def _principals(statement: Document) -> Iterator[str]:
    found = statement.get("Principal", ())
    named = found.get("AWS", ()) if isinstance(found, dict) else found
    yield from [named] if isinstance(named, str) else named


def _listed(bucket: Any, key_name: str, action: str) -> bool:
    """Tell whether the access control list of the bucket, or of the object, is for anybody."""
    if action in _OF_BUCKETS:
        return _grants(bucket.acl, _OF_BUCKETS[action])
    key = bucket.keys.get(key_name)
    return key is not None and action in _OF_OBJECTS and _grants(key.acl, _OF_OBJECTS[action])


def _grants(acl: Any, permission: str) -> bool:
    from moto.s3.models import ALL_USERS_GRANTEE

    return acl is not None and any(
        ALL_USERS_GRANTEE in grant.grantees and {permission, "FULL_CONTROL"} & {*grant.permissions}
        for grant in acl.grants
    )
