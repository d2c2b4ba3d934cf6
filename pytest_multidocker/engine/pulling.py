"""Pulling images within bounds: a machine without a registry must learn so in seconds."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import DockerClient

_FIRST_ANSWER = 20.0
"""Seconds until a registry must have answered."""
_SILENCE = 120.0
"""Seconds for which a pull that has begun may report nothing."""

_Line = dict[str, Any]


class PullFailed(Exception):  # noqa: N818 - says what is the case
    """An image could not be pulled; the text is the reason in one line."""


class PullStalled(PullFailed):
    """A registry gave no answer; ``transition`` is the agent's word for what did not come."""

    def __init__(self, transition: str, seconds: float) -> None:
        super().__init__(f"the registry gave no answer for {seconds:g} s")
        self.transition = transition
        self.seconds = seconds


class PullBroken(PullFailed):
    """The engine could not be asked; ``error`` is what the library has raised."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Mirror:
    """A registry at ``HOST:PORT`` that is asked for every image before the image's own is."""

    address: str
    user: str
    password: str

    def holds(self, image: str) -> str:
        """Return the name under which it holds an image of that name."""
        return f"{self.address}/{image}"


def pull(
    client: DockerClient,
    image: str,
    *,
    first_answer: float = _FIRST_ANSWER,
    mirror: Mirror | None = None,
) -> None:
    """Pull ``image``, from the mirror if that has it, else with the user's Docker configuration.

    Raises :class:`PullFailed`: at once where the registry cannot be found or has no such image, and
    after ``first_answer`` seconds where it does not answer.
    """
    if mirror is None or not _pull_from(mirror, client, image, first_answer):
        _pull(client, image, first_answer, None)


def _pull_from(mirror: Mirror, client: DockerClient, image: str, first_answer: float) -> bool:
    ours = mirror.holds(image)
    try:
        auth = {"username": mirror.user, "password": mirror.password}
        _pull(client, ours, first_answer, auth)
    except PullFailed:  # it has no such image
        return False
    client.api.tag(ours, image)
    client.api.remove_image(ours, noprune=True)
    return True


def _pull(
    client: DockerClient, image: str, first_answer: float, auth: dict[str, Any] | None
) -> None:
    lines: queue.Queue[_Line | None] = queue.Queue()
    # A daemon thread, because a request to an engine that waits for a registry cannot be cancelled.
    threading.Thread(target=_read, args=(client, image, auth, lines), daemon=True).start()
    transition, wait = "pullBegin", first_answer
    while (line := _next(lines, transition, wait)) is not None:
        if "broken" in line:
            raise PullBroken(line["broken"])
        if "error" in line:
            raise PullFailed(" ".join(str(line["error"]).split()))
        transition, wait = "pulled", _SILENCE


def _next(lines: queue.Queue[_Line | None], transition: str, seconds: float) -> _Line | None:
    try:
        return lines.get(timeout=seconds)
    except queue.Empty:
        raise PullStalled(transition, seconds) from None


def _read(
    client: DockerClient,
    image: str,
    auth: dict[str, Any] | None,
    lines: queue.Queue[_Line | None],
) -> None:
    from docker.errors import APIError

    from .troubles import TROUBLES, words

    try:
        for line in client.api.pull(image, stream=True, decode=True, auth_config=auth):
            lines.put(line)
    except APIError as error:
        lines.put({"error": words(error)})
    except TROUBLES as error:
        lines.put({"broken": error})
    lines.put(None)
