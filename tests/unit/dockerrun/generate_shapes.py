"""Writes ``pytest_multidocker/dockerrun/_shapes.py`` from botocore's service model of ECS.

Run ``python tests/unit/dockerrun/generate_shapes.py`` where ``test_shapes.py`` says that the file
has drifted.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import botocore

TARGET = Path(__file__).parents[3] / "pytest_multidocker" / "dockerrun" / "_shapes.py"
_HEAD = '''"""The shapes of an ECS task definition: generated, do not edit.

Written by ``tests/unit/dockerrun/generate_shapes.py`` from botocore's service model of ECS. A
structure has its members with the name of each one's shape; a list has its item's shape; a map its
value's; an enumeration its values; the rest are ``string``, ``integer`` and ``boolean``.
"""

from __future__ import annotations

from typing import Any

SHAPES: dict[str, dict[str, Any]] = '''


def ecs_model() -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / "ecs"
    file = max(folder.glob("*/service-2.json*"))
    data = file.read_bytes()
    text = gzip.decompress(data) if file.suffix == ".gz" else data
    model: dict[str, Any] = json.loads(text)
    return model


def shapes() -> dict[str, dict[str, Any]]:
    """Return all shapes that a task definition may hold, by name."""
    model = ecs_model()["shapes"]
    found: dict[str, dict[str, Any]] = {}
    wanted = ["RegisterTaskDefinitionRequest"]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found[name], inner = _shape(model[name])
        wanted.extend(inner)
    return dict(sorted(found.items()))


def _shape(shape: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    kind = shape["type"]
    if kind == "structure":
        members = {key: member["shape"] for key, member in shape["members"].items()}
        required = sorted(shape.get("required", []))
        return {"type": kind, "required": required, "members": members}, list(members.values())
    if kind == "list":
        item = shape["member"]["shape"]
        return {"type": kind, "item": item}, [item]
    if kind == "map":
        value = shape["value"]["shape"]
        return {"type": kind, "value": value}, [value]
    if "enum" in shape:
        return {"type": "string", "enum": sorted(shape["enum"])}, []
    return {"type": {"double": "number", "long": "integer"}.get(kind, kind)}, []


def source() -> str:
    """Return the text of the generated module."""
    return _HEAD + _python(shapes()) + "\n"


def _python(value: object, depth: int = 0) -> str:
    """Write ``value`` as ruff formats it, but for line lengths, which it may exceed."""
    pad = "    " * (depth + 1)
    if isinstance(value, dict) and value:
        items = [f"{json.dumps(key)}: {_python(item, depth + 1)}" for key, item in value.items()]
    elif isinstance(value, list) and value:
        items = [_python(item, depth + 1) for item in value]
    else:
        return json.dumps(value)
    opener, closer = ("{", "}") if isinstance(value, dict) else ("[", "]")
    lines = "".join(f"{pad}{item},\n" for item in items)
    return f"{opener}\n{lines}{'    ' * depth}{closer}"


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
