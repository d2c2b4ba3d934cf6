"""A local AWS for Elastic Beanstalk multi-container apps, and the pytest plugin that uses it.

Tests use the fixtures (``ecs_task``, ``ecs_task_factory``, ``rds``, ``elasticache``, ``aws``,
``dockerrun``) and the module :mod:`pytest_multidocker.expect`.
"""

from __future__ import annotations

from ._version import __version__

__all__ = ["__version__", "expect"]


def __getattr__(name: str) -> object:
    if name != "expect":  # imported when asked for: this module is loaded in every pytest run
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.expect")
