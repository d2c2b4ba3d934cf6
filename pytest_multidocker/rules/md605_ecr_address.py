"""MD605: addresses of Amazon ECR have an account and a Region."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._images import images, is_placeholder
from ._model import RUNTIME, Problem
from ._registry import register

_REGISTRY = re.compile(
    r"\d{12}\.dkr\.ecr(?:-fips)?\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?\Z"
)


@register(
    id="MD605",
    name="ecr-address",
    severity="error",
    phase=RUNTIME,
    source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html",
    summary="Addresses of Amazon ECR have an account and a Region.",
    applies=lambda context: any(images(context)),
)
def ecr_address(context: Context) -> Iterator[Problem]:
    """Yield each registry of ECR that cannot be one."""
    for image in images(context):
        host = image.name.partition("/")[0]
        is_ecr = ".ecr." in f".{host}" and ".amazonaws." in host
        if is_ecr and not is_placeholder(image.name) and not _REGISTRY.match(host):
            yield image.problem(
                f"'{shown(host, 80)}' is no registry of Amazon ECR.",
                "Write <12 digits of the account>.dkr.ecr.<Region>.amazonaws.com.",
            )
