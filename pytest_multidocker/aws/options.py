"""How an emulator is set up: one frozen value, and its form as arguments of `multidocker serve`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HostPorts = Literal["declared", "ephemeral"]

DEFAULT_REGION = "us-east-1"
DEFAULT_INSTANCE_TYPE = "t2.micro"
#: Seconds that a stopped task's containers are kept: the real agent's
#: ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION (agent/config/config_unix.go: three hours).
DEFAULT_CLEANUP_AFTER = 3 * 60 * 60.0
#: The real agent's ECS_CONTAINER_STOP_TIMEOUT (agent/config/config_unix.go), in seconds.
DEFAULT_STOP_TIMEOUT = 30


@dataclass(frozen=True)
class EmulatorOptions:
    """What an emulator is started with.

    `port` 0 takes a free one. `host_ports` says whether a task's host ports are those that it
    declares or free ones. `bridge` also listens on the gateway of Docker's default bridge, so that
    containers reach the emulator. `log_dir` is where the tasks' `/var/log/containers` lie; None
    puts them into the run's own folder, which goes with the run. `images` replaces an image
    reference, or a managed engine such as `postgres`, by the local image of the given name.
    `allow` holds what tasks may touch of this machine (see `pytest_multidocker.engine.policy`).
    `stop_timeout` is how many seconds containers that say nothing else get between SIGTERM and
    SIGKILL.
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
        ]
        if self.project_dir is not None:
            arguments.append(f"--project={self.project_dir.absolute()}")
        if self.log_dir is not None:
            arguments.append(f"--log-dir={self.log_dir.absolute()}")
        if self.bridge:
            arguments.append("--bridge")
        arguments += [f"--image={name}={image}" for name, image in self.images.items()]
        arguments += [f"--allow={what}" for what in self.allow]
        return arguments
