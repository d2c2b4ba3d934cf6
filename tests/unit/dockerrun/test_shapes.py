from __future__ import annotations

from pathlib import Path
from runpy import run_path

from pytest_multidocker.dockerrun._shapes import SHAPES
from pytest_multidocker.dockerrun.shapes import Node, UnknownKey, walk

GENERATOR = run_path(str(Path(__file__).with_name("generate_shapes.py")))


def test_the_generated_shapes_are_those_of_the_installed_botocore() -> None:
    assert GENERATOR["shapes"]() == SHAPES, f"run python {GENERATOR['__file__']}"


def test_the_generated_module_is_written_by_the_generator() -> None:
    assert GENERATOR["TARGET"].read_text(encoding="utf-8") == GENERATOR["source"]()


def test_walk_gives_every_value_with_its_shape_and_every_odd_key() -> None:
    value = {"containerDefinitions": [{"name": "web", "link": [], "portMappings": [{"x": 1}]}]}
    found = list(walk(value, "Dockerrun2"))
    odd = [(key.pointer, key.owner) for key in found if isinstance(key, UnknownKey)]
    assert odd == [
        ("/containerDefinitions/0/link", "ContainerDefinition"),
        ("/containerDefinitions/0/portMappings/0/x", "PortMapping"),
    ]
    types = {node.pointer: node.shape["type"] for node in found if isinstance(node, Node)}
    assert types["/containerDefinitions/0/name"] == "string"
    assert types["/containerDefinitions/0/portMappings"] == "list"
    assert types["/containerDefinitions/0/portMappings/0"] == "structure"


def test_walk_takes_null_for_absent() -> None:
    found = list(walk({"containerDefinitions": None}, "Dockerrun2"))
    assert [node.pointer for node in found] == [""]
