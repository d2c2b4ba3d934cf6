"""The files through which the steps of a GitHub workflow speak to those after them.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands,
"Environment files".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import PipelineError

_NAMES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")


class StepFiles:
    """The files of one job; each is read after every step, and is empty for the next one."""

    def __init__(self, folder: Path) -> None:
        """Make them in a folder."""
        self._files = {name: folder / name.lower().replace("_", "-") for name in _NAMES}
        self.clear()

    def clear(self) -> None:
        """Empty the files."""
        for file in self._files.values():
            file.write_bytes(b"")

    def environ(self) -> dict[str, str]:
        """Return the variables that name them."""
        return {name: str(file) for name, file in self._files.items()}

    def variables(self) -> dict[str, str]:
        """Return what the step has set for those after it; raises :class:`PipelineError`."""
        return dict(parse(self._text("GITHUB_ENV"), "GITHUB_ENV"))

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the step; raises :class:`PipelineError`."""
        return dict(parse(self._text("GITHUB_OUTPUT"), "GITHUB_OUTPUT"))

    def path(self) -> list[str]:
        """Return the folders that the step has put on the search path, the last one first."""
        return [line for line in reversed(self._text("GITHUB_PATH").splitlines()) if line.strip()]

    def _text(self, name: str) -> str:
        try:
            return self._files[name].read_text(encoding="utf-8-sig", errors="replace")
        except FileNotFoundError:  # the step has removed it
            return ""


def parse(text: str, file: str) -> Iterator[tuple[str, str]]:
    """Yield names and values of a text with lines ``NAME=value`` or ``NAME<<END`` … ``END``.

    Raises :class:`PipelineError` for what is neither, as the runner fails the step.
    """
    lines = iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        start, arrow, end = line.partition("<<")
        if arrow and len(start) < len(name):
            held: list[str] = []
            for inner in lines:
                if inner == end:
                    break
                held.append(inner)
            else:
                raise PipelineError(f"{file}: the value of {start} has no end '{end}'.")
            yield start, "\n".join(held)
        elif equals and name:
            yield name, value
        elif line:
            raise PipelineError(f"{file}: '{line}' has no form that GitHub knows.")
