"""Reads what clients have sent: parameters of the query protocol, or JSON.

moto's parsers read them, and take whatever Python's conversions take: the text "80" for a number in
JSON, anything for a boolean. AWS does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS, QueryParser

_SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a String"),
    "blob": ((str,), "a ByteBuffer"),
    "boolean": ((bool,), "an Boolean"),
    "integer": ((int,), "an Integer"),
    "long": ((int,), "a Long"),
    "float": ((int, float), "a Float"),
    "double": ((int, float), "a Double"),
    "timestamp": ((int, float), "milliseconds since epoch"),
}
_BOOLEANS = ("true", "false")


class Malformed(Exception):  # noqa: N818 - says what is the case
    """A request cannot be read; the text says why."""


def parse(operation: Any, protocol: str, request: Any, map_type: type) -> Any:
    """Return the parameters of a request; ``request`` is what moto's parsers take.

    Raises :class:`Malformed` where they are not of the types of the operation's model.
    """
    shape = operation.input_shape
    if shape is None:
        return map_type()
    if protocol == "json":
        for mismatch in _mismatches(shape, _decoded(request["body"])):
            raise Malformed(mismatch)
    kind = _Query if protocol == "query" else PROTOCOL_PARSERS[protocol]
    return kind(operation, map_type=map_type).parse(request)


class _Query(QueryParser):
    """Says which parameter is wrong, and takes nothing but ``true`` and ``false`` for a boolean."""

    def _parse_shape(self, shape: Any, node: Any, prefix: str = "") -> Any:
        try:
            return super()._parse_shape(shape, node, prefix)  # type: ignore[no-untyped-call]
        except ValueError as error:
            what = f"{prefix}: {node.get(prefix)!r} is not of the type {shape.type_name}"
            raise Malformed(what) from error

    def _parse_boolean(self, shape: Any, query_params: Any, prefix: str = "") -> Any:
        if str(query_params.get(prefix, "true")).lower() not in _BOOLEANS:
            raise ValueError
        return super()._parse_boolean(shape, query_params, prefix)  # type: ignore[no-untyped-call]


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise Malformed(f"The body is no JSON: {error}") from error


def _mismatches(shape: Any, value: Any) -> Iterator[str]:
    """Yield what is not of its type, in the words of AWS's JSON parser.

    Source: those that clients of AWS have reported, such as "STRING_VALUE can not be converted to
    an Integer"; which type was asked for is not always said.
    """
    if value is None:  # as if it were not there
        return
    if shape.type_name in _SCALARS:
        yield from _scalar_mismatches(shape.type_name, value)
    elif not isinstance(value, list if shape.type_name == "list" else Mapping):
        yield _unexpected(value)
    elif isinstance(value, list):
        for entry in value:
            yield from _mismatches(shape.member, entry)
    else:
        for name, member in value.items():
            known = shape.value if shape.type_name == "map" else shape.members.get(name)
            if known is not None:
                yield from _mismatches(known, member)


def _scalar_mismatches(type_name: str, value: Any) -> Iterator[str]:
    types, name = _SCALARS[type_name]
    if isinstance(value, list | Mapping):
        yield _unexpected(value)
    elif not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        yield f"{_token(value)} can not be converted to {name}"


def _unexpected(value: Any) -> str:
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, Mapping):
        return "Start of structure or map found where not expected"
    return f"Unexpected token {_token(value)}"


def _token(value: Any) -> str:
    """Return the name of a value's kind, as AWS's JSON parser calls it."""
    if isinstance(value, bool):
        return f"{value}_VALUE".upper()
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"
