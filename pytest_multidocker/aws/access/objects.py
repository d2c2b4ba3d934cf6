"""What a request to S3 needs leave for, where moto asks for less.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Need = tuple[str, str]
"""An action, such as ``s3:PutObject``, and the ARN that it is for."""

_REFUSED = "multidocker.refused"
"""Where the WSGI environment of a DeleteObjects has the ARNs of what may not be deleted."""
_NAMES = {"s3:HeadBucket": "s3:ListBucket"}
"""What moto calls otherwise than IAM."""


def switch_on() -> None:
    """Have DeleteObjects leave out what :func:`refuse` has named."""
    from flask import request
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    bucket: Any = FakeBucket
    of_policy = bucket.get_permission  # moto asks it for each object that it is to delete

    def get_permission(self: Any, action: str, resource: str) -> Any:
        if resource in request.environ.get(_REFUSED, ()):
            return PermissionResult.DENIED
        return of_policy(self, action, resource)

    bucket.get_permission = get_permission


def needs(response: Any, action: str, resource: str) -> Iterator[Need]:
    """Yield what has to be allowed for a request that moto takes for ``action``.

    ``response`` is moto's. Of a DeleteObjects, each object can be refused without the others:
    :func:`deletions` are what it needs.
    """
    action = _NAMES.get(action, action)
    source = response.headers.get("x-amz-copy-source")
    form = getattr(response, "form_data", None) or {}
    if response.method == "POST" and "key" in form and "/" not in resource:
        yield action, f"{resource}/{form['key']}"  # the form of a web page
        return
    yield action, resource
    if source is not None and action == "s3:PutObject":
        yield _read(source, resource)


def is_delete_objects(response: Any) -> bool:
    """Tell whether a request is a DeleteObjects of S3."""
    asked = (response.boto3_service_name, response.method, response.data.get("Action"))
    return asked == ("s3", "POST", "DeleteObject")  # for which moto takes it


def deletions(response: Any, bucket: str) -> Iterator[Need]:
    """Yield what a DeleteObjects needs, for one object after the other; ``bucket`` is its ARN."""
    import xmltodict  # as moto does: what is asked for is what it will delete

    found = xmltodict.parse(response.body, strip_whitespace=False)["Delete"].get("Object", [])
    for each in found if isinstance(found, list) else [found]:
        action = "s3:DeleteObjectVersion" if each.get("VersionId") else "s3:DeleteObject"
        yield action, f"{bucket}/{each['Key']}"


def refuse(needed: Iterable[Need]) -> None:
    """Have the answer to a DeleteObjects say AccessDenied of the objects that these are for."""
    from flask import request

    request.environ[_REFUSED] = {resource for _, resource in needed}


def _read(source: str, resource: str) -> Need:
    """Return what it needs to copy a source, as the header has it: ``/bucket/key?versionId=1``."""
    parts = urlsplit(source)
    action = "s3:GetObjectVersion" if "versionId" in parse_qs(parts.query) else "s3:GetObject"
    return action, f"{resource.rpartition(':')[0]}:{unquote(parts.path).lstrip('/')}"
