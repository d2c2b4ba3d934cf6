from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from pytest_multidocker.aws.options import BeanstalkTimes, EmulatorOptions
from pytest_multidocker.cli import serve


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serve.add_parser(parser.add_subparsers())
    return parser.parse_args(["serve", *arguments])


def test_options_survive_the_way_through_the_command_line(tmp_path: Path) -> None:
    options = EmulatorOptions(
        port=4711,
        host_ports="declared",
        region="eu-west-1",
        project_dir=tmp_path,
        instance_type="t3.small",
        log_dir=tmp_path / "logs",
        cleanup_after=1.5,
        bridge=True,
        images={"postgres": "mine:1", "api": "registry:5000/api=x"},
        stop_timeout=2,
        image_pull_behavior="once",
        allow=("privileged", "/srv/data"),
        beanstalk=BeanstalkTimes(pending=3.5, drain=0.0),
        localstack="http://127.0.0.1:4566",
        authenticate=True,
    )
    assert serve.options_of(parse(*options.to_arguments())) == options


@pytest.mark.parametrize(
    ("engine", "identifier", "image"),
    [
        ("postgres", "orders", "mine:1"),
        ("postgres", "orders-1f2e3d4c", "mine:1"),  # that of one test
        ("postgres", "orders-old", "other:2"),
        ("redis", "orders", None),
    ],
)
def test_a_database_may_have_an_image_of_its_own(
    engine: str, identifier: str, image: str | None
) -> None:
    options = EmulatorOptions(images={"postgres.orders": "mine:1", "postgres": "other:2"})

    assert options.database_image(engine, identifier) == image


def test_the_command_uses_declared_ports_and_a_port_of_its_own() -> None:
    options = serve.options_of(parse())
    assert (options.port, options.host_ports, options.host) == (4577, "declared", "127.0.0.1")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--port=70000", "a port is a number from 0 to 65535, not '70000'"),
        ("--port=http", "a port is a number from 0 to 65535, not 'http'"),
        ("--host=0.0.0.0", "'0.0.0.0' is no loopback address; --bridge adds Docker's"),
        ("--host=example.com", "'example.com' is no loopback address; --bridge adds Docker's"),
        ("--image=postgres", "NAME=IMAGE is expected, not 'postgres'"),
        ("--project=/no/such/folder", "there is no folder /no/such/folder"),
        ("--localstack=ftp://there", "'ftp://there' is neither http://HOST:PORT nor HOST:PORT"),
        ("--host-ports=all", "invalid choice: 'all'"),
        ("--eb-times=soon", "'soon' is neither 'production' nor NAME=SECONDS with pending, stop"),
        ("--eb-times=pending=x", "could not convert string to float: 'x'"),
        ("--eb-times=pending=-1", "'pending=-1' is neither 'production' nor"),
    ],
)
def test_wrong_arguments_are_explained(
    argument: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(argument)
    assert message in capsys.readouterr().err


def test_a_localstack_may_be_named_by_its_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serve.options_of(parse()).localstack is None
    monkeypatch.setenv("LOCALSTACK_HOST", "localhost:4510")
    assert serve.options_of(parse()).localstack == "http://localhost:4510"
    assert serve.options_of(parse("--localstack=127.0.0.1")).localstack == "http://127.0.0.1:4566"


def test_the_times_of_production_are_those_of_the_hooks() -> None:
    times = serve.options_of(parse("--eb-times=production", "--eb-times=retry=1")).beanstalk
    assert (times.pending, times.stop, times.retry) == (840, 120, 1)
    assert BeanstalkTimes.read(times.words()) == times
