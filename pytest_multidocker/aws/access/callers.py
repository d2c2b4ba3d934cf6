"""Who asks, and what they may: the holder of an access key, and anybody.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from . import public
from .policies import Decision, Document, decide, refusal
from .refusals import Why

_ALWAYS_ALLOWED = "sts:GetCallerIdentity"  # whatever a policy says


class Caller(Protocol):
    """Who has sent a request; ``why`` is what is told to one that may not."""

    why: Why

    def refusal(self, action: str, resource: str) -> str | None:
        """Return AWS's words for what is not allowed, ``None`` for what is.

        ``action`` is one such as ``s3:PutObject``, and ``resource`` the ARN that it is for.
        """


class Holder:
    """The user or the role whose access key a request is signed with; ``key`` is moto's."""

    why = Why.NOT_ALLOWED

    def __init__(self, key: Any) -> None:
        self._arn: str = key.arn
        self._policies = list(_documents(key.collect_policies()))
        self._session = _session_policy(key)

    def refusal(self, action: str, resource: str) -> str | None:
        """Return why IAM refuses this: what a role may, its session's policy has to allow too."""
        if action == _ALWAYS_ALLOWED:
            return None
        kinds = [("identity-based", self._policies)]
        if self._session is not None:
            kinds.append(("session", [self._session]))
        for kind, policies in kinds:
            decision = decide(policies, action, resource)
            if decision is not Decision.ALLOWED:
                return refusal(self._arn, action, resource, decision, kind)
        return None


class Anybody:
    """One who has signed nothing; ``s3`` is moto's backend."""

    why = Why.UNSIGNED

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def refusal(self, action: str, resource: str) -> str | None:
        """Return why S3 refuses this: only what its buckets' owners have made public is free."""
        return None if public.allows(self._s3, action, resource) else ""


def is_active(key: Any) -> bool:
    """Tell whether a key of moto's may be used: a user's can be switched off."""
    users = key.backend.users.values()
    held = [each for user in users for each in user.access_keys]
    return all(each.status == "Active" for each in held if each.access_key_id == _id(key))


def _id(key: Any) -> str:
    return str(key.create_credentials().access_key)


def _documents(policies: Iterable[Any]) -> Iterator[Document]:
    """Yield the documents of policies as moto has them: managed, inline of a user, of a role."""
    for policy in policies:
        if isinstance(policy, str):
            text = policy
        elif isinstance(policy, dict):
            text = policy["policy_document"]
        else:
            text = next(version.document for version in policy.versions if version.is_default)
        yield json.loads(text)


def _session_policy(key: Any) -> Document | None:
    """Return the parameter Policy of the AssumeRole that a key comes from."""
    from moto.sts.models import sts_backends

    for role in sts_backends[key.account_id][key.partition].assumed_roles:
        if role.access_key_id == _id(key) and role.policy:
            found: Document = json.loads(role.policy)
            return found
    return None
