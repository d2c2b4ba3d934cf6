from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_multidocker.engine.background import in_background


def test_the_outcome_is_that_of_the_call() -> None:
    assert in_background(lambda: 7).result(5) == 7
    with pytest.raises(ZeroDivisionError):
        in_background(lambda: 1 // 0).result(5)


def test_no_process_waits_for_it() -> None:
    program = (
        "import threading\n"
        "from pytest_multidocker.engine.background import in_background\n"
        "in_background(threading.Event().wait)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
