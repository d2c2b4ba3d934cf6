"""Which endpoints are worked on, and how long is waited."""

from __future__ import annotations

import pytest

from pytest_multidocker.deploy.account import Account, Cancelled
from pytest_multidocker.errors import DeployError
from pytest_multidocker.project.ci import AccessKey

LOCAL = "http://127.0.0.1:4577"


@pytest.mark.parametrize(
    "url", [LOCAL, "http://localhost:4577", "http://[::1]:4577", "http://s3.localhost:4566"]
)
def test_this_machine_is_worked_on_unasked(url: str) -> None:
    assert Account(url, "us-east-1").is_local


@pytest.mark.parametrize(
    "url", ["https://rds.us-east-1.example.com", "http://192.0.2.1:4577", "http://127.0.0.1.nip.io"]
)
def test_another_machine_has_to_be_named(url: str) -> None:
    with pytest.raises(DeployError, match="--allow-host"):
        Account(url, "us-east-1")


def test_a_named_host_and_those_below_it_are_worked_on() -> None:
    account = Account("https://rds.aws.example", "us-east-1", allow_host="aws.example")

    assert not account.is_local
    assert account.client("rds").meta.endpoint_url == "https://rds.aws.example"


def test_what_only_ends_like_the_named_host_is_refused() -> None:
    with pytest.raises(DeployError):
        Account("https://evil-aws.example", "us-east-1", allow_host="aws.example")


def test_a_service_that_the_environment_leads_elsewhere_is_refused_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.com")

    with pytest.raises(DeployError, match=r"s3\.example\.com"):
        Account(LOCAL, "us-east-1").client("s3")


def test_a_service_may_be_on_another_port_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:4566")

    account = Account(LOCAL, "us-east-1")

    assert account.client("s3").meta.endpoint_url == "http://localhost:4566"
    assert account.client("rds").meta.endpoint_url == LOCAL


def test_an_address_without_a_host_is_named() -> None:
    with pytest.raises(DeployError, match="no URL"):
        Account("127.0.0.1:4577", "us-east-1")


def test_an_endpoint_where_nothing_answers_says_what_to_start() -> None:
    with pytest.raises(DeployError, match="multidocker serve"):
        Account("http://127.0.0.1:9", "us-east-1").require()


def test_waiting_returns_what_there_is_to_see() -> None:
    seen = iter([None, None, "available"])

    assert Account(LOCAL, "us-east-1").until("x", lambda: next(seen), timeout=5) == "available"


def test_waiting_ends_with_what_should_have_happened() -> None:
    with pytest.raises(DeployError, match="db should have come within 0 s, but has not"):
        Account(LOCAL, "us-east-1").until("db should have come", lambda: None, timeout=0)


def test_a_cancelled_account_waits_no_more() -> None:
    account = Account(LOCAL, "us-east-1")
    account.cancel()

    with pytest.raises(Cancelled):
        account.until("x", lambda: None, timeout=60)


def test_the_deployer_s_key_is_for_what_ci_deploys_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    account = Account(LOCAL, "us-east-1", deployer=AccessKey("AKIACI", "secret"))

    def key_of(service: str) -> str:
        client = account.client(service)
        return str(client._request_signer._credentials.access_key)

    assert [key_of(service) for service in ("s3", "elasticbeanstalk")] == ["AKIACI"] * 2
    assert key_of("rds") == "test"
