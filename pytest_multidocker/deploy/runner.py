"""Runs steps: those that do not need each other at the same time, the others in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from graphlib import TopologicalSorter

from ..errors import DeployError
from .account import Account, Cancelled
from .step import Step, Tell

Progress = Callable[[str, str], None]
"""Takes the title of a step and what it has to say."""


def in_order(steps: Sequence[Step]) -> list[Step]:
    """Return the steps in an order in which none comes before one that it needs."""
    return [steps[place] for place in _order(steps).static_order()]


def deploy(account: Account, steps: Sequence[Step], progress: Progress) -> None:
    """Have all steps' things there; raises :class:`DeployError` with the first failure."""
    _run(account, steps, _order(steps), lambda step, tell: step.deploy(tell), progress)


def destroy(account: Account, steps: Sequence[Step], progress: Progress) -> None:
    """Have what a deploy has made gone, that which others need last; raises :class:`DeployError`.

    What was there before stays, without what a deploy has put into it.
    """
    order: TopologicalSorter[int] = TopologicalSorter()
    for place, step in enumerate(steps):
        order.add(place)
        for needed in _places(steps, step.needs):
            order.add(needed, place)
    _run(account, steps, order, _destroy, progress)


def left(steps: Sequence[Step]) -> list[Step]:
    """Return the steps whose things are in the account and are a destroy's to remove."""
    return [step for step in steps if step.is_there() and step.kept() is None]


def _destroy(step: Step, tell: Tell) -> None:
    why = step.kept() if step.is_there() else None
    if why is None:
        step.destroy(tell)
    else:
        step.leave()
        tell(f"kept: {why}")


def _order(steps: Sequence[Step]) -> TopologicalSorter[int]:
    return TopologicalSorter({i: _places(steps, step.needs) for i, step in enumerate(steps)})


def _places(steps: Sequence[Step], needed: Sequence[Step]) -> list[int]:
    return [steps.index(step) for step in needed]


def _run(
    account: Account,
    steps: Sequence[Step],
    order: TopologicalSorter[int],
    work: Callable[[Step, Tell], None],
    progress: Progress,
) -> None:
    order.prepare()
    running: dict[Future[None], int] = {}
    with _interruptible(account), ThreadPoolExecutor(len(steps)) as pool:
        try:
            while order.is_active() and not account.is_cancelled:
                for place in order.get_ready():
                    step = steps[place]
                    running[pool.submit(work, step, _teller(step, progress))] = place
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    place = running.pop(future)
                    _raise_for(future, steps[place])
                    order.done(place)
        except BaseException:
            account.cancel()  # so that the pool, which waits for its threads, can end
            raise


@contextmanager
def _interruptible(account: Account) -> Iterator[None]:
    """Have Ctrl-C end the waiting of all steps, and raise ``KeyboardInterrupt`` once they have.

    Raised at once it could be lost: Python drops what is raised while it tidies up.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    interrupted: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        interrupted.append(number)
        account.cancel()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted:
        raise KeyboardInterrupt


def _raise_for(future: Future[None], step: Step) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        future.result()
    except Cancelled:  # the step that failed first has said why
        return
    except DeployError as error:
        raise DeployError(f"{step.title}: {error}") from error
    except ClientError as error:
        said = error.response.get("Error", {})
        code, message = said.get("Code", "?"), said.get("Message", "?")
        what = f"{step.title}: {error.operation_name} was refused: {code}: {message}"
        raise DeployError(what) from error
    except BotoCoreError as error:
        raise DeployError(f"{step.title}: {error}") from error


def _teller(step: Step, progress: Progress) -> Tell:
    return lambda text: progress(step.title, text)
