from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.project.ebextensions import (
    environment_properties,
    option_settings,
    unreadable,
)

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


def test_settings_of_all_namespaces_are_read_and_the_last_file_counts(tmp_path: Path) -> None:
    folder = tmp_path / ".ebextensions"
    folder.mkdir()
    (folder / "1.config").write_text("option_settings:\n  aws:autoscaling:asg: {MinSize: 2}\n")
    (folder / "2.config").write_text(LISTED)
    (folder / "3.config").write_text("option_settings:\n  aws:autoscaling:asg: {MinSize: 3}\n")
    assert option_settings(tmp_path) == {
        ("aws:autoscaling:asg", "MinSize"): "3",
        (NAMESPACE, "A"): "x",
        ("aws:other", "B"): "y",
        (NAMESPACE, "C"): "",
    }


def test_files_that_are_no_yaml_are_named(tmp_path: Path) -> None:
    assert unreadable(tmp_path) == {}
    folder = tmp_path / ".ebextensions"
    folder.mkdir()
    (folder / "good.config").write_text('{"option_settings": []}')
    (folder / "bad.config").write_text("a: [1")
    (name,) = found = unreadable(tmp_path)
    assert name == ".ebextensions/bad.config"
    assert "expected ',' or ']'" in found[name]
