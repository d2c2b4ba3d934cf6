"""MD701: hosts that nginx passes requests to are reached through links."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._hosts import host_owner, is_local, reachable, span_of
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD701",
    name="nginx-host-unresolvable",
    severity="error",
    phase=RUNTIME,
    source="https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
    summary="Hosts that nginx passes requests to are reached through links.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def nginx_host_unresolvable(context: Context) -> Iterator[Problem]:
    """Yield each host that nginx will not find."""
    around = context.around
    if around is None:
        return
    for container in context.containers:
        known = reachable(context, container)
        for peer in around.peers(container):
            if peer.is_late or is_local(peer.host, known):
                continue
            owner = host_owner(context, peer.host)
            linkable = owner in context.by_name and owner != container.name
            others = tuple(sorted(known))
            hint = "" if linkable else context.hints.did_you_mean(peer.host, others)
            yield Problem(
                f"The nginx of container '{container.name}' passes requests to '{peer.host}', which"
                f" is no link, no alias and no host name of a linked container.{hint}",
                f"{container.pointer}/links",
                fix=_fix(container.name, owner, linkable=linkable),
                aws_text="Essential container in task exited" if container.essential else "",
                span=span_of(peer),
                path=str(peer.file),
            )


def _fix(container: str, owner: str, *, linkable: bool) -> str:
    if linkable:
        return f'Add "{owner}" to the links of {container}.'
    if owner == container:
        return "Write 127.0.0.1: a container does not resolve its own name, only its hostname."
    return "Name a container that it links to, by its alias or its host name."
