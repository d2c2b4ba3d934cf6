"""Whether an environment variable holds a secret in clear text."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"(?:^|_)(?:\w*PASSWORD|\w*PASSWD|PGPASS|PASS|PASSPHRASE|SECRET(?:_KEY)?(?:_BASE)?"
    r"|(?:API|ACCESS|PRIVATE|MASTER)_?KEY|(?:AUTH|API|ACCESS|BEARER|SECRET)_?TOKEN|CREDENTIALS?)$"
    r"|^TOKEN$",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"^(?:ALLOW|USE|ENABLE|DISABLE|REQUIRE|ENFORCE|HAS|IS|NO)_|(?:^|_)PUBLIC_", re.IGNORECASE
)
"""Names of switches, and of what every visitor's browser is given."""
_VALUES = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[0-9A-Za-z]{36}"
    r"|://[^/\s:@]+:[^/\s:@$<{]+@"
)
_REFERENCES = re.compile(
    r"^$|^\$|^<.*>$|^\{\{|^%|^arn:|^/|^(?:true|false|yes|no|on|off|[01]|none|null|changeme|\*+)$",
    re.IGNORECASE,
)


def is_secret(name: str, value: str) -> bool:
    """Return whether the value should not be read by all who can read the file."""
    if _VALUES.search(value):
        return True
    if _OPEN.search(name):
        return False
    return _NAMES.search(name) is not None and _REFERENCES.search(value) is None
