"""`multidocker serve`: a local AWS until Ctrl-C."""

from __future__ import annotations

import argparse
import ipaddress
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_multidocker.project.allowed import wrong_with
from pytest_multidocker.project.settings_reader import did_you_mean

from .seconds import seconds_in

if TYPE_CHECKING:
    from pytest_multidocker.aws.emulator import Emulator
    from pytest_multidocker.aws.options import EmulatorOptions

DEFAULT_PORT = 4577

_DESCRIPTION = """\
Serve Elastic Beanstalk, ECS, RDS and ElastiCache with real containers behind them, and the other
services from moto.
Ctrl-C removes everything again; a second one ends at once and leaves it to `multidocker clean`.
"""

_WELCOME = """\
multidocker serves AWS at {url} (run {run}). Ctrl-C stops it and removes all that it started.

    export AWS_ENDPOINT_URL={url}
    export AWS_DEFAULT_REGION={region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
    aws ecs list-clusters        # AWS CLI 1: aws --endpoint-url {url} ...
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    from pytest_multidocker.aws.options import (
        DEFAULT_CLEANUP_AFTER,
        DEFAULT_INSTANCE_TYPE,
        DEFAULT_REGION,
        DEFAULT_STOP_TIMEOUT,
        BeanstalkTimes,
        EmulatorOptions,
    )
    from pytest_multidocker.ecs.instances import known_types
    from pytest_multidocker.ecs.pulls import PULL_BEHAVIORS

    parser = subparsers.add_parser(
        "serve",
        help="serve a local AWS that starts real containers",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--host",
        type=_loopback,
        default="127.0.0.1",
        help="the loopback address to listen on (%(default)s)",
    )
    add("--port", type=_port, default=DEFAULT_PORT, help="0 takes a free one (%(default)s)")
    add("--bridge", action="store_true", help="listen on Docker's bridge too, for containers")
    add(
        "--host-ports",
        choices=("declared", "ephemeral"),
        default="declared",
        help="give tasks the host ports that they declare, or free ones (%(default)s)",
    )
    add(
        "--region",
        type=_region,
        default=DEFAULT_REGION,
        help="of the container instance (%(default)s)",
    )
    add(
        "--instance-type",
        choices=known_types(),
        default=DEFAULT_INSTANCE_TYPE,
        metavar="TYPE",
        help="its size (%(default)s)",
    )
    add("--project", type=_folder, help="what /var/app/current is on the instance")
    add("--log-dir", type=Path, help="what /var/log/containers is (default: a folder of the run)")
    add(
        "--cleanup-after",
        type=_seconds,
        default=DEFAULT_CLEANUP_AFTER,
        metavar="SECONDS",
        help="how long the containers of a stopped task are kept (%(default)s)",
    )
    add(
        "--stop-timeout",
        type=_whole_seconds,
        default=DEFAULT_STOP_TIMEOUT,
        metavar="SECONDS",
        help="between SIGTERM and SIGKILL, for containers that set none (%(default)s)",
    )
    add(
        "--image-pull-behavior",
        choices=PULL_BEHAVIORS,
        default=EmulatorOptions.image_pull_behavior,
        help="which images are pulled (%(default)s: those that are not here)",
    )
    add(
        "--image",
        type=_image,
        action="append",
        default=[],
        metavar="NAME=IMAGE",
        help="use a local image in place of a named one; may be repeated",
    )
    add(
        "--allow",
        type=_allowed,
        action="append",
        default=[],
        metavar="WHAT",
        help="let tasks have what they may not by default: an absolute host path, volume:NAME, "
        "privileged, capabilities, devices, security-options, host-network, host-pid or host-ipc; "
        "may be repeated",
    )
    add(
        "--eb-times",
        type=_times,
        action="append",
        default=[],
        metavar="WHICH",
        help="how long Elastic Beanstalk waits: 'production', or NAME=SECONDS with one of "
        f"{', '.join(vars(BeanstalkTimes()))}; may be repeated",
    )
    add(
        "--localstack",
        type=_localstack,
        default=os.environ.get("LOCALSTACK_HOST") or None,
        metavar="URL",
        help="pass S3, EC2, IAM and STS on to this LocalStack (default: $LOCALSTACK_HOST)",
    )
    add(
        "--authenticate",
        action="store_true",
        help="have IAM decide: keys of its users and roles may do what their policies allow, "
        "unknown keys of AWS's form nothing, and any other, such as test, everything",
    )
    add("--verbose", "-v", action="store_true", help="log every request to standard error")
    for private in ("--workdir", "--lifeline", "--meeting-place"):
        add(private, type=Path, help=argparse.SUPPRESS)
    for private in ("--controller", "--ready-fd"):
        add(private, type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop and return 0.

    Raises EmulatorError where the port is taken or no LocalStack answers where one should,
    EngineUnavailable where Docker does not answer.
    """
    from pytest_multidocker.aws.serving import serve

    logging.basicConfig(
        level=logging.DEBUG if arguments.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    serve(
        options_of(arguments),
        lambda emulator: _announce(emulator, arguments.ready_fd),
        workdir=arguments.workdir,
        lifeline=arguments.lifeline,
        meeting_place=arguments.meeting_place,
        controller=arguments.controller,
    )
    return 0


def options_of(arguments: argparse.Namespace) -> EmulatorOptions:
    """Return the options that the arguments give."""
    from pytest_multidocker.aws.options import BeanstalkTimes, EmulatorOptions

    return EmulatorOptions(
        host=arguments.host,
        port=arguments.port,
        host_ports=arguments.host_ports,
        region=arguments.region,
        project_dir=arguments.project,
        instance_type=arguments.instance_type,
        log_dir=arguments.log_dir and arguments.log_dir.absolute(),
        cleanup_after=arguments.cleanup_after,
        stop_timeout=arguments.stop_timeout,
        image_pull_behavior=arguments.image_pull_behavior,
        bridge=arguments.bridge,
        images=dict(arguments.image),
        allow=tuple(arguments.allow),
        beanstalk=BeanstalkTimes.read(arguments.eb_times),
        localstack=arguments.localstack,
        authenticate=arguments.authenticate,
    )


def _announce(emulator: Emulator, ready_fd: int | None) -> None:
    """Tell the owner, who waits at the other end of `ready_fd`, or the user at the terminal."""
    if ready_fd is None:
        region = emulator.options.region
        welcome = _WELCOME.format(url=emulator.endpoint_url, run=emulator.run.id, region=region)
        print(welcome, flush=True)
        return
    ready = {
        "endpoint_url": emulator.endpoint_url,
        "run_id": emulator.run.id,
        "pid": os.getpid(),
    }
    with os.fdopen(ready_fd, "w") as stream:
        stream.write(json.dumps(ready) + "\n")


def _loopback(text: str) -> str:
    try:
        if ipaddress.ip_address(text).is_loopback:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no loopback address; --bridge adds Docker's")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:  # noqa: PLR2004
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")


def _region(text: str) -> str:
    from pytest_multidocker.aws.options import DEFAULT_REGION

    if text == DEFAULT_REGION:  # botocore takes its time to be loaded
        return text
    from pytest_multidocker.emulator_session import without_settings

    session = without_settings()
    partitions = session.get_available_partitions()
    regions = [name for each in partitions for name in session.get_available_regions("ecs", each)]
    if text in regions:
        return text
    hint = did_you_mean(text, regions)
    raise argparse.ArgumentTypeError(f"{text!r} is no region of Amazon ECS.{hint}")


def _seconds(text: str) -> float:
    if (seconds := seconds_in(text)) is not None:
        return seconds
    raise argparse.ArgumentTypeError(f"seconds are a number from 0 on, not {text!r}")


def _whole_seconds(text: str) -> int:
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(f"seconds are a whole number from 0 on, not {text!r}")


def _allowed(word: str) -> str:
    wrong = wrong_with(word)
    if wrong is None:
        return word
    raise argparse.ArgumentTypeError(wrong)


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    if path.is_dir():
        return path
    raise argparse.ArgumentTypeError(f"there is no folder {text}")


def _times(text: str) -> str:
    from pytest_multidocker.aws.options import BeanstalkTimes

    try:
        BeanstalkTimes.read([text])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _localstack(text: str) -> str:
    from pytest_multidocker.aws.localstack import address

    try:
        return address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _image(text: str) -> tuple[str, str]:
    name, separator, image = text.partition("=")
    if name and separator and image:
        return name, image
    raise argparse.ArgumentTypeError(f"NAME=IMAGE is expected, not {text!r}")
