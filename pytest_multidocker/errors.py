"""The errors that users of pytest-multidocker meet.

Every one is a :class:`MultidockerError`, and its text is one message that names the place and the
way out, fit to be shown without a traceback::

    MultidockerError
    ├── SettingsError          a setting of pyproject.toml, or its place, is not what it must be
    ├── EngineUnavailable      no Docker Engine answers
    └── ImageUnavailable       an image is neither here nor can be built or pulled
"""

from __future__ import annotations


class MultidockerError(Exception):
    """The root of all errors that pytest-multidocker raises on purpose."""


class SettingsError(MultidockerError):
    """A setting is unknown, has the wrong type or refers to nothing; the text names its place."""


class EngineUnavailable(MultidockerError):  # noqa: N818 - says what is the case, as httpx names do
    """No Docker Engine answers; the text says what was tried and how to get one."""


class ImageUnavailable(MultidockerError):  # noqa: N818 - says what is the case, as httpx names do
    """An image is neither here nor can be built or pulled; the text lists what was tried."""
