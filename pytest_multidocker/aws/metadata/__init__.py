"""The task metadata endpoint: what the ECS agent tells the containers of a task about themselves.

``endpoint`` listens and tells containers where, ``app`` has the paths, ``view`` what is known,
``shapes`` the agent's JSON for it, ``credentials`` those of task roles, ``peers`` the endpoints of
other emulators beside ours.
"""

from __future__ import annotations

from .endpoint import MetadataEndpoint

__all__ = ["MetadataEndpoint"]
