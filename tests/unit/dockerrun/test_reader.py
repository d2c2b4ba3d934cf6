# ruff: noqa: E501 - tables are read best with one case a line
from __future__ import annotations

import json
from typing import Any

import pytest
from support.effort import calls

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.dockerrun._strings import Marks


def said(text: str) -> list[tuple[str, str, str]]:
    """Kind, message and selected text of each syntax error."""
    document = Document(text)
    return [
        (issue.kind, issue.message, document.region(issue.span)) for issue in document.syntax_errors
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "null",
        '"text"',
        "-12",
        "1.5e-3",
        '{"a": [1, {"b": null}], "c": true}',
        '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00 é 😀"',
        ' \t\r\n{"a"\r\n:\t[ ]\n}\n',
        "[1e5, 0, -0, 999999999999999999, 0.1]",
    ],
)
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    document = Document(text)
    assert document.value == json.loads(text)
    assert document.syntax_errors == ()


@pytest.mark.parametrize(
    ("text", "value", "kind", "message", "selected"),
    [
        ("[1,]", [1], "trailing-comma", "A trailing comma: nothing follows it before ].", ","),
        ('{"a":1,\n}', {"a": 1}, "trailing-comma", "A trailing comma: nothing follows it before }.", ","),
        ("// c\n[1]", [1], "comment", "JSON has no comments.", "// c"),
        ("[1 /* c\nd */, 2]", [1, 2], "comment", "JSON has no comments.", "/* c\nd */"),
        ("[1] # c", [1], "comment", "JSON has no comments.", "# c"),
        ('["a" "b"]', ["a", "b"], "syntax", "A comma is missing after this value.", '"'),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, "syntax", "A comma is missing after this value.", "1"),
        ('{"a" 1}', {"a": 1}, "syntax", 'A colon is missing after the key "a".', " "),
        ('{"a"}', {"a": None}, "syntax", 'The key "a" has no value.', '"a"'),
        ('{"a":}', {"a": None}, "syntax", 'The key "a" has no value.', '"a"'),
        ("['a']", ["a"], "syntax", "A string stands in single quotes; JSON strings stand in double quotes.", "'a'"),
        ("[“a”]", ["a"], "syntax", "A string stands in the quotation mark “; JSON strings stand in double quotes.", "“a”"),
        ("{a: 1}", {"a": 1}, "syntax", "a stands without double quotes.", "a"),
        ('{"a": nginx:1.0}', {"a": "nginx:1.0"}, "syntax", "nginx:1.0 stands without double quotes.", "nginx:1.0"),
        ("[NaN]", [None], "syntax", "NaN is not a number of JSON.", "NaN"),
        ("[-Infinity]", [None], "syntax", "-Infinity is not a number of JSON.", "-Infinity"),
        ("[True]", [True], "syntax", "True is not a word of JSON.", "True"),
        ("[01]", [1], "syntax", "01 is not a number as JSON writes it.", "01"),
        ("[+1]", [1], "syntax", "+1 is not a number as JSON writes it.", "+1"),
        ('["a\tb"]', ["a\tb"], "syntax", "The control character U+0009 stands in a string.", "\t"),
        ('["\\q"]', ["\\q"], "syntax", "\\q is no escape of JSON.", "\\q"),
        ('["\\ud800"]', ["\ufffd"], "syntax", "\\ud800 is half of a surrogate pair, no character.", "\\ud800"),
        ('["a,\n"b"]', ["a", "b"], "syntax", "The string has no closing quote on its line.", '"a'),
        ("[1\u00a0]", [1], "syntax", "The invisible character U+00A0 is no white space of JSON.", "\u00a0"),
        ("[1] 2", [1], "syntax", "The JSON value ends before this; nothing may follow it.", "2"),
        ('{"a" = 1}', {"a": 1}, "syntax", "= stands where JSON has :.", "="),
        ("[1; 2]", [1, 2], "syntax", "; stands where JSON has ,.", ";"),
        ("[1,,2]", [1, 2], "syntax", "A value is missing before this comma.", ","),
        ("{1: 2}", {"1": 2}, "syntax", "A key must be a string.", "1"),
        ("[[1]", [[1]], "syntax", "The text ends, and this [ is never closed.", "["),
        ('{"a": [1}', {"a": [1]}, "syntax", "[ is not closed before } closes what is around it.", "["),
        ("[1}]", [1], "syntax", "Nothing is open that } could close.", "}"),
        ("", None, "syntax", "The file is empty.", ""),
        ("<<<<<<< HEAD\n[1]", [1], "syntax", "A merge conflict is not resolved: <<<<<<< HEAD.", "<<<<<<< HEAD"),
    ],
)  # fmt: skip
def test_each_departure_is_named_selected_and_read_past(
    text: str, value: object, kind: str, message: str, selected: str
) -> None:
    assert Document(text).value == value
    assert said(text) == [(kind, message, selected)]


def test_several_departures_are_all_found_in_the_order_of_the_text() -> None:
    text = '{\n  // one\n  "a": [1, 2,],\n  \'b\': NaN,\n  "c" 3\n}'
    assert [issue.span.line for issue in Document(text).syntax_errors] == [2, 3, 4, 4, 5]
    assert Document(text).value == {"a": [1, 2], "b": None, "c": 3}


@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "9" * 5000, "1e999"])
def test_numbers_beyond_reason_are_json_and_read_as_their_digits(digits: str) -> None:
    document = Document(f"[{digits}]")
    assert document.syntax_errors == ()
    assert document.value == [digits]


def test_a_long_number_is_read_in_full() -> None:
    document = Document("[12345678901234567890123]")
    assert document.syntax_errors == ()
    assert document.value == [12345678901234567890123]


@pytest.mark.parametrize(
    ("word", "value", "message", "fix"),
    [
        (
            "fale",
            None,
            "fale is not a word of JSON. Did you mean false?",
            'Write false, or "fale".',
        ),
        ("ture", None, "ture is not a word of JSON. Did you mean true?", 'Write true, or "ture".'),
        ("nul", None, "nul is not a word of JSON. Did you mean null?", 'Write null, or "nul".'),
        ("yes", None, "yes is not a word of JSON. Did you mean true?", 'Write true, or "yes".'),
        ("0x80", 128, "0x80 is not a number as JSON writes it.", "Write 128."),
        ("128m", "128m", "128m stands without double quotes.", 'Write "128m".'),
        ("web/app", "web", "web stands without double quotes.", 'Write "web".'),
    ],
)
def test_what_may_be_meant_in_several_ways_is_not_put_right(
    word: str, value: object, message: str, fix: str
) -> None:
    issue, *_ = Document(f'{{"a": {word}}}').syntax_errors
    assert (issue.message, issue.fix, issue.replacement) == (message, fix, None)
    assert Document(f'{{"a": {word}}}').value["a"] == value


@pytest.mark.parametrize(
    "text",
    ["{{ name }}", "{'it's': 1}", '{"a": "b, "c": 1}', "{% if x %}", '{"a": {{ b | c }}}'],
)
def test_text_of_a_template_and_torn_strings_are_not_put_right(text: str) -> None:
    assert [each.replacement for each in Document(text).syntax_errors if each.replacement] == []


def test_what_could_not_be_read_is_told_from_null() -> None:
    document = Document('{"a": null, "b": None, "c": NaN, "d": }')
    assert document.value == dict.fromkeys("abcd")
    assert [name for name in "abcd" if document.is_null(f"/{name}")] == ["a", "b"]
    assert not document.is_null("/e")


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_deep_nesting_is_named_and_read_past(opener: str) -> None:
    document = Document(opener * 100_000)
    messages = [issue.message for issue in document.syntax_errors]
    assert messages[0] == "Objects and arrays are nested more than 200 deep."
    depth, value = 0, document.value
    while isinstance(value, (dict, list)) and value:
        value = value["a"] if isinstance(value, dict) else value[0]
        depth += 1
    assert depth <= 200


def test_duplicate_keys_are_recorded_and_the_last_value_counts() -> None:
    document = Document('{"a": {"b/c": 1,\n "b/c": 2}}')
    (found,) = document.duplicates
    assert document.value == {"a": {"b/c": 2}}
    assert (found.pointer, found.key) == ("/a/b~1c", "b/c")
    assert found.first[:2] == (1, 8)
    assert found.again == (2, 2, 2, 7)


def test_at_most_a_hundred_departures_are_recorded_unless_more_are_asked_for() -> None:
    text = "[" + "NaN," * 500 + "1]"
    assert len(Document(text).syntax_errors) == 100
    assert len(Document(text, most_issues=1000).syntax_errors) == 500


@pytest.mark.parametrize("piece", [*"[]{\"'/#\n \\,:a<§=„", "/*", '"\\u'])
def test_reading_takes_steps_in_proportion_to_the_text(piece: str) -> None:
    """Each of these many times is, or might be, what makes a reader quadratic."""
    once, twice = (calls(Document, "[" + piece * n) for n in (500, 1000))
    assert twice < 2.2 * once + 500


def test_no_number_is_not_finite() -> None:
    value = Document("[1e308, 1e309, -1e309, .5e999]").value
    assert value == [1e308, "1e309", "-1e309", None]


class Counted(str):  # noqa: SLOT000 - it counts
    """Counts the characters that are looked through."""

    looked_at = 0

    def find(self, wanted: str, start: Any = 0, end: Any = None) -> int:
        found = super().find(wanted, start)
        self.looked_at += (found if found >= 0 else len(self)) - start
        return found


@pytest.mark.parametrize("piece", ["'", "„a ", "«", "'a'b\n"])
def test_each_part_of_a_line_is_looked_through_a_few_times_only(piece: str) -> None:
    text = Counted(piece * 1000)
    marks = Marks(text)
    for start in range(len(text)):
        for mark in "'\"“»":
            marks.next(mark, start)
        marks.line_end(start)
    assert text.looked_at <= 6 * len(text)


def test_odd_characters_by_the_thousand_exhaust_no_stack() -> None:
    assert Document("[" + "§" * 100_000 + "1]").value == [1]
