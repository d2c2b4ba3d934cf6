"""Where a CI file gives passwords to ``docker login``, and what AWS clients take as keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .docker_shim import parse_login

AWS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""The variables in which the AWS clients look for a key."""

_LOGIN = re.compile(r"docker\s+login\b(?P<words>[^|;&\n]*)")
_PIPED = re.compile(
    r"(?:echo|printf)\s+(?:-n\s+|%s\s+|[\"']%s[\"']\s+)?(?P<text>[^|;&\n]+)\|\s*docker\s+login\b"
)
_VARIABLE = re.compile(r"\$\{?(\w+)")


def login_passwords(scripts: Iterable[str]) -> Iterator[str]:
    """Yield what stands as a password in the ``docker login`` commands of shell scripts.

    That is a text, or the name of a variable with a ``$`` before it.
    """
    for script in scripts:
        joined = script.replace("\\\n", " ")
        for found in _LOGIN.finditer(joined):
            yield from _plain(parse_login(found["words"].split(), "").password)
        for found in _PIPED.finditer(joined):
            yield from _plain(found["text"])


def variable(password: str) -> str | None:
    """Return the name of the variable that a password stands in, if it does."""
    found = _VARIABLE.match(password)
    return found[1] if found else None


def _plain(text: str) -> Iterator[str]:
    text = text.strip().strip("\"'")
    if text and not text.startswith(("$(", "`", "${{")):
        yield text
