from __future__ import annotations

import pytest

from pytest_multidocker.errors import SettingsError
from pytest_multidocker.project.environment import references, resolve_environment


def test_references_are_replaced_wherever_they_stand() -> None:
    assert resolve_environment(
        {"URL": "redis://${elasticache.c.address}:${elasticache.c.port}/0", "PLAIN": "x"},
        {"elasticache.c.address": "c.cache.amazonaws.com", "elasticache.c.port": 6379},
    ) == {"URL": "redis://c.cache.amazonaws.com:6379/0", "PLAIN": "x"}


def test_dollars_that_are_no_reference_stay() -> None:
    values = {"PRICE": "$5", "SHELL": "$HOME", "ESCAPED": "$${rds.x.address}", "END": "a$"}
    assert resolve_environment(values, {}) == {**values, "ESCAPED": "${rds.x.address}"}
    assert references("$${rds.x.address} ${a} $b ${c}") == ("a", "c")


@pytest.mark.parametrize(
    ("name", "lookup", "message"),
    [
        (
            "rds.db.adress",
            {"rds.db.address": "x", "rds.db.port": 1},
            (
                "'H' refers to ${rds.db.adress}, which nothing declares. "
                "Did you mean 'rds.db.address'?"
            ),
        ),
        (
            "nothing",
            {"rds.db.address": "x", "rds.db.port": 1},
            "'H' refers to ${nothing}, which nothing declares. Known: rds.db.address, rds.db.port.",
        ),
        (
            "nothing",
            {},
            "'H' refers to ${nothing}, which nothing declares. No RDS or ElastiCache is declared.",
        ),
    ],
)
def test_an_unknown_reference_is_refused(
    name: str, lookup: dict[str, str | int], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve_environment({"H": f"${{{name}}}"}, lookup)
    assert str(caught.value) == message
