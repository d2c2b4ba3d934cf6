from __future__ import annotations

from pathlib import Path

from pytest_multidocker.aws.instances import InstanceRegistry
from pytest_multidocker.engine.policy import Lent


def test_an_instance_has_its_folders_until_they_are_taken_back() -> None:
    registry, lent = InstanceRegistry(), Lent(Path("/a"), Path("/b"))
    assert registry.find("arn:1") is None
    registry.register("arn:1", lent)
    assert registry.find("arn:1") is lent
    assert registry.find("arn:2") is None
    registry.withdraw("arn:1")
    registry.withdraw("arn:1")
    assert registry.find("arn:1") is None
