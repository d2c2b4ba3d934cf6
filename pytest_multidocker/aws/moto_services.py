"""Our backends in place of moto's, inside moto's server.

moto finds the URLs of a backend through the module that its class stands in, and every backend
through a `BackendDict`. Replacing the class there, with `_url_module` answered by ourselves, lets
moto's server route to our classes; no file of moto is changed.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .emulator import Emulator


def install_backend(
    emulator: Emulator,
    service: str,
    backend_class: type[Any],
    response_class: type[Any] | None = None,
) -> Any:
    """Serve `service` with a backend class of ours; return moto's BackendDict of the service.

    `backend_class` derives from moto's backend of the service, `response_class` from its response
    class (None keeps moto's). Instances of both have a class attribute `emulator`. moto makes the
    instances itself, one for an account and region, as `backends[account][region]`. Its own
    `reset()` clears an instance's `__dict__`, so that `emulator` survives it.

    Call it before the first request: moto's server keeps the URLs that it has once seen.
    """
    backends = importlib.import_module("moto.backends").get_backend(service)
    urls = importlib.import_module(f"moto.{service}.urls")
    paths = dict(urls.url_paths)
    if response_class is not None:
        bound = type(response_class.__name__, (response_class,), {"emulator": emulator})
        paths = dict.fromkeys(paths, bound.dispatch)  # type: ignore[attr-defined]
    url_module = SimpleNamespace(url_bases=urls.url_bases, url_paths=paths)
    backends.backend = type(
        backend_class.__name__,
        (backend_class,),
        {"emulator": emulator, "_url_module": url_module, "__module__": backend_class.__module__},
    )
    backends.clear()
    return backends
