"""What a ``Dockerrun.aws.json`` says, as frozen classes.

The field names are those of the file in snake case; units and defaults are those of the ECS API
(`ContainerDefinition
<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>`_), which
Elastic Beanstalk hands the file to. A field that the file leaves out, or gives a value of a type
that cannot be read, is ``None``, an empty tuple, or the API's default where it has one.

Each class that stands in the file as an object of its own carries ``pointer``, its JSON pointer in
the document, so that a finding about it can be placed at a line and a column. The pointer takes no
part in comparisons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JsonObject = Mapping[str, Any]
"""A JSON object passed on as it is, in the field names of the ECS API."""


@dataclass(frozen=True)
class Link:
    """One entry of ``links``: ``name`` or ``name:alias``."""

    name: str
    """The linked container definition's name."""
    alias: str
    """The host name under which it is reached; the name where no alias is given."""
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class PortMapping:
    """One entry of ``portMappings``: one container port, or a range of them, ``8000-8003``."""

    container_port: int
    """0 where the entry is a range."""
    host_port: int | None = None
    """``None`` and 0 both ask for a free port of the instance."""
    protocol: str = "tcp"
    container_port_range: str | None = None
    pointer: str = field(default="", compare=False)

    @property
    def is_dynamic(self) -> bool:
        """Whether the host port is chosen when the container is created."""
        return not self.host_port

    @property
    def container_ports(self) -> range:
        """All container ports of the entry; none where the range cannot be read."""
        if self.container_port_range is None:
            return range(self.container_port, self.container_port + 1)
        first, _, last = self.container_port_range.partition("-")
        if not (first.isdecimal() and last.isdecimal()):
            return range(0)
        return range(int(first), int(last) + 1)


@dataclass(frozen=True)
class MountPoint:
    """One entry of ``mountPoints``."""

    source_volume: str
    container_path: str
    read_only: bool = False
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class VolumeFrom:
    """One entry of ``volumesFrom``."""

    source_container: str
    read_only: bool = False
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class Dependency:
    """One entry of ``dependsOn``."""

    container_name: str
    condition: str
    """``START``, ``COMPLETE``, ``SUCCESS`` or ``HEALTHY``."""
    pointer: str = field(default="", compare=False)

    @property
    def is_of_end(self) -> bool:
        """Whether the other container has to end before this one is created."""
        return self.condition in {"COMPLETE", "SUCCESS"}


@dataclass(frozen=True)
class Secret:
    """One entry of ``secrets``: a variable whose value is kept elsewhere."""

    name: str
    """The variable."""
    value_from: str
    """A parameter's name or ARN, or a secret's ARN: ``...:secret:ID[:KEY:STAGE:VERSION]``."""
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class HealthCheck:
    """``healthCheck`` of a container definition; times are seconds."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class RestartPolicy:
    """``restartPolicy`` of a container definition.

    ``restart_attempt_period`` is for how many seconds the container must have run before it is
    started again.
    """

    enabled: bool
    ignored_exit_codes: tuple[int, ...] = ()
    restart_attempt_period: int = 300


@dataclass(frozen=True)
class ContainerDefinition:
    """One entry of ``containerDefinitions``.

    ``memory`` (the hard limit) and ``memory_reservation`` (the soft one) are MiB, ``cpu`` is CPU
    units of 1024 a core, the two timeouts are seconds.
    """

    name: str = ""
    image: str = ""
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    links: tuple[Link, ...] = ()
    port_mappings: tuple[PortMapping, ...] = ()
    essential: bool = True
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    environment: tuple[tuple[str, str], ...] = ()
    """Names and values in the order of the file; a name may stand twice."""
    environment_files: tuple[str, ...] = ()
    """ARNs of objects in S3, in the order of the file."""
    secrets: tuple[Secret, ...] = ()
    mount_points: tuple[MountPoint, ...] = ()
    volumes_from: tuple[VolumeFrom, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    start_timeout: int | None = None
    stop_timeout: int | None = None
    hostname: str | None = None
    user: str | None = None
    working_directory: str | None = None
    disable_networking: bool = False
    privileged: bool = False
    readonly_root_filesystem: bool = False
    dns_servers: tuple[str, ...] = ()
    dns_search_domains: tuple[str, ...] = ()
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """Host names with their addresses."""
    docker_security_options: tuple[str, ...] = ()
    interactive: bool = False
    pseudo_terminal: bool = False
    docker_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    ulimits: tuple[tuple[str, int, int], ...] = ()
    """Name, soft limit, hard limit."""
    system_controls: tuple[tuple[str, str], ...] = ()
    log_configuration: JsonObject | None = field(default=None, hash=False)
    linux_parameters: JsonObject | None = field(default=None, hash=False)
    health_check: HealthCheck | None = None
    restart_policy: RestartPolicy | None = None
    pointer: str = field(default="", compare=False)

    @property
    def restarts(self) -> bool:
        """Whether its restart policy is enabled."""
        return self.restart_policy is not None and self.restart_policy.enabled

    @property
    def awaited_ends(self) -> set[str]:
        """The names of the containers that have ended when this one is created."""
        return {each.container_name for each in self.depends_on if each.is_of_end}


@dataclass(frozen=True)
class Volume:
    """One entry of ``volumes``."""

    name: str
    source_path: str | None = None
    """The host folder; ``None`` is an empty volume of the task's own."""
    docker_volume_configuration: JsonObject | None = field(default=None, hash=False)
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class Authentication:
    """Where Elastic Beanstalk finds the registry credentials: an object in S3."""

    bucket: str
    key: str
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True)
class Dockerrun:
    """A whole ``Dockerrun.aws.json``.

    ``version`` is 1, 2 or 3, or ``None`` where the file gives none that Elastic Beanstalk knows.
    Only version 2 has container definitions and volumes.
    """

    version: int | None
    containers: tuple[ContainerDefinition, ...] = ()
    volumes: tuple[Volume, ...] = ()
    authentication: Authentication | None = None
    execution_role_arn: str | None = None

    def container(self, name: str) -> ContainerDefinition:
        """Return the container definition of that name; raise ``KeyError`` if there is none."""
        for container in self.containers:
            if container.name == name:
                return container
        raise KeyError(name)
