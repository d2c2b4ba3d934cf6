"""What a signal does to a container's first process."""

from __future__ import annotations

import signal as numbers

from .container import End, SimulatedContainer

_FATAL = 128  # exit code of a process that a signal ends: this and the signal's number


def name_of(signal: str | int) -> str:
    """Return the signal's name, such as ``SIGTERM``, of any form that Docker takes: 15, TERM.

    Raises ``ValueError`` for what is no signal.
    """
    text = str(signal).upper()
    if text.isdigit():
        return numbers.Signals(int(text)).name
    name = text if text.startswith("SIG") else f"SIG{text}"
    if name not in numbers.Signals.__members__:
        raise ValueError(f"there is no signal {signal}")
    return name


def fatal(container: SimulatedContainer, signal: str, now: float) -> End | None:
    """Return the end that the signal makes of the container, or ``None`` if it makes none.

    The kernel delivers to a first process no signal that it has not asked for, SIGKILL apart; one
    that ``initProcessEnabled`` has put before it passes the signal on to one that dies of it.
    """
    name = name_of(signal)
    reaction = container.script.signals.get(name)
    if name == "SIGKILL":
        return End(now)
    if reaction is not None:
        return End(now + reaction.after, reaction.exit_code)
    if (container.definition.linux_parameters or {}).get("initProcessEnabled"):
        return _default(name, now)
    return None


_HARMLESS = {"SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"}


def _default(name: str, now: float) -> End | None:
    return None if name in _HARMLESS else End(now, _FATAL + numbers.Signals[name])
