"""What `allow` can name: a task gets it of the machine, and nothing else (see engine.policy)."""

from __future__ import annotations

from .settings_reader import did_you_mean

RIGHTS = (
    "privileged",
    "capabilities",
    "devices",
    "security-options",
    "host-network",
    "host-pid",
    "host-ipc",
)
_VOLUME = "volume:"


def wrong_with(word: str) -> str | None:
    """Return what is wrong with a word of `allow`, as a sentence; ``None`` for a good one.

    Those are the words of :data:`RIGHTS`, absolute host paths, and ``volume:NAME``.
    """
    named_volume = word.startswith(_VOLUME) and word != _VOLUME
    if word in RIGHTS or word.startswith("/") or named_volume:
        return None
    known = f"an absolute host path, {_VOLUME}NAME, {', '.join(RIGHTS[:-1])} or {RIGHTS[-1]}"
    return f"'{word}' is nothing that can be allowed: {known}." + did_you_mean(word, RIGHTS)
