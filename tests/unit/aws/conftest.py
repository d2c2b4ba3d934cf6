from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.beanstalk import Listener


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()
