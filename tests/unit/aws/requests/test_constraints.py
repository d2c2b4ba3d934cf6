"""What a model's constraints refuse, and with which words."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import botocore.session
import pytest
from botocore.model import DenormalizedStructureBuilder

from pytest_multidocker.aws.requests.constraints import problems

Json = dict[str, Any]
TEXT = {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"}
KIND = {"type": "string", "enum": ["A", "B"]}


def told(member: Json, value: Any, **fields: Any) -> list[str]:
    """What is said of a value of one member."""
    builder = DenormalizedStructureBuilder().with_members({"TheMember": member})
    shape = builder.build_model()
    shape.metadata.update(fields)
    return [str(problem) for problem in problems(shape, {"TheMember": value})]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        (TEXT, "abc"),
        (KIND, "A"),
        ({"type": "integer", "min": 1, "max": 5}, 5),
        ({"type": "list", "min": 1, "member": TEXT}, ["ab", "cd"]),
        ({"type": "timestamp"}, datetime.now(timezone.utc)),
        ({"type": "boolean"}, False),
        ({"type": "map", "key": {"type": "string"}, "value": TEXT}, {"k": "ab"}),
        ({"type": "string", "pattern": r"[\p{L}]+"}, "1"),  # Python has no such classes
    ],
)
def test_what_is_fine(member: Json, value: Any) -> None:
    assert told(member, value) == []


@pytest.mark.parametrize(
    ("member", "value", "constraint"),
    [
        (TEXT, "a", "Value 'a' at 'theMember' # have length greater than or equal to 2"),
        (TEXT, "abcde", "Value 'abcde' at 'theMember' # have length less than or equal to 4"),
        (TEXT, "a1", "Value 'a1' at 'theMember' # satisfy regular expression pattern: [a-z]+"),
        (KIND, "C", "Value 'C' at 'theMember' # satisfy enum value set: [A, B]"),
        (
            {"type": "integer", "min": 1},
            0,
            "Value '0' at 'theMember' # have value greater than or equal to 1",
        ),
        (
            {"type": "list", "max": 1, "member": {"type": "string"}},
            ["a", "b"],
            "Value '[a, b]' at 'theMember' # have length less than or equal to 1",
        ),
        (
            {"type": "list", "member": KIND},
            ["A", "C"],
            (
                "Value '[A, C]' at 'theMember' # satisfy constraint: [Member must satisfy enum "
                "value set: [A, B]]"
            ),
        ),
        (
            {"type": "list", "member": {"type": "structure", "members": {"Key": TEXT}}},
            [{"Key": "ab"}, {"Key": "a"}],
            "Value 'a' at 'theMember.2.member.key' # have length greater than or equal to 2",
        ),
        (
            {"type": "map", "key": {"type": "string"}, "value": TEXT},
            {"k": "a"},
            "Value 'a' at 'theMember.k' # have length greater than or equal to 2",
        ),
    ],
)
def test_what_is_not(member: Json, value: Any, constraint: str) -> None:
    expected = constraint.replace("#", "failed to satisfy constraint: Member must")
    assert told(member, value) == [expected]


def test_what_has_to_be_there() -> None:
    expected = "Value null at 'theMember' failed to satisfy constraint: Member must not be null"
    assert told(TEXT, None, required=["TheMember"]) == [expected]
    assert told(TEXT, None) == []


def test_secrets_are_not_told() -> None:
    model = botocore.session.get_session().get_service_model("rds")
    password = model.shape_for("SensitiveString")
    password.metadata["min"] = 8
    (problem,) = problems(password, "short", ("MasterUserPassword",))
    assert str(problem).startswith("Value at 'masterUserPassword' failed to satisfy")
