"""From the plain value of a Dockerrun file, or of a RegisterTaskDefinition request, to the model.

Nothing here raises: what cannot be read is left out, and the rules say so. Values are converted as
Elastic Beanstalk's reader converts them: it is the AWS SDK for Java's, which takes ``"80"`` for a
number, ``"true"`` for a boolean and ``80`` for a string (``JsonUnmarshallerContext.readText``), and
takes ``null`` for absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .model import (
    Authentication,
    ContainerDefinition,
    Dependency,
    Dockerrun,
    HealthCheck,
    JsonObject,
    Link,
    MountPoint,
    PortMapping,
    RestartPolicy,
    Secret,
    Volume,
    VolumeFrom,
)
from .source import Document

_T = TypeVar("_T")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_LARGEST = 2**31 - 1
"""ECS's integers have 32 bits."""
_VERSIONS = {1, 2, 3}


def parse(document: Document) -> Dockerrun:
    """Return what the document says; containers and volumes only of version 2."""
    value = _mapping(document.value)
    version = integer(value.get("AWSEBDockerrunVersion"))
    version = version if version in _VERSIONS else None
    with_containers = version == 2  # noqa: PLR2004 - the version
    return Dockerrun(
        version=version,
        containers=parse_containers(value.get("containerDefinitions")) if with_containers else (),
        volumes=parse_volumes(value.get("volumes")) if with_containers else (),
        authentication=_authentication(value, version),
        execution_role_arn=text(value.get("executionRoleArn")) if with_containers else None,
    )


def parse_containers(
    value: Any, *, pointer: str = "/containerDefinitions"
) -> tuple[ContainerDefinition, ...]:
    """Return the container definitions of a list of JSON objects in the ECS API's field names.

    An item that is no object is left out. ``pointer`` is the list's own JSON pointer.
    """
    return _objects(value, pointer, _container)


def parse_volumes(value: Any, *, pointer: str = "/volumes") -> tuple[Volume, ...]:
    """Return the volumes of a list of JSON objects in the ECS API's field names."""
    return _objects(value, pointer, _volume)


def integer(value: Any) -> int | None:
    """Return ``value`` as an integer, as Elastic Beanstalk would read it; ``None`` if it cannot."""
    if isinstance(value, str) and _INTEGER.match(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= _LARGEST else None


def text(value: Any) -> str | None:
    """Return ``value`` as a string, as Elastic Beanstalk would read it; ``None`` if it cannot."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else None


def boolean(value: Any, *, default: bool) -> bool:
    """Return ``value`` as a boolean: of strings, only "true" is true, in any case of letters."""
    if isinstance(value, bool):
        return value
    return value.lower() == "true" if isinstance(value, str) else default


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _object_or_none(value: Any) -> JsonObject | None:
    return value if isinstance(value, dict) else None


def _objects(
    value: Any, pointer: str, build: Callable[[Mapping[str, Any], str], _T]
) -> tuple[_T, ...]:
    items = value if isinstance(value, list) else []
    return tuple(
        build(item, f"{pointer}/{index}")
        for index, item in enumerate(items)
        if isinstance(item, dict)
    )


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return tuple(found for item in items if (found := text(item)) is not None)


def _pairs(value: Any, first: str, second: str) -> tuple[tuple[str, str], ...]:
    return _objects(
        value, "", lambda item, _: (text(item.get(first)) or "", text(item.get(second)) or "")
    )


def _container(value: Mapping[str, Any], pointer: str) -> ContainerDefinition:
    get = value.get
    return ContainerDefinition(
        name=text(get("name")) or "",
        image=text(get("image")) or "",
        cpu=integer(get("cpu")) or 0,
        memory=integer(get("memory")),
        memory_reservation=integer(get("memoryReservation")),
        links=_links(get("links"), f"{pointer}/links"),
        port_mappings=_objects(get("portMappings"), f"{pointer}/portMappings", _port_mapping),
        essential=boolean(get("essential"), default=True),
        entry_point=_command(get("entryPoint")),
        command=_command(get("command")),
        environment=_pairs(get("environment"), "name", "value"),
        environment_files=_objects(get("environmentFiles"), "", _environment_file),
        secrets=_objects(get("secrets"), f"{pointer}/secrets", _secret),
        mount_points=_objects(get("mountPoints"), f"{pointer}/mountPoints", _mount_point),
        volumes_from=_objects(get("volumesFrom"), f"{pointer}/volumesFrom", _volume_from),
        depends_on=_objects(get("dependsOn"), f"{pointer}/dependsOn", _dependency),
        start_timeout=integer(get("startTimeout")),
        stop_timeout=integer(get("stopTimeout")),
        hostname=text(get("hostname")),
        user=text(get("user")),
        working_directory=text(get("workingDirectory")),
        disable_networking=boolean(get("disableNetworking"), default=False),
        privileged=boolean(get("privileged"), default=False),
        readonly_root_filesystem=boolean(get("readonlyRootFilesystem"), default=False),
        dns_servers=_texts(get("dnsServers")),
        dns_search_domains=_texts(get("dnsSearchDomains")),
        extra_hosts=_pairs(get("extraHosts"), "hostname", "ipAddress"),
        docker_security_options=_texts(get("dockerSecurityOptions")),
        interactive=boolean(get("interactive"), default=False),
        pseudo_terminal=boolean(get("pseudoTerminal"), default=False),
        docker_labels=_labels(get("dockerLabels")),
        ulimits=_objects(get("ulimits"), "", _ulimit),
        system_controls=_pairs(get("systemControls"), "namespace", "value"),
        log_configuration=_object_or_none(get("logConfiguration")),
        linux_parameters=_object_or_none(get("linuxParameters")),
        health_check=_health_check(get("healthCheck"), f"{pointer}/healthCheck"),
        restart_policy=_restart_policy(get("restartPolicy")),
        pointer=pointer,
    )


def _links(value: Any, pointer: str) -> tuple[Link, ...]:
    items = value if isinstance(value, list) else []
    return tuple(
        _link(item, f"{pointer}/{index}")
        for index, item in enumerate(items)
        if isinstance(item, str)
    )


def _link(entry: str, pointer: str) -> Link:
    """Split at the colon, the name again where no alias follows; a second colon stays in it."""
    name, colon, alias = entry.partition(":")
    return Link(name, alias if colon else name, pointer)


def _command(value: Any) -> tuple[str, ...] | None:
    return _texts(value) if isinstance(value, list) else None


def _port_mapping(value: Mapping[str, Any], pointer: str) -> PortMapping:
    return PortMapping(
        container_port=integer(value.get("containerPort")) or 0,
        host_port=integer(value.get("hostPort")),
        protocol="udp" if value.get("protocol") == "udp" else "tcp",  # ECS takes all else for tcp
        container_port_range=text(value.get("containerPortRange")),
        pointer=pointer,
    )


def _mount_point(value: Mapping[str, Any], pointer: str) -> MountPoint:
    return MountPoint(
        source_volume=text(value.get("sourceVolume")) or "",
        container_path=text(value.get("containerPath")) or "",
        read_only=boolean(value.get("readOnly"), default=False),
        pointer=pointer,
    )


def _volume_from(value: Mapping[str, Any], pointer: str) -> VolumeFrom:
    source = text(value.get("sourceContainer")) or ""
    return VolumeFrom(source, boolean(value.get("readOnly"), default=False), pointer)


def _dependency(value: Mapping[str, Any], pointer: str) -> Dependency:
    name, condition = text(value.get("containerName")) or "", text(value.get("condition")) or ""
    return Dependency(name, condition, pointer)


def _environment_file(value: Mapping[str, Any], _: str) -> str:
    return text(value.get("value")) or ""


def _secret(value: Mapping[str, Any], pointer: str) -> Secret:
    return Secret(text(value.get("name")) or "", text(value.get("valueFrom")) or "", pointer)


def _labels(value: Any) -> Mapping[str, str]:
    return {key: text(label) or "" for key, label in _mapping(value).items()}


def _ulimit(value: Mapping[str, Any], _: str) -> tuple[str, int, int]:
    soft, hard = integer(value.get("softLimit")), integer(value.get("hardLimit"))
    return text(value.get("name")) or "", soft or 0, hard or 0


def _health_check(value: Any, pointer: str) -> HealthCheck | None:
    if not isinstance(value, dict):
        return None

    def seconds(key: str, default: int) -> int:
        given = integer(value.get(key))
        return default if given is None else given

    return HealthCheck(
        command=_texts(value.get("command")),
        interval=seconds("interval", 30),
        timeout=seconds("timeout", 5),
        retries=seconds("retries", 3),
        start_period=seconds("startPeriod", 0),
        pointer=pointer,
    )


def _restart_policy(value: Any) -> RestartPolicy | None:
    if not isinstance(value, dict):
        return None
    period = integer(value.get("restartAttemptPeriod"))
    return RestartPolicy(
        enabled=boolean(value.get("enabled"), default=False),
        ignored_exit_codes=_integers(value.get("ignoredExitCodes")),
        restart_attempt_period=RestartPolicy.restart_attempt_period if period is None else period,
    )


def _integers(value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else []
    return tuple(found for item in items if (found := integer(item)) is not None)


def _volume(value: Mapping[str, Any], pointer: str) -> Volume:
    return Volume(
        name=text(value.get("name")) or "",
        source_path=text(_mapping(value.get("host")).get("sourcePath")),
        docker_volume_configuration=_object_or_none(value.get("dockerVolumeConfiguration")),
        pointer=pointer,
    )


def _authentication(value: Mapping[str, Any], version: int | None) -> Authentication | None:
    """Read the registry credentials' place; each version spells the keys in its own way."""
    key = "authentication" if version == 2 else "Authentication"  # noqa: PLR2004 - the version
    found = value.get(key)
    if not isinstance(found, dict):
        return None
    bucket, name = ("Bucket", "Key") if version == 1 else ("bucket", "key")
    return Authentication(text(found.get(bucket)) or "", text(found.get(name)) or "", f"/{key}")
