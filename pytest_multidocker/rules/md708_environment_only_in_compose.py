"""MD708: variables of the compose file are set in the deploy too."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import Span
from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register
from ._services import secrets_of, service_of


@register(
    id="MD708",
    name="environment-only-in-compose",
    severity="warning",
    phase=RUNTIME,
    source=EB_V2,
    summary="Variables of the compose file are set in the deploy too.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def environment_only_in_compose(context: Context) -> Iterator[Problem]:
    """Yield each container with variables that only the compose file sets."""
    around = context.around
    if around is None:
        return
    for container in context.containers:
        service = service_of(context, container)
        if service is None:
            continue
        given = {name for name, _ in container.environment} | set(around.properties)
        given |= around.built_in(container)
        given |= {str(each.get("name")) for each in secrets_of(context, container)}
        missing = [each for each in service.variables if each.name and each.name not in given]
        if missing and not context.raw(container).get("environmentFiles"):
            names = ", ".join(each.name for each in missing)
            first = missing[0]
            yield Problem(
                f"{context.label(container)} gets {names} from {service.file.name} only:"
                " no file of the deploy sets it.",
                container.pointer,
                fix="Set it in the container's environment or in .ebextensions; name it under"
                " [tool.multidocker.environment] if the console sets it.",
                span=Span(first.line, first.column, first.line, first.column + len(first.name)),
                path=str(service.file),
            )
