"""What policies allow, and in which words the rest is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.access.policies import UNKNOWN, Decision, decide, refusal

BUCKET = "arn:aws:s3:::bundles"
OBJECT = f"{BUCKET}/v1.zip"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statement", "action", "resource", "allowed"),
    [
        (allow("s3:PutObject"), "s3:PutObject", OBJECT, True),
        (allow("s3:putobject"), "s3:PutObject", OBJECT, True),
        (allow("s3:PutObject"), "s3:PutObjectAcl", OBJECT, False),
        (allow("s3:Put*"), "s3:PutObjectAcl", OBJECT, True),
        (allow("s3:?utObject"), "s3:PutObject", OBJECT, True),
        (allow("*"), "elasticbeanstalk:CreateApplication", UNKNOWN, True),
        (allow(["ec2:*", "s3:*"]), "s3:PutObject", OBJECT, True),
        (allow("s3:*", f"{BUCKET}/*"), "s3:PutObject", OBJECT, True),
        (allow("s3:*", f"{BUCKET}/*"), "s3:ListBucket", BUCKET, False),
        (allow("s3:*", [BUCKET, f"{BUCKET}/*"]), "s3:ListBucket", BUCKET, True),
        (allow("s3:*", BUCKET.upper()), "s3:ListBucket", BUCKET, False),
        (allow("ecs:*", "arn:aws:ecs:*:*:task/*"), "ecs:StopTask", UNKNOWN, True),
        (allow("s3.PutObject"), "s3:PutObject", OBJECT, False),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            "s3:PutObject",
            OBJECT,
            True,
        ),
        (
            {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
            "s3:PutObject",
            OBJECT,
            False,
        ),
        (
            {"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/*"},
            "s3:PutObject",
            OBJECT,
            False,
        ),
        (allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}), "s3:X", BUCKET, True),
    ],
)
def test_one_statement(
    statement: dict[str, Any], action: str, resource: str, allowed: bool
) -> None:
    expected = Decision.ALLOWED if allowed else Decision.NOT_ALLOWED
    assert decide([policy(statement)], action, resource) is expected


def test_nothing_allows_nothing() -> None:
    assert decide([], "s3:PutObject") is Decision.NOT_ALLOWED


def test_a_statement_need_not_stand_in_a_list() -> None:
    lone = {"Version": "2012-10-17", "Statement": allow("s3:*")}
    assert decide([lone], "s3:PutObject") is Decision.ALLOWED


@pytest.mark.parametrize("first", [True, False])
def test_a_deny_beats_an_allow_wherever_it_stands(first: bool) -> None:
    policies = [policy(allow("*")), policy(deny("s3:Delete*"))]
    found = decide(policies if first else policies[::-1], "s3:DeleteObject", OBJECT)
    assert found is Decision.DENIED


@pytest.mark.parametrize(
    ("statement", "resource", "denied"),
    [
        (deny("s3:*", f"{BUCKET}/*"), OBJECT, True),
        (deny("s3:*", "arn:aws:s3:::others/*"), OBJECT, False),
        (deny("s3:*", f"{BUCKET}/*"), UNKNOWN, False),
        (deny("s3:*", ["*"]), UNKNOWN, True),
        (deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}), OBJECT, False),
    ],
)
def test_what_is_not_known_denies_nothing(
    statement: dict[str, Any], resource: str, denied: bool
) -> None:
    found = decide([policy(allow("*"), statement)], "s3:PutObject", resource)
    assert found is (Decision.DENIED if denied else Decision.ALLOWED)


def test_the_words_of_a_refusal() -> None:
    who = "arn:aws:iam::123456789012:user/bob"
    assert refusal(who, "s3:PutObject", OBJECT, Decision.DENIED) == (
        f"User: {who} is not authorized to perform: s3:PutObject on resource: {OBJECT} with an "
        "explicit deny in an identity-based policy"
    )
    assert refusal(who, "ecs:StopTask", UNKNOWN, Decision.NOT_ALLOWED) == (
        f"User: {who} is not authorized to perform: ecs:StopTask because no identity-based policy "
        "allows the ecs:StopTask action"
    )
