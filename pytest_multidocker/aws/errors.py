"""Errors that our backends answer with, in the form that each service's protocol has for them."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An AWS error with its code, such as `InvalidParameterValue`, and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def invalid_value(message: str) -> AwsError:
    """Return the error for one parameter's value."""
    return AwsError("InvalidParameterValue", message)


def invalid_combination(message: str) -> AwsError:
    """Return the error for parameters that do not go together, or one that is missing."""
    return AwsError("InvalidParameterCombination", message)
