"""How each service of AWS says that a request is refused: code, HTTP status and words. Pure.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the services' own
lists (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Why(Enum):
    """Why a request is refused."""

    UNSIGNED = "nobody has signed it"
    UNKNOWN_KEY = "the access key is nobody's"
    WRONG_SECRET = "the signature is not that of the key's secret"  # noqa: S105
    NOT_ALLOWED = "no policy allows it"


@dataclass(frozen=True)
class Refusal:
    """What a service answers."""

    code: str
    status: int
    message: str


_INVALID = "The security token included in the request is invalid."
_MISSING = "Request is missing Authentication Token"
_NOT_VALIDATED = "AWS was not able to validate the provided access credentials"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)
_MISMATCH_S3 = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "key and signing method."
)
_ANSWERS: dict[str, dict[Why, Refusal]] = {
    "query": {
        Why.UNSIGNED: Refusal("MissingAuthenticationToken", 403, _MISSING),
        Why.UNKNOWN_KEY: Refusal("InvalidClientTokenId", 403, _INVALID),
        Why.WRONG_SECRET: Refusal("SignatureDoesNotMatch", 403, _MISMATCH),
        Why.NOT_ALLOWED: Refusal("AccessDenied", 403, "{}"),
    },
    "json": {
        Why.UNSIGNED: Refusal("MissingAuthenticationTokenException", 400, _MISSING),
        Why.UNKNOWN_KEY: Refusal("UnrecognizedClientException", 400, _INVALID),
        Why.WRONG_SECRET: Refusal("InvalidSignatureException", 400, _MISMATCH),
        Why.NOT_ALLOWED: Refusal("AccessDeniedException", 400, "{}"),
    },
    "ec2": {
        Why.UNSIGNED: Refusal("AuthFailure", 401, _NOT_VALIDATED),
        Why.UNKNOWN_KEY: Refusal("AuthFailure", 401, _NOT_VALIDATED),
        Why.WRONG_SECRET: Refusal("AuthFailure", 401, _NOT_VALIDATED),
        Why.NOT_ALLOWED: Refusal(
            "UnauthorizedOperation", 403, "You are not authorized to perform this operation. {}"
        ),
    },
    "rest-xml": {
        Why.UNSIGNED: Refusal("AccessDenied", 403, "Access Denied"),
        Why.UNKNOWN_KEY: Refusal(
            "InvalidAccessKeyId",
            403,
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Why.WRONG_SECRET: Refusal("SignatureDoesNotMatch", 403, _MISMATCH_S3),
        Why.NOT_ALLOWED: Refusal("AccessDenied", 403, "{}"),
    },
}
_LIKE = {"rest-json": "json", "smithy-rpc-v2-cbor": "json"}


def answer(protocol: str, why: Why, words: str = "") -> Refusal:
    """Return what a service of that protocol answers; ``words`` are whose request was for what."""
    kind = _LIKE.get(protocol, protocol)
    found = _ANSWERS.get(kind, _ANSWERS["query"])[why]
    return Refusal(found.code, found.status, found.message.format(words))
