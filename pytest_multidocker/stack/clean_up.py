"""Undoing things of which none may keep the others from being undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import StackError


def do_all(when: str, calls: Iterable[Callable[[], object]]) -> None:
    """Make all calls, whichever fail; raise :class:`StackError` with what went wrong if any did.

    ``when`` is as in ``at the end``.
    """
    errors = list(filter(None, map(_error_of, calls)))
    if errors:
        words = "\n".join(str(error) or repr(error) for error in errors)
        raise StackError(f"Not all could be cleaned up {when}: {words}") from errors[0]


def _error_of(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next call has to be made
        return error
    return None
