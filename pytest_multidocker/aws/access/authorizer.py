"""Asks IAM before every operation, in the place of moto's own check.

moto finds a key's owner and checks the signature; its evaluation of policies knows no resources but
those of S3, and takes every condition for a denial.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException

from ..failures import serialized
from .credentials import signed
from .policies import UNKNOWN, Decision, decide, refusal
from .refusals import Why, answer

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = "multidocker.body"
"""Where the WSGI environment has the body as it was sent."""
_ALWAYS_ALLOWED = "sts:GetCallerIdentity"  # whatever a policy says


def switch_on() -> None:
    """Have every request to moto's server asked for, those to our services too."""
    from moto.core.authorization import ActionAuthenticatorMixin

    mixin: Any = ActionAuthenticatorMixin
    mixin._authenticate_and_authorize_action = _authorize


class Refused(HTTPException):
    """A request that is not allowed, with the answer in its service's protocol."""

    def __init__(self, response: Any, why: Why, words: str = "") -> None:
        from moto.core.utils import get_service_model

        model = get_service_model(response.boto3_service_name)
        said = answer(model.resolved_protocol, why, words)
        self.code = said.status
        _, self._headers, body = serialized(model.service_name, said.code, said.message)
        super().__init__(body)
        # moto takes status and body of an HTTPException, and the headers of its own response.
        response.response_headers.update(self._headers)

    def get_body(self, *_: Any) -> str:
        """Return the body as it is: it is no text for a page."""
        return self.description or ""

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        """Return the headers that go with the body."""
        return list(self._headers.items())


def _authorize(response: Any, request_class: Callable[..., Any], resource: str = UNKNOWN) -> None:
    """Raise :class:`Refused` for a request that is not allowed; ``response`` is moto's."""
    from moto.iam.access_control import CreateAccessKeyFailure, create_access_key
    from moto.utilities.utils import get_partition

    service = response.boto3_service_name
    found = signed(response.headers, urlsplit(response.uri).query)
    if found is None:
        if service == "s3":  # its objects and buckets may be public, of which moto knows
            return
        raise Refused(response, Why.UNSIGNED)
    if found.is_root:
        return
    try:
        key = create_access_key(
            response.current_account, get_partition(response.region), found.key, response.headers
        )
    except CreateAccessKeyFailure:
        raise Refused(response, Why.UNKNOWN_KEY) from None
    if found.in_header and not _is_signed_with_secret(response, request_class):
        raise Refused(response, Why.WRONG_SECRET)
    actions = _actions(response, service)
    for action in actions:
        decision = decide(_documents(key.collect_policies()), action, resource)
        if decision is not Decision.ALLOWED and action != _ALWAYS_ALLOWED:
            words = refusal(key.arn, action, resource, decision)
            raise Refused(response, Why.NOT_ALLOWED, words)


def _actions(response: Any, service: str) -> list[str]:
    """Return what a request does, such as ``s3:PutObject``; S3's may need more than one leave."""
    found = response._get_action()
    return [f"{service}:{name}" for name in (found if isinstance(found, list) else [found])]


def _is_signed_with_secret(response: Any, request_class: Callable[..., Any]) -> bool:
    from flask import request as asked
    from moto.core.exceptions import ServiceException

    request = request_class(
        account_id=response.current_account,
        method=response.method,
        path=asked.environ["RAW_URI"],  # as it was sent: moto tidies up its own copies
        data={},
        body=asked.environ[BODY],
        headers=response.headers,
        action="",
    )
    try:
        request.check_signature()
    except (HTTPException, ServiceException):
        return False
    return True


def _documents(policies: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of policies as moto has them: managed, inline of a user, of a role."""
    for policy in policies:
        if isinstance(policy, str):
            text = policy
        elif isinstance(policy, Mapping):
            text = policy["policy_document"]
        else:
            text = next(version.document for version in policy.versions if version.is_default)
        yield json.loads(text)
