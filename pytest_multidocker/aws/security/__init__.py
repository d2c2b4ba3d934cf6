"""Security groups decide: a task whose instance no rule lets in finds its database timing out.

`groups` says who is let in, `door` keeps the others out of a database's container, `gatekeeper`
follows the emulator's events and has the doors opened and closed.
"""

from .gatekeeper import Gatekeeper

__all__ = ["Gatekeeper"]
