"""The conditions of Travis CI."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.ci.expression import NotEvaluated
from pytest_multidocker.ci.travis_if import travis_if_holds

KNOWN = {"branch": "main", "type": "push", "tag": "", "fork": "false"}


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("branch = main", True),
        ("branch == 'main'", True),
        ("branch != main", False),
        ("branch = main AND type = push", True),
        ("branch = main AND type = pull_request", False),
        ("branch = dev OR type = push", True),
        ("branch = dev || branch = main && type = cron", False),
        ("NOT type = pull_request", True),
        ("type IN (push, api)", True),
        ("type NOT IN (pull_request, cron)", True),
        ("branch =~ ^ma", True),
        ("branch =~ /^(dev|main)$/", True),
        ("branch !~ ^ma", False),
        ("tag IS present", False),
        ("tag IS blank", True),
        ("tag IS NOT present", True),
        ("(branch = dev OR branch = main) and not fork", True),
        ("true", True),
        ("false", False),
    ],
)
def test_a_condition_holds_as_in_travis_ci(condition: str, held: bool) -> None:
    assert travis_if_holds(condition, KNOWN) is held


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("repo = me/app", "repo is not known here"),
        ("env(X) = 1", r"env\(\) is not known here"),
        ("branch =~ concat(a)", r"concat\(\) is not known here"),
        ("branch =~ [", "cannot be read|unterminated"),
        ("branch =", "ends too early"),
        ("(branch = x", r"'\)' is missing"),
        ("branch IS odd", "cannot be read"),
        ("branch = main main", "cannot be read"),
        ("(" * 9999, "nested too deep"),
    ],
)
def test_what_cannot_be_known_is_told(condition: str, why: str) -> None:
    with pytest.raises(NotEvaluated, match=why):
        travis_if_holds(condition, KNOWN)


@given(st.text(alphabet="ab =!~()/,'NOT", max_size=20))
def test_any_text_has_a_value_or_says_why_not(text: str) -> None:
    with contextlib.suppress(NotEvaluated):
        travis_if_holds(text, KNOWN)
