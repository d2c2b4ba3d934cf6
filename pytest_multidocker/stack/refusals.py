"""What Docker refuses to do with a container, in our words: it has ended, or gone, say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import TaskError


@contextmanager
def told(container: str, runtime_id: str, done: str) -> Iterator[None]:
    """Raise :class:`TaskError` where Docker refuses, or is gone; ``done`` as in ``killed``."""
    from docker.errors import APIError
    from requests import RequestException

    from ..engine.troubles import words

    try:
        yield
    except APIError as error:
        said = words(error).replace(runtime_id, f"'{container}'")
        raise TaskError(f"Container '{container}' cannot be {done}: {said}") from error
    except RequestException as error:
        raise TaskError(
            f"Container '{container}' cannot be {done}: the Docker Engine does not answer ({error})"
        ) from error
