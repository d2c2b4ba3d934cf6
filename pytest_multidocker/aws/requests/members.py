"""Requests fitted to an operation of AWS: cut to what it knows, and of the types that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...dockerrun._parse import boolean, integer, text

_READ: dict[str, Callable[[Any], Any]] = {
    "string": text,
    "integer": integer,
    "long": integer,
    "boolean": lambda value: boolean(value, default=False),
}


def known_members(client: Any, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request without the keys that the API does not have, scalars of the API's types.

    Elastic Beanstalk passes a Dockerrun file on in the same way: what it does not know, it ignores,
    and the text "80" is a number to it where one is asked for. What cannot be converted stays.
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
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {name: _known(shape.value, member) for name, member in value.items()}
    if shape.type_name in _READ and isinstance(value, str | int | float):
        read = _READ[shape.type_name](value)
        return value if read is None else read
    return value
