from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.dockerrun import ContainerDefinition, Secret
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.environment import (
    ManagedSecret,
    Parameter,
    Unavailable,
    key_of,
    needs_fetching,
    read_file,
    s3_object,
    source_of,
    terminal_reason,
    with_fetched,
    with_surroundings,
)

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "variables"),
        [
            ("A=1\nB=2", {"A": "1", "B": "2"}),
            ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
            ("#A=1\n # B=2", {" # B": "2"}),
            ("A=b=c", {"A": "b=c"}),
            ("export A=1", {"export A": "1"}),
            ("A = 1 ", {"A ": " 1 "}),
            ("A=\"1\"\nB='2'", {"A": '"1"', "B": "'2'"}),
            ("A\n\n=1\nB=", {}),
            ("A=1\nA=2", {"A": "2"}),
            ("A=$HOME # really", {"A": "$HOME # really"}),
            ("Ä=ö", {"Ä": "ö"}),
        ],
    )
    def test_a_file_is_read_as_the_agent_reads_it(
        self, text: str, variables: dict[str, str]
    ) -> None:
        assert read_file(text) == variables

    def test_a_line_that_is_too_long_for_go_is_an_error(self) -> None:
        assert read_file("A=" + "x" * (64 * 1024 - 3))
        with pytest.raises(Unavailable, match="token too long"):
            read_file("A=" + "x" * (64 * 1024))

    @given(st.dictionaries(st.from_regex(r"[^=#\r\n][^=\r\n]*", fullmatch=True), st.text("ab= #")))
    def test_whatever_has_a_name_and_a_value_comes_back(self, variables: dict[str, str]) -> None:
        text = "\n".join(f"{name}={value}" for name, value in variables.items())
        assert read_file(text) == {name: value for name, value in variables.items() if value}

    def test_an_object_is_named_by_its_arn(self) -> None:
        assert s3_object("arn:aws:s3:::bucket/folder/a.env") == ("bucket", "folder/a.env")
        with pytest.raises(Unavailable, match=r"invalid s3 arn: s3://bucket/a\.env"):
            s3_object("s3://bucket/a.env")


class TestSecrets:
    @pytest.mark.parametrize(
        ("value_from", "source"),
        [
            ("/app/key", Parameter("/app/key", "us-east-1")),
            ("key", Parameter("key", "us-east-1")),
            (
                "arn:aws:ssm:eu-west-1:123456789012:parameter/app/key",
                Parameter("arn:aws:ssm:eu-west-1:123456789012:parameter/app/key", "eu-west-1"),
            ),
            (ARN, ManagedSecret(ARN, "eu-west-1")),
            (f"{ARN}:user::", ManagedSecret(ARN, "eu-west-1", "user")),
            (
                f"{ARN}:user:AWSPREVIOUS:",
                ManagedSecret(ARN, "eu-west-1", "user", "AWSPREVIOUS"),
            ),
            (f"{ARN}:::v1", ManagedSecret(ARN, "eu-west-1", version_id="v1")),
        ],
    )
    def test_the_value_says_which_service_keeps_it(
        self, value_from: str, source: Parameter | ManagedSecret
    ) -> None:
        assert source_of(Secret("V", value_from), "us-east-1") == source

    def test_a_secret_with_half_of_the_parts_is_refused(self) -> None:
        with pytest.raises(Unavailable, match=r"user resulted in error: an invalid ARN format"):
            source_of(Secret("V", f"{ARN}:user"), "us-east-1")

    @pytest.mark.parametrize(
        ("json", "value"),
        [
            ('"s"', "s"),
            ("5432", "5432"),
            ("999999", "999999"),
            ("1000000", "1e+06"),
            ("123456789", "1.23456789e+08"),
            ("-0.5", "-0.5"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("0", "0"),
            ("true", "true"),
            ("null", "<nil>"),
            ('[1, "a"]', "[1 a]"),
            ('{"b": 1, "a": false}', "map[a:false b:1]"),
        ],
    )
    def test_a_key_is_printed_as_go_prints_it(self, json: str, value: str) -> None:
        assert key_of(f'{{"key": {json}}}', "key") == value

    @pytest.mark.parametrize(
        ("secret", "words"),
        [
            ("{}", "did not contain json key key"),
            ("null", "did not contain json key key"),
            ("s3cret", "invalid character 's' looking for beginning of value"),
            ("", "unexpected end of JSON input"),
            ("[]", "json: cannot unmarshal array into Go value of type"),
            ("true", "json: cannot unmarshal bool into Go value of type"),
            ("1", "json: cannot unmarshal number into Go value of type"),
            ('"s"', "json: cannot unmarshal string into Go value of type"),
        ],
    )
    def test_a_secret_without_the_key_says_why(self, secret: str, words: str) -> None:
        with pytest.raises(Unavailable, match=words):
            key_of(secret, "key")


class TestPrecedence:
    def test_secrets_go_before_environment_before_the_first_file_before_the_second(self) -> None:
        names = "ABCD"
        container = ContainerDefinition("web", environment=tuple((n, "own") for n in names[:2]))
        files = [dict.fromkeys(names[:3], "first"), dict.fromkeys(names, "second")]

        merged = with_fetched(container, {"A": "secret"}, files)

        assert dict(merged.environment) == {
            "A": "secret",
            "B": "own",
            "C": "first",
            "D": "second",
        }

    def test_the_region_is_set_unless_somebody_names_one(self) -> None:
        both = {"AWS_REGION": "r", "AWS_DEFAULT_REGION": "r"}
        always = {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"}
        assert with_surroundings({}, {}, "r") == both | always
        for name in both:
            assert with_surroundings({name: "x"}, {}, "r") == {name: "x"} | always
            assert with_surroundings({}, {name: "x"}, "r") == always

    def test_a_variable_of_the_definition_is_kept(self) -> None:
        own = {"AWS_EXECUTION_ENV": "mine", "A": "1"}
        assert with_surroundings(own, {"AWS_REGION": "r"}, "r") == own


def test_only_tasks_with_secrets_or_files_need_anything() -> None:
    plain = ContainerDefinition("a")
    with_file = ContainerDefinition("b", environment_files=("arn:aws:s3:::b/k",))
    with_secret = ContainerDefinition("c", secrets=(Secret("V", "p"),))
    assert not needs_fetching(TaskDefinition("f", 1, (plain,)))
    assert needs_fetching(TaskDefinition("f", 1, (plain, with_file)))
    assert needs_fetching(TaskDefinition("f", 1, (plain, with_secret)))


def test_a_reason_is_one_line_with_a_capital_letter() -> None:
    assert terminal_reason(Unavailable("fetching  it:\n\tno")) == "Fetching it: no"
    assert terminal_reason(Unavailable("")) == ""
