"""Whose key a request is signed with."""

from __future__ import annotations

import pytest

from pytest_multidocker.aws.access.credentials import Signed, signed

KEY = "AKIAQWERTYUIOPASDFGH"
SCOPE = "20261127/us-east-1/s3/aws4_request"


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (
            {"Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/{SCOPE}, SignedHeaders=host"},
            "",
            Signed(KEY, in_header=True),
        ),
        ({"Authorization": f"AWS {KEY}:c2ln"}, "", Signed(KEY, in_header=False)),
        ({}, f"X-Amz-Credential={KEY}%2F{SCOPE}&x=1", Signed(KEY, in_header=False)),
        ({}, f"AWSAccessKeyId={KEY}&Signature=x", Signed(KEY, in_header=False)),
        ({}, "list-type=2", None),
        ({"Authorization": "Bearer x"}, "", None),
    ],
)
def test_the_places_of_a_signature(
    headers: dict[str, str], query: str, expected: Signed | None
) -> None:
    assert signed(headers, query) == expected


@pytest.mark.parametrize(
    ("key", "root"),
    [("test", True), ("multidocker-agent", True), (KEY, False), ("ASIAQWERTYUIOPASDFGH", False)],
)
def test_keys_that_do_not_look_like_those_of_aws_are_the_account_s_own(
    key: str, root: bool
) -> None:
    assert Signed(key, in_header=True).is_root is root
