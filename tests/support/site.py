"""A site small enough to be deployed in a second: a page that says what it was deployed with."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import requests

STACK = "64bit Amazon Linux 2023 v4.2.0 running ECS"

# Process 1 gets no signal that it does not ask for, and the site should stop at once.
_SERVE = """
trap 'exit 0' TERM
mkdir /www
echo "$1 $COLOUR, linked to $(grep -c worker /etc/hosts) worker" > /www/index.html
httpd -f -h /www &
wait
"""
_WORK = "trap 'exit 0' TERM; echo the worker works; sleep 600 & wait"


def dockerrun(image: str, version: str) -> dict[str, Any]:
    """Return a Dockerrun with a web server, and a worker that it is linked to."""
    web = {
        "name": "web",
        "image": image,
        "memory": 16,
        "essential": True,
        "links": ["worker"],
        "command": ["sh", "-c", _SERVE, "web", version],
        "portMappings": [{"hostPort": 80, "containerPort": 80}],
    }
    worker = {
        "name": "worker",
        "image": image,
        "memory": 16,
        "essential": False,
        "command": ["sh", "-c", _WORK],
    }
    return {"AWSEBDockerrunVersion": 2, "containerDefinitions": [web, worker]}


def bundle(image: str, version: str) -> bytes:
    """Return a source bundle with that Dockerrun at its root."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("Dockerrun.aws.json", json.dumps(dockerrun(image, version)))
    return content.getvalue()


def page(version: str, colour: str) -> str:
    """Return what the site says."""
    return f"{version} {colour}, linked to 1 worker\n"


def get(address: str, via: str = "") -> str:
    """Return the page at an address without a scheme; ``via`` is an emulator that resolves it."""
    if not via:
        return requests.get(f"http://{address}/", timeout=10).text
    return requests.get(via, headers={"Host": f"{address}:{urlsplit(via).port}"}, timeout=10).text
