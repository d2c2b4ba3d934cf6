from __future__ import annotations

import pytest

from pytest_multidocker.ecs.pulls import PullBehavior, is_fatal, must_pull


@pytest.mark.parametrize(
    ("behavior", "new", "here", "pulled", "fatal"),
    [
        ("default", True, True, True, False),
        ("always", True, True, True, True),
        ("once", True, True, False, True),
        ("prefer-cached", True, False, False, False),
    ],
)
def test_image_pull_required(
    behavior: PullBehavior, new: bool, here: bool, pulled: bool, fatal: bool
) -> None:
    assert must_pull(behavior, is_here=False, was_pulled=False) is new
    assert must_pull(behavior, is_here=True, was_pulled=False) is here
    assert must_pull(behavior, is_here=True, was_pulled=True) is pulled
    assert is_fatal(behavior) is fatal
