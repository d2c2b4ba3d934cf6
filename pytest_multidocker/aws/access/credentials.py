"""Whose access key a request is signed with.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html for the two places of a
signature, and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html for what
keys look like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
_VERSION_2 = re.compile(r"AWS ([^:\s]+):")
_NO_FORM: Mapping[str, str] = {}
_OF_AWS = re.compile(r"A[KS]IA[A-Z0-9]{12,}")


@dataclass(frozen=True)
class Signed:
    """The id of an access key; ``in_header`` is whether the signature can be checked."""

    key: str
    in_header: bool

    @property
    def is_root(self) -> bool:
        """Whether it is the account's own: one that does not look like a key of AWS, as ``test``.

        So that an account without users can be worked on at all.
        """
        return _OF_AWS.fullmatch(self.key) is None


def signed(
    headers: Mapping[str, str], query: str, form: Mapping[str, str] = _NO_FORM
) -> Signed | None:
    """Return what a request is signed with; ``None`` for one that is not signed.

    ``form`` are the fields of a web page's form, with which it may upload an object to S3
    (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).
    """
    header = headers.get("Authorization", "")
    if found := _CREDENTIAL.search(header):
        return Signed(found[1], in_header=True)
    if found := _VERSION_2.match(header):
        return Signed(found[1], in_header=False)
    given = {name: values[0] for name, values in parse_qs(query).items()} | dict(form)
    for name in ("X-Amz-Credential", "x-amz-credential", "AWSAccessKeyId"):
        if name in given:
            return Signed(given[name].partition("/")[0], in_header=False)
    return None
