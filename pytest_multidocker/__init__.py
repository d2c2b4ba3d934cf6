"""pytest-multidocker: a local AWS for Elastic Beanstalk multi-container apps, and its pytest plugin."""

from __future__ import annotations

from ._version import __version__

__all__ = ["__version__"]
