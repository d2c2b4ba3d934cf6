"""The expressions of GitHub workflows."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.ci.expression import Context, NotEvaluated, evaluate, holds, interpolate

CONTEXT = Context(
    {
        "github": {"ref": "refs/heads/main", "event_name": "push", "ref_name": "main"},
        "secrets": {"TOKEN": "t0ken"},
        "env": {"TAG": "1.0"},
        "needs": {"test": {"result": "success"}, "lint": {"result": "failure"}},
        "matrix": {"list": ["a", "b"], "svc": {"name": "web", "tags": ["x", {"deep": "y"}]}},
    },
    null=("secrets", "env", "matrix", "steps", "github.event.pull_request"),
    unknown=("steps.meta.outputs",),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref == 'refs/heads/Main'", True),
        ("github.ref != 'refs/heads/main'", False),
        ("github.event_name == 'push' && github.ref_name == 'main'", True),
        ("github.event_name == 'pull_request' || github['ref_name'] == 'main'", True),
        ("!(github.event_name == 'push')", False),
        ("!startsWith(github.ref, 'refs/tags/')", True),
        ("endsWith(github.ref, '/main')", True),
        ("contains('one two', 'TWO')", True),
        ("contains(needs.*.result, 'failure')", True),
        ('contains(fromJSON(\'["main", "production"]\'), github.ref_name)', True),
        ("needs.test.result == 'success'", True),
        ("secrets.TOKEN != ''", True),
        ("secrets.OTHER != ''", False),
        ("secrets.OTHER || 'none'", "none"),
        ("github.event.pull_request.merged == true", False),
        ("steps.other.outputs.tags", None),
        ("github.ref_name == 'main' && 'prod' || 'test'", "prod"),
        ("format('{0}-{1}', env.TAG, github.ref_name)", "1.0-main"),
        ("join(needs.*.result, ' ')", "success failure"),
        ("'it''s'", "it's"),
        ("1 < 2 && 0x10 == 16 && '3' == 3 && true == 1 && null == 0", True),
        ("'x' == 1", False),
        ("always() || github.event.action", True),
        ("false && hashFiles('**/lock')", False),
        ("fromJSON('[\"x\"]')[0]", "x"),
        ('fromJSON(\'{"tags": ["x", "y"]}\').tags[1]', "y"),
        ("fromJSON('{\"A\": {\"b\": 1}}')['a'].b == 1", True),
        ('fromJSON(\'[{"a": 1}, {"a": 2}, 3]\').*.a', [1, 2]),
        ("fromJSON('[{\"a\": 1}]').a", None),
        ("fromJSON('[[1, 2], [3]]').*.*", [1, 2, 3]),
        ("fromJSON('[[1, 2], [3]]')[*][0]", [1, 3]),
        ("fromJSON('{\"*\": 1}')['*']", 1),
        ("fromJSON('3').*", None),
        ("fromJSON('3')[0].a", None),
        ("false && fromJSON(env.TAG)[0].a", False),
        ("(matrix.svc).name", "web"),
        ("matrix.svc.name", "web"),
        ("matrix.svc.tags[1].deep", "y"),
        ("matrix.list[0]", "a"),
        ("matrix.list['1']", "b"),
        ("matrix.list[1.9]", "b"),
        ("matrix.list[2]", None),
        ("matrix.list[-1]", None),
        ("matrix.list.a", None),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(text: str, value: object) -> None:
    assert evaluate(text, CONTEXT) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("github.event.action", "github.event.action is not known here"),
        ("hashFiles('x') == ''", r"hashFiles\(\) is not known here"),
        ("steps.meta.outputs.tags", "steps.meta.outputs.tags is not known here"),
        ("(" * 9999, "nested too deep"),
        ("inputs.where", "inputs.where is not known here"),
        ("a ==", "a is not known|ends too early"),
        ("(1", r"'\)' is missing"),
        ("1 ; 2", "cannot be read"),
        ("fromJSON('{')", "fromJSON"),
        ("format('{3}', 'x')", "format"),
        ("contains('x')", "contains"),
    ],
)
def test_what_cannot_be_known_is_told(text: str, why: str) -> None:
    with pytest.raises(NotEvaluated, match=why):
        evaluate(text, CONTEXT)


@pytest.mark.parametrize(
    ("condition", "after_success", "after_failure"),
    [
        ("success()", True, False),
        ("failure()", False, True),
        ("always()", True, True),
        ("!cancelled()", True, True),
        ("${{ always() }}", True, True),
        ("github.ref == 'refs/heads/main'", True, False),
        ("${{ github.ref == 'refs/heads/main' }}", True, False),
        ("always() && github.ref == 'refs/heads/dev'", False, False),
        ("failure() && github.event_name == 'push'", False, True),
        ("github.ref_name != 'always()'", True, False),
        ("true", True, False),
        ("false", False, False),
    ],
)
def test_a_condition_that_does_not_ask_for_the_status_holds_only_after_success(
    condition: str, after_success: bool, after_failure: bool
) -> None:
    after = Context(CONTEXT.names, success=False, failure=True)

    assert holds(condition, CONTEXT) is after_success
    assert holds(condition, after) is after_failure


def test_a_text_gets_the_values_of_its_expressions() -> None:
    text = "a ${{ secrets.TOKEN }} ${{github.ref_name}} $HOME ${X} ${{ 1.50 }} ${{ null }}|"

    assert interpolate(text, CONTEXT) == "a t0ken main $HOME ${X} 1.5 |"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('${{ fromJSON(\'{"a":{"b":1}}\').a.b }}|', "1|"),
        ("${{ '}}' }}${{ 'it''s }}' }}}}", "}}it's }}}}"),
        ("it's ${{ env.TAG }}'s", "it's 1.0's"),
        ("${{ env.TAG", "${{ env.TAG"),
    ],
)
def test_an_expression_does_not_end_within_quotes(text: str, written: str) -> None:
    assert interpolate(text, CONTEXT) == written


def test_a_quote_that_is_not_closed_is_told() -> None:
    with pytest.raises(NotEvaluated, match="cannot be read"):
        interpolate("${{ it's }}", CONTEXT)


def test_many_quotes_without_an_end_take_no_time() -> None:
    text = "${{ '" + "''a" * 20_000

    assert interpolate(text, CONTEXT) == text


def test_a_condition_of_two_expressions_is_a_text() -> None:
    assert holds("${{ false }} && ${{ false }}", CONTEXT)
    assert not holds('${{ fromJSON(\'{"a":{"b":false}}\').a.b }}', CONTEXT)


@given(st.text(alphabet="ab.'()[]!&|=<>,*0 ", max_size=30))
def test_any_text_has_a_value_or_says_why_not(text: str) -> None:
    with contextlib.suppress(NotEvaluated):
        evaluate(text, CONTEXT)
