"""MD712: nginx passes requests to links without a variable in the address."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._hosts import reachable, span_of
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD712",
    name="nginx-link-with-variable",
    severity="warning",
    phase=RUNTIME,
    source="https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
    summary="nginx passes requests to links without a variable in the address.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def nginx_link_with_variable(context: Context) -> Iterator[Problem]:
    """Yield each link that nginx asks its resolver for."""
    around = context.around
    for container in context.containers if around is not None else ():
        for peer in around.peers(container) if around is not None else ():
            if peer.is_late and "." not in peer.host and peer.host in reachable(context, container):
                yield Problem(
                    f"The nginx of container '{container.name}' asks a resolver for"
                    f" '{peer.host}', since a variable stands in the address, and no resolver"
                    " knows links.",
                    f"{container.pointer}/links",
                    fix=f"Name {peer.host} in an upstream, or leave the variable out: nginx passes"
                    " the request's own path on.",
                    span=span_of(peer),
                    path=str(peer.file),
                )
