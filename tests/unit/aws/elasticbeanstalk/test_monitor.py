"""What the watch over an environment makes of an instance that changes while it is looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.aws.elasticbeanstalk.monitor import Monitor

RUNNING = {"lastStatus": "RUNNING", "desiredStatus": "RUNNING", "containers": []}
STOPPED = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "containers": []}


@pytest.mark.parametrize("change", [{}, {"is_busy": True}, {"task": "b"}])
def test_a_health_check_of_what_is_there_no_more_counts_for_nothing(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[bool] = []
    instance: Any = SimpleNamespace(id="i-0", task="a", is_busy=False, passes=None)
    region = SimpleNamespace(tasks=SimpleNamespace(task={"a": RUNNING, "b": STOPPED}.get))
    balancer = SimpleNamespace(mark=lambda _id, *, healthy: marked.append(healthy))
    runtime: Any = SimpleNamespace(region=region, balancer=balancer)

    def passes(_monitor: Monitor, _instance: Any) -> bool:
        vars(instance).update(change)  # a deployment begins, or is over, meanwhile
        return True

    monkeypatch.setattr(Monitor, "_passes", passes)

    Monitor(runtime)._look_at(instance)

    assert marked == ([] if change else [True])
    assert instance.passes is (None if change else True)
