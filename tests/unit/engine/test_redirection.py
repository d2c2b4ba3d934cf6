"""The rules of iptables, on a machine whose iptables only writes down what it is asked."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from pytest_multidocker.engine.redirection import Redirection, redirections, remove_unanswered

OURS = Redirection("abc", "0123456789ab", "172.17.0.0/16", "172.17.0.1", 40000)
LISTED = """\
-P PREROUTING ACCEPT
-A PREROUTING -s 172.17.0.0/16 -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m comment \
--comment "multidocker:abc:0123456789ab" -j DNAT --to-destination 172.17.0.1:40000
-A PREROUTING -s 172.17.0.0/16 -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m comment \
--comment "multidocker:def:ba9876543210" -j DNAT --to-destination 127.0.0.1:{port}
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A PREROUTING -d 10.0.0.1/32 -m comment --comment "somebody's" -j DNAT --to-destination 10.0.0.2
"""


class Iptables:
    """Stands for the command."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.answer(LISTED)

    def answer(self, listed: str, status: int = 0) -> None:
        (self._folder / "listed").write_text(listed)
        command = self._folder / "iptables"
        command.write_text(
            f'#!/bin/sh\necho "$@" >> {self._folder}/calls\n'
            f'case "$*" in *" -S "*) cat {self._folder}/listed;; esac\nexit {status}\n'
        )
        command.chmod(command.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[str]:
        calls = self._folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def iptables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iptables:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return Iptables(tmp_path)


RULE = (
    "PREROUTING -s 172.17.0.0/16 -d 169.254.170.2/32 -p tcp --dport 80 "
    "-m comment --comment multidocker:abc:0123456789ab -j DNAT --to-destination 172.17.0.1:40000"
)


def test_a_rule_comes_before_all_others_and_goes_again(iptables: Iptables) -> None:
    assert OURS.insert()
    OURS.remove()
    assert iptables.calls == [f"-w 5 -t nat -I {RULE}", f"-w 5 -t nat -D {RULE}"]


def test_the_rules_in_force_are_read_back(iptables: Iptables) -> None:
    iptables.answer(LISTED.format(port=40001))
    assert redirections("abc") == [OURS]
    assert [rule.run_id for rule in redirections()] == ["abc", "def"]
    assert redirections("ghi") == []


def test_rules_that_lead_to_nobody_are_removed(iptables: Iptables) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answered = LISTED.format(port=port).replace("172.17.0.1:40000", f"127.0.0.1:{port}")
        iptables.answer(answered)
        assert remove_unanswered() == []
    assert [rule.run_id for rule in remove_unanswered()] == ["abc", "def"]
    assert [call.split()[4] for call in iptables.calls] == ["-S", "-S", "-D", "-D"]


def test_the_rule_of_one_who_is_too_busy_to_answer_stays() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # more than it keeps in waiting
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        busy = Redirection("abc", "0123456789ab", "172.17.0.0/16", *address)
        assert not busy.leads_nowhere()
        for each in waiting:
            each.close()
    assert busy.leads_nowhere()


def test_where_iptables_fails_there_is_no_rule(iptables: Iptables) -> None:
    iptables.answer(LISTED, status=4)
    assert not OURS.insert()
    assert redirections() == []


def test_nobody_but_root_is_asked_to_use_it(
    iptables: Iptables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not OURS.insert()
    assert redirections() == []
    assert iptables.calls == []


def test_a_machine_without_iptables_has_no_rules(
    iptables: Iptables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert not OURS.insert()
    assert redirections() == []
