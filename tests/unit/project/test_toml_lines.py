from __future__ import annotations

import pytest

from pytest_multidocker.project.toml_lines import line_of

TEXT = """\
top = 1
[tool.a] # comment
x = 1
b.c = 2
"quoted key" = 3

[tool.a.'sub.table']
inline = { deep = { deeper = 1 } }
[[tool.list]]
y = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("tool", "a"), 2),
        (("tool", "a", "x"), 3),
        (("tool", "a", "b", "c"), 4),
        (("tool", "a", "quoted key"), 5),
        (("tool", "a", "sub.table"), 7),
        (("tool", "a", "sub.table", "inline", "deep", "deeper"), 8),
        (("tool", "a", "missing"), 2),
        (("tool", "list", "y"), 10),
        (("nowhere",), None),
    ],
)
def test_a_key_is_found_or_else_its_nearest_parent(path: tuple[str, ...], line: int | None) -> None:
    assert line_of(TEXT, path) == line


def test_a_table_stands_where_its_first_subtable_does() -> None:
    assert line_of("\n[a.b.c]\n[a.d]\n", ("a", "b")) == 2
