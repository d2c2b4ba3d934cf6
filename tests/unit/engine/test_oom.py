"""The kernel's count of processes killed for want of memory."""

from __future__ import annotations

from pathlib import Path

from pytest_multidocker.engine.oom import OomKills


def test_each_is_claimed_once(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 9\noom_kill 3\noom_kill_other 99\n")
    kills = OomKills(lambda: True, vmstat)
    assert not kills.claim()

    vmstat.write_text("nr_free_pages 9\noom_kill 5\n")
    assert [kills.claim() for _ in range(3)] == [True, True, False]


def test_those_of_this_machine_are_none_of_an_engine_on_another(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("oom_kill 3\n")
    kills = OomKills(lambda: False, vmstat)

    vmstat.write_text("oom_kill 4\n")

    assert not kills.claim()


def test_a_machine_that_does_not_count_never_has_one(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    assert not OomKills(lambda: True, vmstat).claim()
    vmstat.write_text("nr_free_pages 9\n")
    assert not OomKills(lambda: True, vmstat).claim()
