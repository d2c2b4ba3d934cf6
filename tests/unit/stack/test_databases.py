from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.errors import StackError
from pytest_multidocker.project.settings import ElastiCacheSettings, Settings
from pytest_multidocker.stack.databases import Databases


def test_replicas_are_refused_before_anything_is_asked_for() -> None:
    platform: Any = SimpleNamespace(asking=nullcontext)
    settings = Settings(elasticache={"cache": ElastiCacheSettings("cache", replicas=1)})

    with pytest.raises(StackError, match=r"^\[tool\.multidocker\.elasticache\.cache\]: replicas"):
        Databases(platform, settings).start()
