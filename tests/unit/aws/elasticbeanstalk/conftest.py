from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.beanstalk import Beanstalk, Listener


@pytest.fixture
def beanstalk(tmp_path: Path, listener: Listener) -> Iterator[Beanstalk]:
    """An Elastic Beanstalk of its own, without Docker."""
    made = Beanstalk(tmp_path, listener)
    yield made
    made.close()
