from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.apis import Databases
from support.beanstalk import Beanstalk, Listener
from support.ecs import Ecs


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def beanstalk(tmp_path: Path, listener: Listener) -> Iterator[Beanstalk]:
    """An Elastic Beanstalk of its own, without Docker."""
    made = Beanstalk(tmp_path, listener)
    yield made
    made.close()


@pytest.fixture
def ecs(listener: Listener) -> Iterator[Ecs]:
    """An ECS of its own, without Docker."""
    made = Ecs(listener)
    yield made
    made.close()


@pytest.fixture
def databases(listener: Listener, tmp_path: Path) -> Iterator[Databases]:
    """RDS and ElastiCache of their own, without Docker."""
    made = Databases(listener, tmp_path)
    yield made
    made.close()
