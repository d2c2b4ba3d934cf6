"""Small projects with a Dockerrun file, for tests of the plugin."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

SITE: dict[str, Any] = {
    "AWSEBDockerrunVersion": 2,
    "containerDefinitions": [
        {
            "name": "web",
            "image": "IMAGE",
            "memory": 16,
            "stopTimeout": 1,
            "essential": True,
            "hostname": "web",
            "command": ["busybox", "httpd", "-f", "-p", "80", "-h", "/bin"],
            "portMappings": [{"hostPort": 8080, "containerPort": 80}],
            "links": ["api:backend"],
        },
        {
            "name": "api",
            "image": "IMAGE",
            "memory": 16,
            "stopTimeout": 1,
            "essential": False,
            "hostname": "api",
            "command": ["busybox", "httpd", "-f", "-p", "5000", "-h", "/bin"],
        },
        {"name": "job", "image": "IMAGE", "memory": 16, "essential": False},
    ],
}
"""A site in three containers; ``web`` is essential, published, and linked to ``api``."""

MIGRATED: dict[str, dict[str, Any]] = {
    "job": {"command": ["busybox", "true"]},
    "api": {"dependsOn": [{"containerName": "job", "condition": "SUCCESS"}]},
}
"""Changes to :data:`SITE` by which ``job`` has to end before ``api`` starts."""

RUNNING = (
    "links::web->api(backend)",
    "isolation::web-/->job",
    "isolation::api-/->web",
    "isolation::api-/->job",
    "isolation::job-/->web",
    "isolation::job-/->api",
    "ports::web:8080->80/tcp",
    "memory::web<=16MiB",
    "memory::api<=16MiB",
    "memory::job<=16MiB",
    "memory::api-out-of-memory",
    "essential::web-stops-the-task",
    "essential::api-stops-alone",
    "essential::job-stops-alone",
)
"""The promises of :data:`SITE` that need running containers, in their order."""


def site(**changes: dict[str, Any]) -> dict[str, Any]:
    """Return the site; ``changes`` are members of container definitions, by container name.

    A member that is ``None`` is taken out.
    """
    file = copy.deepcopy(SITE)
    for container in file["containerDefinitions"]:
        container.update(changes.get(container["name"], {}))
        for member in [name for name, value in container.items() if value is None]:
            del container[member]
    return file


def write(folder: Path, file: Any, image: str = "multidocker-probe:1") -> Path:
    """Write a Dockerrun file into a folder; its images become ``image``."""
    path = folder / "Dockerrun.aws.json"
    text = file if isinstance(file, str) else json.dumps(file, indent=2)
    path.write_text(text.replace("IMAGE", image))
    return path


def write_workflow(project: Path, text: str, name: str = "ci.yml") -> Path:
    """Write a GitHub workflow into a project's folder."""
    path = project / ".github" / "workflows" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
