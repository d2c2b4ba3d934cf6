from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.errors import AwsError
from pytest_multidocker.aws.rds import validation

VALID = {
    "DBInstanceIdentifier": "multi-docker-postgres",
    "DBInstanceClass": "db.t3.micro",
    "Engine": "postgres",
    "MasterUsername": "postgres",
    "MasterUserPassword": "postgrespassword",
    "DBName": "fibvalues",
    "Port": 5432,
}


def refusal(**changes: Any) -> str:
    parameters = {**VALID, **changes}
    with pytest.raises(AwsError) as caught:
        validation.check_create({k: v for k, v in parameters.items() if v is not None})
    assert caught.value.code == "InvalidParameterValue"
    return str(caught.value.message)


def test_a_usual_instance_is_accepted() -> None:
    validation.check_create(VALID)
    validation.check_create({**VALID, "DBName": "_x9", "Port": 1150, "DBInstanceIdentifier": "a"})


@pytest.mark.parametrize("identifier", ["1db", "db-", "d--b", "my_db", "", "a" * 64, "-db", "dß"])
def test_an_identifier_must_have_the_form(identifier: str) -> None:
    message = refusal(DBInstanceIdentifier=identifier)
    assert message.startswith("The parameter DBInstanceIdentifier is not a valid identifier.")


@pytest.mark.parametrize("password", ["short12", "", "a"])
def test_a_short_password_is_refused(password: str) -> None:
    assert refusal(MasterUserPassword=password) == (
        "The parameter MasterUserPassword is not a valid password because it is shorter than 8 "
        "characters."
    )


def test_a_long_password_is_refused() -> None:
    assert "longer than 128 characters" in refusal(MasterUserPassword="x" * 129)
    validation.check_password("x" * 128)


@pytest.mark.parametrize("character", ["/", "@", '"', " ", "é", "\n"])
def test_a_password_has_forbidden_characters(character: str) -> None:
    assert refusal(MasterUserPassword=f"password{character}1") == (
        "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters "
        "besides '/', '@', '\"', ' ' may be used."
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Engine": "mysql"}, "multidocker runs real PostgreSQL instances only"),
        ({"DBInstanceClass": "t3.micro"}, "Invalid DB Instance class: t3.micro"),
        ({"MasterUsername": None}, "The parameter MasterUsername must be provided"),
        ({"MasterUsername": "9lives"}, "must begin with a letter"),
        ({"MasterUsername": "admin"}, "MasterUsername admin cannot be used as it is a reserved"),
        ({"MasterUserPassword": None}, "The parameter MasterUserPassword must be provided"),
        ({"DBName": "my-db"}, "DBName must begin with a letter"),
        ({"Port": 80}, "Invalid port 80. Valid ports are 1150 to 65535."),
    ],
)
def test_what_rds_refuses(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(**changes)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."),
        (
            {"SkipFinalSnapshot": False},
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        ),
        (
            {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": "last"},
            "FinalDBSnapshotIdentifier can't be specified when SkipFinalSnapshot is enabled.",
        ),
    ],
)
def test_a_deletion_says_one_thing_about_the_snapshot(
    parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(AwsError) as caught:
        validation.check_delete(parameters)
    assert (caught.value.code, caught.value.message) == ("InvalidParameterCombination", message)


def test_a_deletion_without_a_snapshot_is_fine() -> None:
    validation.check_delete({"SkipFinalSnapshot": True})
    validation.check_delete({"FinalDBSnapshotIdentifier": "last"})


@pytest.mark.parametrize(
    ("kind", "size"), [("gp2", 1), ("gp3", 19), ("io1", 99), ("standard", 4), ("gp2", 65537)]
)
def test_each_type_of_storage_has_its_sizes(kind: str, size: int) -> None:
    with pytest.raises(AwsError) as caught:
        validation.check_create({**VALID, "StorageType": kind, "AllocatedStorage": size})
    assert (caught.value.code, caught.value.message) == (
        "InvalidParameterCombination",
        f"Invalid storage size for engine name postgres and storage type {kind}: {size}",
    )
    validation.check_create({**VALID, "StorageType": kind, "AllocatedStorage": 100})
    assert refusal(StorageType="tape") == "Invalid storage type: tape"
