"""The environment properties that ``.ebextensions`` sets.

Source: `Option settings
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-optionsettings.html>`_, which
stand in a mapping by namespace or in a list of objects.
"""

from __future__ import annotations

from pathlib import Path

from .yaml_marks import Marked, load

_NAMESPACE = "aws:elasticbeanstalk:application:environment"


def environment_properties(folder: Path) -> dict[str, str]:
    """Return names and values of the properties in ``.ebextensions/*.config``."""
    found: dict[str, str] = {}
    for file in sorted((folder / ".ebextensions").glob("*.config")):
        root = load(file)
        settings = root.get("option_settings") if root is not None else None
        if settings is not None:
            found.update(_of_mapping(settings) or _of_list(settings))
    return found


def _of_mapping(settings: Marked) -> dict[str, str]:
    namespace = settings.get(_NAMESPACE)
    if namespace is None:
        return {}
    return {key.text: value.text for key, value in namespace.items()}


def _of_list(settings: Marked) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in settings.value if isinstance(settings.value, list) else []:
        namespace, name, value = (entry.get(key) for key in ("namespace", "option_name", "value"))
        if name is not None and (namespace is None or namespace.text == _NAMESPACE):
            found[name.text] = value.text if value is not None else ""
    return found
