"""A project without containers: its tasks run on the simulated engine, in virtual time.

``stack`` places them, ``task`` is one as a test holds it, ``monitor`` and ``probe`` stand for the
emulator's events and for the view from inside a container. What only containers can show raises
:class:`~pytest_multidocker.errors.NotSimulated`.
"""

from .stack import SimulatedStack
from .task import SimulatedTask

__all__ = ["SimulatedStack", "SimulatedTask"]
