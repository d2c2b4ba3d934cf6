"""Learns when a security group changes: moto's EC2 keeps the groups, and tells nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..emulator import Emulator

_CHANGES = (
    "authorize_security_group_ingress",
    "modify_security_group_rules",
    "revoke_security_group_ingress",
)
_ATTRIBUTE = "modify_instance_security_groups"


def announce_changes(emulator: Emulator, kind: str) -> None:
    """Have an event of that kind published after each change of a group or of its members."""
    from moto.ec2.models import EC2Backend

    for name in (*_CHANGES, _ATTRIBUTE):
        setattr(EC2Backend, name, _announced(getattr(EC2Backend, name), emulator, kind))


def _announced(method: Callable[..., Any], emulator: Emulator, kind: str) -> Callable[..., Any]:
    @wraps(method)
    def announced(*arguments: Any, **named: Any) -> Any:
        result = method(*arguments, **named)
        emulator.events.publish(kind)
        return result

    return announced
