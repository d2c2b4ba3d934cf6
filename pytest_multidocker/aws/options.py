"""How an emulator is set up: one frozen value, and its form as arguments of `multidocker serve`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..ecs.pulls import PullBehavior

HostPorts = Literal["declared", "ephemeral"]

DEFAULT_REGION = "us-east-1"
DEFAULT_INSTANCE_TYPE = "t2.micro"
_RANDOM = re.compile(r"-[0-9a-f]{8}$")
#: Seconds that a stopped task's containers are kept: the real agent's
#: ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION (agent/config/config_unix.go: three hours).
DEFAULT_CLEANUP_AFTER = 3 * 60 * 60.0
#: The real agent's ECS_CONTAINER_STOP_TIMEOUT (agent/config/config_unix.go), in seconds.
DEFAULT_STOP_TIMEOUT = 30


@dataclass(frozen=True)
class BeanstalkTimes:
    """How long Elastic Beanstalk waits, in seconds: here shorter than in production.

    `pending` is for how long a task may be PENDING, `stop` how long it may take to stop, `retry`
    what is between two attempts to start it, `settle` for how long a task that runs is watched
    before its start has succeeded, `health` how long instances get to pass their health checks,
    `interval` what is between two of those, `drain` the most that open requests get.
    """

    pending: float = 120.0
    stop: float = 40.0
    retry: float = 0.2
    settle: float = 1.0
    health: float = 15.0
    interval: float = 1.0
    drain: float = 5.0

    @classmethod
    def of_production(cls) -> BeanstalkTimes:
        """Return the times of AWS: those of the hooks, and of its health agent."""
        return cls(
            pending=840.0,
            stop=120.0,
            retry=3.0,
            settle=3.0,
            health=600.0,
            interval=10.0,
            drain=3600.0,
        )

    @classmethod
    def read(cls, words: Iterable[str]) -> BeanstalkTimes:
        """Return the times of words such as `production` and `pending=300`, the last one counts.

        Raises ValueError for a word that is none of them.
        """
        times = cls()
        for word in words:
            name, _, seconds = word.partition("=")
            if word == "production":
                times = cls.of_production()
            elif name in vars(times) and float(seconds) >= 0:
                times = replace(times, **{name: float(seconds)})
            else:
                names = ", ".join(vars(times))
                raise ValueError(f"{word!r} is neither 'production' nor NAME=SECONDS with {names}")
        return times

    def words(self) -> list[str]:
        """Return the words that `read` makes these times of."""
        usual = vars(BeanstalkTimes())
        return [f"{name}={value}" for name, value in vars(self).items() if value != usual[name]]


@dataclass(frozen=True)
class EmulatorOptions:
    """What an emulator is started with.

    `port` 0 takes a free one. `host_ports` says whether a task's host ports are those that it
    declares or free ones. `bridge` also listens on the gateway of Docker's default bridge, so that
    containers reach the emulator. `log_dir` is where the tasks' `/var/log/containers` lie; None
    puts them into the run's own folder, which goes with the run. `images` replaces an image
    reference, a managed engine such as `postgres`, or one database of it (`postgres.orders`), by
    the local image of the given name. `allow` holds what tasks may touch of this machine (see
    `pytest_multidocker.engine.policy`).
    `stop_timeout` is how many seconds containers that say nothing else get between SIGTERM and
    SIGKILL. `image_pull_behavior` is the agent's `ECS_IMAGE_PULL_BEHAVIOR`; images that are
    replaced by local ones are never pulled. `beanstalk` is how long Elastic Beanstalk waits.
    `localstack` is the URL of a LocalStack that answers for S3, EC2, IAM and STS. `authenticate`
    has IAM decide about requests that are signed with keys of its users and roles.
    """

    host: str = "127.0.0.1"
    port: int = 0
    host_ports: HostPorts = "ephemeral"
    region: str = DEFAULT_REGION
    project_dir: Path | None = None
    instance_type: str = DEFAULT_INSTANCE_TYPE
    log_dir: Path | None = None
    cleanup_after: float = DEFAULT_CLEANUP_AFTER
    bridge: bool = False
    images: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()
    stop_timeout: int = DEFAULT_STOP_TIMEOUT
    image_pull_behavior: PullBehavior = "prefer-cached"
    beanstalk: BeanstalkTimes = field(default_factory=BeanstalkTimes)
    localstack: str | None = None
    authenticate: bool = False

    def database_image(self, engine: str, identifier: str) -> str | None:
        """Return the image that stands for a managed database; `None` is that of its version.

        A database that a test has for itself is called like the declared one, and random behind it.
        """
        declared = _RANDOM.sub("", identifier)
        names = (f"{engine}.{identifier}", f"{engine}.{declared}", engine)
        return next((self.images[name] for name in names if name in self.images), None)

    def to_arguments(self) -> list[str]:
        """Return the arguments of `multidocker serve` that give these options."""
        arguments = [
            f"--host={self.host}",
            f"--port={self.port}",
            f"--host-ports={self.host_ports}",
            f"--region={self.region}",
            f"--instance-type={self.instance_type}",
            f"--cleanup-after={self.cleanup_after}",
            f"--stop-timeout={self.stop_timeout}",
            f"--image-pull-behavior={self.image_pull_behavior}",
        ]
        if self.project_dir is not None:
            arguments.append(f"--project={self.project_dir.absolute()}")
        if self.log_dir is not None:
            arguments.append(f"--log-dir={self.log_dir.absolute()}")
        if self.localstack is not None:
            arguments.append(f"--localstack={self.localstack}")
        if self.bridge:
            arguments.append("--bridge")
        if self.authenticate:
            arguments.append("--authenticate")
        arguments += [f"--image={name}={image}" for name, image in self.images.items()]
        arguments += [f"--allow={what}" for what in self.allow]
        arguments += [f"--eb-times={word}" for word in self.beanstalk.words()]
        return arguments
