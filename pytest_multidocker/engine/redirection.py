"""The way from the agent's well-known address to an endpoint of ours: one rule of iptables each.

Containers ask for their metadata and credentials at 169.254.170.2, port 80, as every AWS SDK does.
ecs-init redirects that address to the agent (``ecs-init/exec/iptables/iptables.go`` of
amazon-ecs-agent); so do we, for what comes from Docker's bridge. What the machine itself sends
there, such as a build in CodeBuild that asks for its own credentials, is left alone.

A rule's comment names the run and the endpoint. Of several rules the kernel takes the first, so
that of several emulators one is asked for the containers of all; it finds the others by these
comments (see ``aws/metadata/peers.py``).
"""

from __future__ import annotations

import itertools
import logging
import os
import shlex
import shutil
import socket
import subprocess
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)

ADDRESS = "169.254.170.2"
_PREFIX = "multidocker"
_TABLE = ("-w", "5", "-t", "nat")  # wait up to 5 s for others who change the rules
_TIMEOUT = 10  # seconds
_CONNECT_TIMEOUT = 0.2  # seconds


@dataclass(frozen=True)
class Redirection:
    """One rule: what ``subnet`` sends to the agent's address goes to ``host``:``port``.

    ``endpoint`` is the last part, 12 hexadecimal digits, of every id that the endpoint gives out.
    """

    run_id: str
    endpoint: str
    subnet: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """The rule's comment."""
        return f"{_PREFIX}:{self.run_id}:{self.endpoint}"

    def insert(self) -> bool:
        """Put the rule in force, before all others; return whether this machine has let us."""
        return _iptables("-I", *self._rule()) is not None

    def remove(self) -> None:
        """Take the rule away; one that is gone is no error."""
        _iptables("-D", *self._rule())

    def leads_nowhere(self) -> bool:
        """Tell whether nobody listens where the rule leads: one that is only busy does."""
        try:
            socket.create_connection((self.host, self.port), _CONNECT_TIMEOUT).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False

    def _rule(self) -> tuple[str, ...]:
        return (
            *("PREROUTING", "-s", self.subnet, "-d", f"{ADDRESS}/32", "-p", "tcp", "--dport", "80"),
            *("-m", "comment", "--comment", self.name),
            *("-j", "DNAT", "--to-destination", f"{self.host}:{self.port}"),
        )


def redirections(run_id: str | None = None) -> list[Redirection]:
    """Return the rules of a run, by default of all, that are in force on this machine.

    Whoever may not read the rules has made none, and sees none.
    """
    listed = (_iptables("-S", "PREROUTING") or "").splitlines()
    found = [rule for line in listed if (rule := _read(line)) is not None]
    return [rule for rule in found if run_id in {None, rule.run_id}]


def remove_redirections(run_id: str) -> None:
    """Remove the rules of a run."""
    for rule in redirections(run_id):
        rule.remove()


def remove_unanswered() -> list[Redirection]:
    """Remove the rules that lead to nobody, and return them: their emulators were killed."""
    dead = [rule for rule in redirections() if rule.leads_nowhere()]
    for rule in dead:
        rule.remove()
    return dead


def _read(line: str) -> Redirection | None:
    words = shlex.split(line)
    options = dict(itertools.pairwise(words))
    prefix, _, name = options.get("--comment", "").partition(":")
    run_id, _, endpoint = name.partition(":")
    host, _, port = options.get("--to-destination", "").partition(":")
    if prefix != _PREFIX or not port.isdecimal():
        return None
    return Redirection(run_id, endpoint, options.get("-s", ""), host, int(port))


def _iptables(*arguments: str) -> str | None:
    """Return what iptables prints; ``None`` where it fails, or is not for us to use."""
    command = shutil.which("iptables", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if command is None or os.geteuid() != 0:
        return None
    try:
        done = subprocess.run(
            [command, *_TABLE, *arguments],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _LOG.debug("iptables %s: %s", " ".join(arguments), error)
        return None
    if done.returncode:
        _LOG.debug("iptables %s: %s", " ".join(arguments), done.stderr.strip())
        return None
    return done.stdout
