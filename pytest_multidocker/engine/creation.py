"""From a container definition to what Docker is asked for when the container is created.

Pure. Source: ``agent/api/task/task.go`` (``dockerConfig``, ``dockerHostConfig``,
``getDockerResources``, ``dockerCPUShares``) of amazon-ecs-agent, and for what the ECS service
translates itself `Docker's API <https://docs.docker.com/reference/api/engine/version/v1.41/>`_.
The keys are those of docker-py's ``containers.create``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..dockerrun.model import ContainerDefinition, HealthCheck, PortMapping
from ..ecs.log_streams import OF_AWS
from ..ecs.namespaces import PAUSE
from .identity import TaskIdentity

MIB = 1024 * 1024
_LEAST_MEMORY = 4  # MiB: the agent raises a lower limit to this one
_LEAST_SHARES, _MOST_SHARES = 2, 262144
_NANOSECONDS = 1_000_000_000

HostPortChoice = Callable[[PortMapping], Sequence[int | None]]
"""Gives a host port for each container port of a mapping; ``None`` leaves the choice to Docker."""


def create_options(
    task: TaskIdentity,
    container: ContainerDefinition,
    *,
    binds: Sequence[str],
    extra_hosts: Mapping[str, str],
    labels: Mapping[str, str],
    host_ports: HostPortChoice,
) -> dict[str, Any]:
    """Return docker-py's arguments for creating the container, image apart.

    ``host_ports`` gives the host ports of a port mapping, one for each of its container ports.
    """
    options: dict[str, Any] = {
        "name": task.container_name(container.name),
        "command": _as_list(container.command),
        "entrypoint": _as_list(container.entry_point),
        "environment": dict(container.environment),
        "hostname": container.hostname,
        "user": container.user,
        "working_dir": container.working_directory,
        "labels": {**container.docker_labels, **labels, **task.labels(container.name)},
        "tty": container.pseudo_terminal,
        "stdin_open": container.interactive,
        "read_only": container.readonly_root_filesystem,
        "privileged": container.privileged,
        "security_opt": list(container.docker_security_options),
        "dns": list(container.dns_servers),
        "dns_search": list(container.dns_search_domains),
        "sysctls": dict(container.system_controls),
        "ulimits": [{"name": n, "soft": s, "hard": h} for n, s, h in container.ulimits],
        "volumes": list(binds),
        "volumes_from": _volumes_from(task, container),
        "ports": _ports(task, container, host_ports),
        **_network(task, container, extra_hosts),
        **_namespaces(task, container),
        **_resources(task, container),
        **_linux(container),
        **_logging(container),
        **_health(container.health_check),
    }
    return {name: value for name, value in options.items() if value not in (None, [], {})}


def _as_list(words: tuple[str, ...] | None) -> list[str] | None:
    return list(words) if words else None


def _network(
    task: TaskIdentity, container: ContainerDefinition, extra_hosts: Mapping[str, str]
) -> dict[str, Any]:
    mode = task.definition.network_mode
    # The default bridge, by its name: only there a container resolves nothing but its links.
    network = {"network_mode": mode} if mode in {"host", "none"} else {"network": "bridge"}
    return {
        **network,
        "network_disabled": container.disable_networking or None,
        "links": [(task.container_name(link.name), link.alias) for link in container.links],
        "extra_hosts": {**extra_hosts, **dict(container.extra_hosts)},
    }


def _namespaces(task: TaskIdentity, container: ContainerDefinition) -> dict[str, Any]:
    definition = task.definition
    if container.name == PAUSE:
        return {"ipc_mode": "shareable" if definition.ipc_mode == "task" else None}
    modes = {"pid_mode": definition.pid_mode, "ipc_mode": definition.ipc_mode}
    shared = f"container:{task.container_name(PAUSE)}"
    return {option: shared if mode == "task" else mode for option, mode in modes.items()}


def _volumes_from(task: TaskIdentity, container: ContainerDefinition) -> list[str]:
    return [
        task.container_name(volume.source_container) + (":ro" if volume.read_only else "")
        for volume in container.volumes_from
    ]


def _ports(
    task: TaskIdentity, container: ContainerDefinition, host_ports: HostPortChoice
) -> dict[str, list[int | None]]:
    if task.definition.network_mode != "bridge":
        return {}  # on the host's network the ports are the host's own, without any binding
    ports: dict[str, list[int | None]] = {}
    for mapping in container.port_mappings:
        for port, host_port in zip(mapping.container_ports, host_ports(mapping), strict=True):
            ports.setdefault(f"{port}/{mapping.protocol}", []).append(host_port)
    return ports


def _resources(task: TaskIdentity, container: ContainerDefinition) -> dict[str, Any]:
    linux = container.linux_parameters or {}
    # The agent has a control group for the task. Docker would leave its folder behind, so each
    # container without a limit of its own is held to the task's instead.
    memory = container.memory or task.definition.memory
    limit = max(memory, _LEAST_MEMORY) * MIB if memory else None
    resources = {
        "cpu_shares": min(max(container.cpu, _LEAST_SHARES), _MOST_SHARES),
        "mem_limit": limit,
        "mem_reservation": (container.memory_reservation or 0) * MIB or None,
    }
    if limit is not None:
        # Instances of ECS have no swap. Left to itself Docker would add as much again.
        resources["memswap_limit"] = limit + int(linux.get("maxSwap") or 0) * MIB
    if limit is not None and linux.get("maxSwap") and linux.get("swappiness") is not None:
        resources["mem_swappiness"] = linux["swappiness"]
    return resources


def _linux(container: ContainerDefinition) -> dict[str, Any]:
    linux = container.linux_parameters or {}
    capabilities = linux.get("capabilities") or {}
    return {
        "cap_add": capabilities.get("add"),
        "cap_drop": capabilities.get("drop"),
        "init": linux.get("initProcessEnabled"),
        "shm_size": int(linux.get("sharedMemorySize") or 0) * MIB or None,
        "tmpfs": {t["containerPath"]: _tmpfs(t) for t in linux.get("tmpfs") or ()},
        "devices": [_device(device) for device in linux.get("devices") or ()],
    }


def _tmpfs(tmpfs: Mapping[str, Any]) -> str:
    return ",".join([*(tmpfs.get("mountOptions") or ()), f"size={tmpfs['size']}m"])


def _device(device: Mapping[str, Any]) -> str:
    letters = {"read": "r", "write": "w", "mknod": "m"}
    rights = "".join(letters[p] for p in device.get("permissions") or letters)
    return f"{device['hostPath']}:{device.get('containerPath') or device['hostPath']}:{rights}"


def _logging(container: ContainerDefinition) -> dict[str, Any]:
    config = container.log_configuration
    if config is None:
        return {}
    if config["logDriver"] in OF_AWS:
        return {"log_config": {"type": "json-file", "config": {}}}  # to be read from there
    options = dict(config.get("options") or {})
    if options.get("mode") == "non-blocking":
        options.setdefault("max-buffer-size", "10m")
    return {"log_config": {"type": config["logDriver"], "config": options}}


def _health(check: HealthCheck | None) -> dict[str, Any]:
    if check is None:
        return {}
    return {
        "healthcheck": {
            "test": list(check.command),
            "interval": check.interval * _NANOSECONDS,
            "timeout": check.timeout * _NANOSECONDS,
            "retries": check.retries,
            "start_period": check.start_period * _NANOSECONDS,
        }
    }
