"""Links whose target does not run."""

from __future__ import annotations

REFUSAL = (
    "CannotStartContainerError: Error response from daemon: Cannot link to a non running container"
)
"""Docker goes on with the names that the agent has given to the two."""
