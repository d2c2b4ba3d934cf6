from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.project.ebextensions import environment_properties

NAMESPACE = "aws:elasticbeanstalk:application:environment"

LISTED = f"""\
option_settings:
- namespace: {NAMESPACE}
  option_name: A
  value: x
- {{namespace: "aws:other", option_name: B, value: y}}
- {{option_name: C}}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"option_settings:\n  {NAMESPACE}:\n    A: 1\n    B: two\n", {"A": "1", "B": "two"}),
        (
            LISTED,
            {"A": "x", "C": ""},
        ),
        ("option_settings: 3", {}),
        ("option_settings: [1]", {}),
        ("{", {}),
        ("", {}),
    ],
)
def test_properties_are_read_in_both_forms(
    tmp_path: Path, text: str, found: dict[str, str]
) -> None:
    (tmp_path / ".ebextensions").mkdir()
    (tmp_path / ".ebextensions" / "01.config").write_text(text)
    assert environment_properties(tmp_path) == found


def test_no_folder_sets_nothing(tmp_path: Path) -> None:
    assert environment_properties(tmp_path) == {}
