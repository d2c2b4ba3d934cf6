"""The command as a process: what Ctrl-C does to it at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import pytest

RUN = """
import signal, sys, threading, weakref
from pytest_multidocker import __main__ as entry

class Thing: pass

def main():
{body}

entry.main = main
sys.exit(entry.command())
"""


def run(body: str) -> subprocess.CompletedProcess[str]:
    script = RUN.format(body=textwrap.indent(textwrap.dedent(body), "    "))
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30
    )


def test_ctrl_c_while_an_object_is_tidied_up_is_not_lost() -> None:
    done = run("""
        thing = Thing()
        weakref.finalize(thing, signal.raise_signal, signal.SIGINT)
        try:
            del thing
            threading.Event().wait(20)
        except KeyboardInterrupt:
            return 130
    """)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_ctrl_c_after_the_last_line_says_nothing() -> None:
    done = run("""
        thing = Thing()
        weakref.finalize(thing, signal.raise_signal, signal.SIGINT)
        print("done")
        return 0
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_ctrl_c_while_the_interpreter_ends_says_nothing() -> None:
    done = run("""
        import atexit
        atexit.register(signal.raise_signal, signal.SIGINT)
        print("done", flush=True)
        return 0
    """)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "done\n", "")


def test_a_second_ctrl_c_ends_it_too() -> None:
    done = run("""
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
    """)
    assert (done.returncode, done.stderr) == (130, "")


def test_what_else_fails_while_an_object_is_tidied_up_is_told() -> None:
    done = run("""
        thing = Thing()
        weakref.finalize(thing, divmod, 1, 0)
        del thing
        return 0
    """)
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_it_is_the_command(word: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest_multidocker", word],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "multidocker" in done.stdout
