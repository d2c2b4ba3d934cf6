"""The simulated engine: containers that follow a script, on a virtual clock.

Nothing here starts a thread, sleeps or asks the machine for the time: a task that lives for an hour
is simulated in milliseconds, and twice the same. ``script`` says what a container does, ``engine``
answers the agent as Docker would, ``driver`` runs the agent on it, ``agenda`` is the clock.
"""

from .agenda import Agenda
from .driver import SimulatedDriver
from .engine import SimulatedEngine
from .script import Reaction, Script

__all__ = ["Agenda", "Reaction", "Script", "SimulatedDriver", "SimulatedEngine"]
