"""MD702: nginx passes requests to ports that the target exposes."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._hosts import span_of, target_of
from ._model import RUNTIME, Problem
from ._registry import register

_MOST_SHOWN = 5


@register(
    id="MD702",
    name="nginx-port-not-exposed",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.docker.com/reference/dockerfile/#expose",
    summary="nginx passes requests to ports that the target exposes.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def nginx_port_not_exposed(context: Context) -> Iterator[Problem]:
    """Yield each port that nginx asks in vain."""
    around = context.around
    if around is None:
        return
    for container in context.containers:
        for peer in around.peers(container):
            target = target_of(context, container, peer.host)
            if target is None or peer.port is None or peer.is_late:
                continue
            ports = {mapping.container_port for mapping in target.port_mappings}
            exposed = around.exposed(target)
            if exposed and peer.port not in exposed | ports:
                listed = ", ".join(map(str, sorted(exposed)[:_MOST_SHOWN]))
                yield Problem(
                    f"The nginx of container '{container.name}' asks {context.label(target)} at"
                    f" port {peer.port}, and its Dockerfile exposes {listed}.",
                    target.pointer,
                    fix=f"Write {peer.host}:{min(exposed)}, or expose {peer.port}.",
                    span=span_of(peer),
                    path=str(peer.file),
                )
