from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.beanstalk import Listener
from support.ecs import Ecs


@pytest.fixture
def ecs(listener: Listener) -> Iterator[Ecs]:
    """An ECS of its own, without Docker."""
    made = Ecs(listener)
    yield made
    made.close()
