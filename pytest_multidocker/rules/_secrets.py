"""Whether an environment variable holds a secret in clear text."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"(?:^|_)(?:\w*PASSWORD|PASSWD|PASSPHRASE|SECRET(?:_KEY)?(?:_BASE)?|(?:API|ACCESS|PRIVATE)_?KEY"
    r"|(?:AUTH|API|ACCESS|BEARER)_?TOKEN|CREDENTIALS?)$",
    re.IGNORECASE,
)
_VALUES = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[0-9A-Za-z]{36}"
    r"|://[^/\s:@]+:[^/\s:@$<{]+@"
)
_REFERENCES = re.compile(
    r"^$|^\$|^<.*>$|^\{\{|^%|^arn:|^/|^(?:true|false|none|null|changeme|\*+)$", re.IGNORECASE
)


def is_secret(name: str, value: str) -> bool:
    """Return whether the value should not be read by all who can read the file."""
    if _VALUES.search(value):
        return True
    return _NAMES.search(name) is not None and _REFERENCES.search(value) is None
