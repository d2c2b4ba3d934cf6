"""The kernel's count of processes killed for want of memory."""

from __future__ import annotations

from pathlib import Path

from pytest_multidocker.engine.oom import OomKills


def test_a_rise_is_told_once(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 9\noom_kill 3\noom_kill_other 99\n")
    kills = OomKills(vmstat)
    assert not kills.rose()

    vmstat.write_text("nr_free_pages 9\noom_kill 5\n")
    assert kills.rose()
    assert not kills.rose()


def test_a_machine_that_does_not_count_never_has_one(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    assert not OomKills(vmstat).rose()
    vmstat.write_text("nr_free_pages 9\n")
    assert not OomKills(vmstat).rose()
