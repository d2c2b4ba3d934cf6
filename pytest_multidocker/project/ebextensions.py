"""The option settings in ``.ebextensions``, environment properties among them.

Source: `Option settings
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-optionsettings.html>`_, which
stand in a mapping by namespace or in a list of objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .yaml_marks import Marked, load

_PROPERTIES = "aws:elasticbeanstalk:application:environment"


def environment_properties(folder: Path) -> dict[str, str]:
    """Return names and values of the properties in ``.ebextensions/*.config``."""
    found = option_settings(folder).items()
    return {name: value for (namespace, name), value in found if namespace == _PROPERTIES}


def option_settings(folder: Path) -> dict[tuple[str, str], str]:
    """Return the values of ``.ebextensions/*.config``, by namespace and name.

    Of several files the last by name counts.
    """
    found: dict[tuple[str, str], str] = {}
    for file in _files(folder):
        root = load(file)
        settings = root.get("option_settings") if root is not None else None
        if settings is not None:
            found.update(_of_mapping(settings) or _of_list(settings))
    return found


def unreadable(folder: Path) -> dict[str, str]:
    """Return why ``.ebextensions/*.config`` files cannot be read, by their names."""
    read = {f".ebextensions/{file.name}": _failure(file) for file in _files(folder)}
    return {name: failure for name, failure in read.items() if failure}


def _failure(file: Path) -> str:
    import yaml

    try:
        yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        return " ".join(str(error).split())
    return ""


def _files(folder: Path) -> list[Path]:
    found = (folder / ".ebextensions").glob("*.config")
    return sorted(file for file in found if file.is_file())


def _of_mapping(settings: Marked) -> dict[tuple[str, str], str]:
    return {
        (namespace.text, key.text): value.text
        for namespace, options in settings.items()
        for key, value in options.items()
    }


def _of_list(settings: Marked) -> dict[tuple[str, str], str]:
    return dict(_entries(settings))


def _entries(settings: Marked) -> Iterator[tuple[tuple[str, str], str]]:
    for entry in settings.value if isinstance(settings.value, list) else []:
        namespace, name, value = (entry.get(key) for key in ("namespace", "option_name", "value"))
        if name is not None:
            space = namespace.text if namespace is not None else _PROPERTIES
            yield (space, name.text), value.text if value is not None else ""
