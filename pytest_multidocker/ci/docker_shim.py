"""Stands in for the ``docker`` that a pipeline calls: what goes to a registry goes to ours.

It is put first on the search path under that name. Everything else is the real client's doing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCKER = "MULTIDOCKER_CI_DOCKER"
"""The variable with the path of the real client."""
REGISTRY = "MULTIDOCKER_CI_REGISTRY"
"""The variable with the address of our registry, ``HOST:PORT``."""
PUSHED = "MULTIDOCKER_CI_PUSHED"
"""The variable with the file in which the images are noted that have been pushed, one a line."""
SECRETS = "MULTIDOCKER_CI_SECRETS"
"""The variable with the file in which passwords are noted, each a line of JSON, to be masked."""
USER = "MULTIDOCKER_CI_USER"
PASSWORD = "MULTIDOCKER_CI_PASSWORD"  # noqa: S105 - a variable's name

_VALUED = {"-u", "--username", "-p", "--password"}


@dataclass(frozen=True)
class Login:
    """What a ``docker login`` was told."""

    user: str
    password: str
    server: str = ""


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run the command and return its exit status."""
    real, registry = environ[DOCKER], environ[REGISTRY]
    verb, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if verb == "login":
        return _login(real, registry, rest, environ)
    if verb == "push" and (images := [word for word in rest if not word.startswith("-")]):
        status = _push(real, registry, images[-1])
        if status == 0:
            with Path(environ[PUSHED]).open("a", encoding="utf-8") as noted:
                noted.write(f"{images[-1]}\n")
        return status
    return subprocess.run([real, *arguments], check=False).returncode


def _login(real: str, registry: str, words: list[str], environ: Mapping[str, str]) -> int:
    login = parse_login(words, sys.stdin.read() if "--password-stdin" in words else "")
    for what, value in (("user", login.user), ("password", login.password)):
        if not value:
            print(f"Error: docker login has no {what}: is its variable set?", file=sys.stderr)
            return 1
    noted = os.open(environ[SECRETS], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(noted, "w", encoding="utf-8") as file:
        file.write(f"{json.dumps(login.password)}\n")
    # Whatever the user's account elsewhere is, here the registry's own opens it.
    command = [real, "login", "--username", environ[USER], "--password-stdin", registry]
    done = subprocess.run(
        command, input=environ[PASSWORD], text=True, capture_output=True, check=False
    )
    print("Login Succeeded" if done.returncode == 0 else done.stderr.strip())
    return done.returncode


def parse_login(words: Sequence[str], stdin: str) -> Login:
    """Return what ``docker login`` with these words, and this standard input, was told."""
    user, password, server = "", stdin.strip(), ""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in _VALUED:
            value = value if equals else next(rest, "")
            if option in {"-u", "--username"}:
                user = value
            else:
                password = value
        elif not word.startswith("-"):
            server = word
    return Login(user, password, server)


def _push(real: str, registry: str, image: str) -> int:
    ours = f"{registry}/{image}"
    tagged = subprocess.run([real, "tag", image, ours], check=False)
    if tagged.returncode != 0:
        return tagged.returncode
    try:
        return subprocess.run([real, "push", ours], check=False).returncode
    finally:
        # Only the name: the image stays, and with it the cache of the next build.
        subprocess.run([real, "rmi", "--no-prune", ours], capture_output=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
