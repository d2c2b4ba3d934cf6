"""Which of a project's CI files is run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import PipelineError
from ..project.ci import ci_files
from . import checkout
from .pipeline import Pipeline
from .travis import read_travis
from .workflow import read_workflow


def find_pipeline(folder: Path, file: Path | None, branch: str) -> tuple[Pipeline, Sequence[Path]]:
    """Return the pipeline of the file, else of the first that deploys, else of the first at all.

    With it the other CI files of the project, unless a file was asked for. Raises
    :class:`PipelineError` where there is none, with what is wrong with the files that there are.
    """
    files = [file] if file is not None else ci_files(folder)
    checked_out = checkout.branch(folder)
    read = [_read(each, branch, checked_out) for each in files]
    found = [pipeline for pipeline in read if pipeline is not None]
    if not found:
        raise PipelineError("\n".join(map(_why_not, files)) or _nothing_in(folder))
    chosen = next((pipeline for pipeline in found if pipeline.deploys), found[0])
    return chosen, [each for each in files if each != chosen.file]


def _read(file: Path, branch: str, checked_out: str) -> Pipeline | None:
    is_travis = file.name.endswith(".travis.yml")
    return (read_travis if is_travis else read_workflow)(file, branch, checked_out)


def _nothing_in(folder: Path) -> str:
    return (
        f"There is no pipeline in {folder}: neither a .travis.yml nor a workflow below "
        ".github/workflows. Name the file with --file."
    )


def _why_not(file: Path) -> str:
    """Return what is wrong with a file that has no pipeline."""
    import yaml

    try:
        yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark is not None else str(file)
        return f"{place}: {error.problem or error.context}"
    except OSError as error:
        return f"{file}: {error.strerror or error}"
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        return f"{file}: it cannot be read: {error}"
    return f"{file}: it has no jobs"
