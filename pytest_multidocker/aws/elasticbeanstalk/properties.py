"""Environment properties: which names they may have, and how large they may be together.

Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-softwaresettings.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9_.:/+\\@-]+")
_MOST = 4096
"""Bytes of all names and values together: CloudFormation has them in one parameter."""
_TOO_LARGE = (
    "Service:AmazonCloudFormation, Message:Template format error: Parameter 'EnvironmentVariables' "
    f"default value '[****]' length is greater than {_MOST}."
)


def wrong_name(name: str) -> str | None:
    """Return what is wrong with a property's name; ``None`` for a good one."""
    if _NAME.fullmatch(name):
        return None
    return "Names of environment properties have letters, digits and the symbols _ . : / + \\ - @"


def too_large(properties: Mapping[str, str]) -> str | None:
    """Return AWS's words for properties of too many bytes; ``None`` for others."""
    size = sum(len(f"{name}{value}".encode()) for name, value in properties.items())
    return _TOO_LARGE if size > _MOST else None
