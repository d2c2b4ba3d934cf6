"""Asks IAM before every operation, in the place of moto's own check.

moto finds a key's owner and checks the signature; its evaluation of policies knows no resources but
those of S3, and takes every condition for a denial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException

from ..failures import serialized
from . import objects
from .callers import Anybody, Caller, Holder, is_active
from .credentials import signed
from .policies import UNKNOWN
from .refusals import Why, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BODY = "multidocker.body"
"""Where the WSGI environment has the body as it was sent."""


def switch_on() -> None:
    """Have every request to moto's server asked for, those to our services too."""
    from moto.core.authorization import ActionAuthenticatorMixin

    mixin: Any = ActionAuthenticatorMixin
    mixin._authenticate_and_authorize_action = _authorize
    objects.switch_on()


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
    if response.method == "OPTIONS":  # a browser's question whether it may ask: never signed
        return
    caller = _caller(response, request_class)
    if caller is None:
        return
    if objects.is_delete_objects(response):
        needed = objects.deletions(response, resource)
        objects.refuse(need for need in needed if caller.refusal(*need) is not None)
        return
    for need in _needs(response, resource):
        words = caller.refusal(*need)
        if words is not None:
            raise Refused(response, caller.why, words)


def _caller(response: Any, request_class: Callable[..., Any]) -> Caller | None:
    """Return who has sent a request, ``None`` for the account itself; raises :class:`Refused`."""
    from moto.iam.access_control import CreateAccessKeyFailure, create_access_key
    from moto.utilities.utils import get_partition

    form = getattr(response, "form_data", None) or {}
    found = signed(response.headers, urlsplit(response.uri).query, form)
    if found is None:
        if response.boto3_service_name == "s3":
            return Anybody(response.backend)
        raise Refused(response, Why.UNSIGNED)
    if found.is_root:
        return None
    try:
        key = create_access_key(
            response.current_account, get_partition(response.region), found.key, response.headers
        )
    except CreateAccessKeyFailure:
        raise Refused(response, Why.UNKNOWN_KEY) from None
    if not is_active(key):
        raise Refused(response, Why.UNKNOWN_KEY)
    if found.in_header and not _is_signed_with_secret(response, request_class):
        raise Refused(response, Why.WRONG_SECRET)
    return Holder(key)


def _needs(response: Any, resource: str) -> Iterator[tuple[str, str]]:
    """Yield what has to be allowed: actions such as ``s3:PutObject``, and what each is for."""
    service = response.boto3_service_name
    found = response._get_action()
    for name in found if isinstance(found, list) else [found]:
        action = f"{service}:{name}"
        if service == "s3":
            yield from objects.needs(response, action, resource)
        else:
            yield action, resource


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
