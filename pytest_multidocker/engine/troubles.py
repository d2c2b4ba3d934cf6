"""What went wrong between the agent and Docker, in the agent's words.

Source: ``agent/dockerclient/dockerapi/errors.go`` of amazon-ecs-agent, and for a daemon that cannot
be reached ``client/errors.go`` and ``client/request.go`` of moby.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from docker.errors import APIError, DockerException
from requests import RequestException, Timeout

from ..ecs import reasons

TROUBLES = (DockerException, RequestException, OSError)
"""Whatever can come of a request to Docker that is not its answer."""

_BROKEN = (RequestException, OSError)
_NOBODY = {errno.ENOENT, errno.ECONNREFUSED, errno.EACCES}


def reason(name: str, error: Exception, transition: str, seconds: float) -> str:
    """Return the reason for a request that failed.

    ``name`` is the agent's for the error. Where Docker gave no answer within ``seconds`` it is
    another, and tells to what the container could not be brought: ``transition``.
    """
    if isinstance(error, APIError):
        return reasons.daemon_error(name, words(error))
    if isinstance(error, Timeout):
        return reasons.timed_out(transition, seconds)
    # What is no trouble of the connection, Docker's library itself has refused.
    words_of_it = _unreachable(error) if isinstance(error, _BROKEN) else str(error)
    return reasons.trim(f"{name}: {words_of_it}")


def words(error: Exception) -> str:
    """Return Docker's own words where it has refused; those of the error where it was not asked."""
    said = error.explanation if isinstance(error, APIError) else None
    return str(said or error).strip()


def is_silence(error: Exception) -> bool:
    """Tell whether Docker was asked and gave no answer: it may have done what it was asked for."""
    broken = isinstance(error, _BROKEN) and not isinstance(error, APIError)
    return broken and not is_nobody_there(error)


def _unreachable(error: Exception) -> str:
    if is_nobody_there(error):
        return "Cannot connect to the Docker daemon. Is the docker daemon running?"
    return "error during connect: EOF"


def is_nobody_there(error: Exception | None) -> bool:
    """Tell whether Docker was not even asked: nobody listened."""
    if error is None:
        return False
    return any(isinstance(e, OSError) and e.errno in _NOBODY for e in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        yield from (e for e in seen.args if isinstance(e, BaseException))
        seen = seen.__cause__ or seen.__context__
