"""Which service of the compose file a container stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dockerrun import ContainerDefinition
from ..project.compose import Service, normal
from ._context import Context


def service_of(context: Context, container: ContainerDefinition) -> Service | None:
    """Return the service of the container's name, else of its image, else of its build's folder."""
    around = context.around
    services = around.services if around is not None else []
    for service in services:
        if container.name and service.name == container.name:
            return service
    for service in services:
        if container.image and service.image == container.image:
            return service
    recipe = around.recipe(container) if around is not None and services else None
    folder = normal(recipe.context) if recipe is not None else None
    return next((each for each in services if folder is not None and each.context == folder), None)


def secrets_of(context: Context, container: ContainerDefinition) -> list[Mapping[str, Any]]:
    """Return the entries of the container's ``secrets`` that are objects."""
    found = context.raw(container).get("secrets")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
