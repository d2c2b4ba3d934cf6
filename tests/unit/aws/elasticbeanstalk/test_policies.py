from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.aws.elasticbeanstalk.policies import Plan, batch_size, plan

IDS = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("policy", "size", "expected"),
    [
        ("AllAtOnce", 2, Plan((IDS,))),
        ("Rolling", 2, Plan((("a", "b"), ("c", "d"), ("e",)), drains=True)),
        ("Rolling", 5, Plan((IDS,), drains=True)),
        (
            "RollingWithAdditionalBatch",
            3,
            Plan((("a", "b", "c"), ("d", "e")), fresh=(3,), drains=True),
        ),
        ("Immutable", 2, Plan(fresh=(1, 4), drains=True, replaces=True)),
    ],
)
def test_who_changes_when(policy: str, size: int, expected: Plan) -> None:
    assert plan(policy, IDS, size) == expected


def test_one_instance_is_replaced_by_one() -> None:
    assert plan("Immutable", ["a"], 1).fresh == (1,)


def test_no_instances_make_no_batches() -> None:
    assert plan("AllAtOnce", [], 1) == Plan()
    assert plan("Rolling", [], 1).batches == ()


@pytest.mark.parametrize(
    ("kind", "size", "instances", "expected"),
    [
        ("Fixed", 2, 5, 2),
        ("Fixed", 9, 5, 5),
        ("Percentage", 100, 5, 5),
        ("Percentage", 30, 4, 2),
        ("Percentage", 50, 2, 1),
        ("Percentage", 1, 10, 1),
    ],
)
def test_a_batch_has_one_instance_at_least_and_all_at_most(
    kind: str, size: int, instances: int, expected: int
) -> None:
    assert batch_size(kind, size, instances) == expected


@given(st.integers(1, 40), st.integers(1, 40))
def test_rolling_changes_every_instance_once(instances: int, size: int) -> None:
    ids = [f"i-{n}" for n in range(instances)]
    batches = plan("Rolling", ids, size).batches
    assert [one for batch in batches for one in batch] == ids
    assert all(0 < len(batch) <= size for batch in batches)
