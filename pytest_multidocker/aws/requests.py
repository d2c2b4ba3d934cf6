"""Requests cut to what an operation of AWS knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def known_members(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request without the keys that the API does not have.

    Elastic Beanstalk passes a Dockerrun file on in the same way: what it does not know, it ignores.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    cleaned: dict[str, Any] = _known(shape, request)
    return cleaned


def _known(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            name: _known(shape.members[name], member)
            for name, member in value.items()
            if name in shape.members and member is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_known(shape.member, item) for item in value]
    return value
