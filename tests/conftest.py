"""What all tests share."""

from __future__ import annotations

import signal

import hypothesis
import pytest

# What everybody runs says the same each time; the long runs, -m fuzz, try what nobody has tried.
hypothesis.settings.register_profile("steady", derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C be heeded: where pytest runs in the background, it is ignored, here and below."""
    if not config.option.markexpr:
        hypothesis.settings.load_profile("steady")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long fuzz run to ``-m fuzz``."""
    if config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("fuzz")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
