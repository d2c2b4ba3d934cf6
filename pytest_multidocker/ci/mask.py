"""Keeps secrets out of what is shown: a build's output, its commands and its errors.

Source: ``SecretMasker`` and ``ValueEncoders`` of https://github.com/actions/runner for the forms in
which a value is looked for, and https://docs.travis-ci.com/user/best-practices-security for the
length from which on it is.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

STARS = "***"
"""What stands in place of a secret."""

SHORTEST = 4
"""Characters. What is shorter stands in many a harmless word, and is shown."""


class Mask:
    """Puts ``***`` where a secret would stand, in whatever form a command may print it."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*values)

    def add(self, *values: str) -> None:
        """Hide these values from now on, one of several lines also line by line."""
        found = {form for value in values for form in _forms(value)} - self._forms
        if found:
            self._forms |= found
            # The longest first: a secret may be the beginning of another.
            forms = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, forms)))

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        return self._pattern.sub(STARS, text) if self._pattern else text


def _forms(value: str) -> Iterator[str]:
    """Yield how a value may be printed: as it is, quoted by a shell or by JSON, encoded."""
    if len(value.strip()) < SHORTEST:
        return
    lines = [line.strip() for line in value.splitlines()]
    for plain in {value, value.strip(), *(line for line in lines if len(line) >= SHORTEST)}:
        yield plain
        yield plain.replace("'", r"'\''")  # what `set -x` of bash makes of it,
        yield plain.replace("\\", r"\\").replace("'", r"\'")  # also beside a line's end: $'…'
        yield json.dumps(plain)[1:-1]
        yield json.dumps(plain, ensure_ascii=False)[1:-1]
        for encoded in (quote, quote_plus):  # a path and a form have blanks of their own
            yield encoded(plain, safe="", errors="surrogateescape")
        yield from _in_base64(plain.encode(errors="surrogateescape"))


def _in_base64(value: bytes) -> Iterator[str]:
    """Yield what of a value is the same in every Base64 text that has it, at each of three offsets.

    What comes before it, as the user's name in ``user:password``, decides on the offset; the
    characters at both ends depend on what stands there.
    """
    for offset in range(3):
        rest = value[-offset % 3 :] if offset else value
        whole = rest[: len(rest) // 3 * 3]
        if len(whole) >= SHORTEST:
            yield base64.b64encode(whole).decode()
