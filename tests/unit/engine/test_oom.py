"""Whom the kernel has killed for want of memory: of its log, and of its count."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.engine.kernel_log import KernelLog
from pytest_multidocker.engine.oom import OomKills

WEB, JOB = "3" * 64, "a" * 64


class Kernel:
    """What the kernel shows of its kills, in files of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.vmstat = folder / "vmstat"
        self.kmsg = folder / "kmsg"
        self.kmsg.write_text(_line(f"/docker/{WEB}"))  # of old
        self._count = 3
        self._write()

    def kill(self, group: str | None = None) -> None:
        """Have one killed; of which control group, the log says unless it is ``None``."""
        self._count += 1
        self._write()
        if group is not None:
            with self.kmsg.open("a") as log:
                log.write(_line(group))

    def kills(self, is_here: Callable[[], bool] = lambda: True) -> OomKills:
        return OomKills(is_here, self.vmstat, KernelLog(self.kmsg))

    def _write(self) -> None:
        self.vmstat.write_text(f"nr_free_pages 9\noom_kill {self._count}\noom_kill_other 99\n")


def _line(group: str) -> str:
    return (
        "6,252567,29969639258,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,"
        f"mems_allowed=0,oom_memcg={group},task_memcg={group},task=dd,pid=25350,uid=0\n"
        f"6,252568,29969639259,-;Memory cgroup out of memory: Killed process 25350 (dd)\n"
    )


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path)


class TestOneThatTheLogNames:
    @pytest.mark.parametrize(
        "group", [f"/docker/{WEB}", f"/system.slice/docker-{WEB}.scope", f"/docker/{WEB}/app/{JOB}"]
    )
    def test_is_the_container_s(self, kernel: Kernel, group: str) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        kernel.kill(group)
        assert kills.claim(WEB, since)

    @pytest.mark.parametrize("group", [f"/docker/{JOB}", "/user.slice/user-1000.slice"])
    def test_is_no_other_s(self, kernel: Kernel, group: str) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        kernel.kill(group)
        assert not kills.claim(WEB, since)

    def test_may_be_named_before_it_is_counted(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        before = kernel.vmstat.read_text()
        kernel.kill(f"/docker/{JOB}")
        counted = kernel.vmstat.read_text()
        kernel.vmstat.write_text(before)
        assert not kills.claim(WEB, since)
        kernel.vmstat.write_text(counted)
        assert not kills.claim(WEB, since)

    def test_is_none_of_its_next_life(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        kernel.kill(f"/docker/{WEB}")
        assert kills.claim(WEB, kills.starts(WEB)) is False

    def test_and_that_docker_tells_of_too_is_one(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        kernel.kill(f"/docker/{JOB}")
        kernel.kill()
        kills.told(JOB)
        assert kills.claim(WEB, since)
        assert not kills.claim(WEB, since)

    def test_of_another_machine_says_nothing(self, kernel: Kernel) -> None:
        kills = kernel.kills(lambda: False)
        since = kills.starts(WEB)
        kernel.kill(f"/docker/{WEB}")
        assert not kills.claim(WEB, since)

    def test_is_not_read_any_more_when_it_is_closed(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        kills.close()
        kernel.kill(f"/docker/{JOB}")
        assert kills.claim(WEB, 0)  # as far as it knows
        kills.close()


class TestOneThatTheLogDoesNotName:
    def test_is_claimed_once(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        assert not kills.claim(WEB, since)
        kernel.kill()
        kernel.kill()
        assert [kills.claim(WEB, since) for _ in range(3)] == [True, True, False]

    def test_is_none_of_a_container_that_starts_later(self, kernel: Kernel) -> None:
        kills = kernel.kills()
        kernel.kill()
        assert not kills.claim(WEB, kills.starts(WEB))

    @pytest.mark.parametrize("of_old", [0, 2])
    def test_and_that_docker_tells_of_is_no_other_s(self, kernel: Kernel, of_old: int) -> None:
        kills = kernel.kills()
        for _ in range(of_old):
            kernel.kill()
        since = kills.starts(WEB)
        kernel.kill()
        kills.told(JOB)
        assert not kills.claim(WEB, since)

    def test_may_be_named_in_lines_that_are_lost(
        self, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kills = kernel.kills()
        since = kills.starts(WEB)
        kernel.kill()
        kernel.kill(f"/docker/{WEB}")
        read, lost = os.read, [BrokenPipeError()]

        def overwritten(fd: int, size: int) -> bytes:
            if lost:
                raise lost.pop()
            return read(fd, size)

        monkeypatch.setattr(os, "read", overwritten)

        assert not kills.claim(JOB, since)
        assert kills.claim(WEB, since)

    def test_of_another_machine_says_nothing(self, kernel: Kernel) -> None:
        kills = kernel.kills(lambda: False)
        since = kills.starts(WEB)
        kernel.kill()
        assert not kills.claim(WEB, since)


def test_a_kernel_that_shows_nothing_never_has_one(tmp_path: Path) -> None:
    vmstat, log = tmp_path / "vmstat", KernelLog(tmp_path / "kmsg")
    assert not OomKills(lambda: True, vmstat, log).claim(WEB, 0)
    vmstat.write_text("nr_free_pages 9\n")
    assert not OomKills(lambda: True, vmstat, log).claim(WEB, 0)
