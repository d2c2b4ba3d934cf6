"""The variables of a container: where they come from, and which goes before which.

Pure. A secret goes before ``environment``, that before the first environment file, that before the
second, and all before the image's own ``ENV``. Source: ``agent/api/container/container.go``
(``MergeEnvironmentVariables``, ``MergeEnvironmentVariablesFromEnvfiles``) and
``agent/taskresource`` (``envFiles``, ``ssmsecret``, ``asmsecret``) of amazon-ecs-agent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..dockerrun.model import ContainerDefinition, Secret
from .definition import TaskDefinition

EXECUTION_ENVIRONMENT = "AWS_ECS_EC2"
"""What ECS sets ``AWS_EXECUTION_ENV`` to for containers on an EC2 instance."""

_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_LONGEST_LINE = 64 * 1024  # bytes: Go's bufio.Scanner gives up on such a line
_S3_ARN = re.compile("arn:([^:]+):s3:::([^/]+)/(.+)")
_ARN_PARTS = 6


class Unavailable(Exception):  # noqa: N818 - it says what is the case
    """Something that a task's environment needs cannot be had; the text is the agent's."""


# --- what a task needs from elsewhere --------------------------------------------------------


@dataclass(frozen=True)
class Parameter:
    """A parameter of SSM Parameter Store: its name or ARN, as GetParameters takes it."""

    name: str
    region: str


@dataclass(frozen=True)
class ManagedSecret:
    """A secret of Secrets Manager, or one key of the JSON object that it holds."""

    arn: str
    region: str
    key: str = ""
    version_stage: str = ""
    version_id: str = ""


def needs_fetching(definition: TaskDefinition) -> bool:
    """Tell whether a container of the task has secrets or environment files."""
    return any(c.secrets or c.environment_files for c in definition.containers)


def source_of(secret: Secret, region: str) -> Parameter | ManagedSecret:
    """Return where the value of a secret is; ``region`` is the task's.

    Raises :class:`Unavailable` for an ARN of Secrets Manager that has too few or too many parts.
    """
    parts = secret.value_from.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or parts[0] != "arn":
        return Parameter(secret.value_from, region)
    _, partition, service, arn_region, account, resource = parts
    if service != "secretsmanager":
        return Parameter(secret.value_from, arn_region or region)
    match resource.split(":"):
        case [_, _]:
            return ManagedSecret(secret.value_from, arn_region)
        case [kind, name, key, stage, version]:
            arn = f"arn:{partition}:{service}:{arn_region}:{account}:{kind}:{name}"
            return ManagedSecret(arn, arn_region, key, stage, version)
    raise Unavailable(
        f"trying to retrieve secret with value {secret.value_from} resulted in error: an invalid "
        "ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try "
        "again."
    )


def s3_object(arn: str) -> tuple[str, str]:
    """Return the bucket and the key of an environment file; raises :class:`Unavailable`."""
    if (found := _S3_ARN.search(arn)) is None:
        raise Unavailable(
            "unable to parse bucket and key from s3 ARN specified in environmentFile "
            f"{arn}, error: invalid s3 arn: {arn}"
        )
    return found[2], found[3]


# --- what came of it -------------------------------------------------------------------------


def read_file(text: str) -> dict[str, str]:
    """Return the variables of an environment file, read as the agent reads it.

    A line that starts with ``#``, has no ``=``, or nothing on one side of the first one, is passed
    over. Nothing is trimmed, quotes are characters like others, and the last of two lines with the
    same name counts. Raises :class:`Unavailable` for a line of 64 KiB or more.
    """
    variables = {}
    for line in (line.removesuffix("\r") for line in text.split("\n")):
        if len(line.encode()) >= _LONGEST_LINE:
            raise Unavailable("bufio.Scanner: token too long")
        name, _, value = line.partition("=")
        if name and value and not line.startswith("#"):
            variables[name] = value
    return variables


def key_of(secret: str, key: str) -> str:
    """Return one key of a secret that is a JSON object, in Go's words for values of other types.

    Raises :class:`Unavailable`, in Go's words too, for what is no JSON object or lacks the key.
    """
    try:
        value = json.loads(secret, parse_int=float)
    except json.JSONDecodeError as error:
        raise Unavailable(_not_json(secret, error.pos)) from None
    if value is None:
        value = {}
    if not isinstance(value, dict):
        kind = next(kind for kinds, kind in _GO_KINDS if isinstance(value, kinds))
        raise Unavailable(
            f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
        )
    if key not in value:
        raise Unavailable(f"retrieved secret from Secrets Manager did not contain json key {key}")
    return _as_go_prints(value[key])


_GO_KINDS: tuple[tuple[type, str], ...] = (
    (list, "array"),
    (str, "string"),
    (bool, "bool"),
    (float, "number"),
)


def _not_json(text: str, position: int) -> str:
    if not text[position:].strip():
        return "unexpected end of JSON input"
    return f"invalid character '{text[position]}' looking for beginning of value"


def _as_go_prints(value: Any) -> str:
    """Return what Go's ``%v`` makes of a JSON value: all of its numbers are floating-point."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return f"[{' '.join(_as_go_prints(item) for item in value)}]"
    if isinstance(value, dict):
        members = (f"{name}:{_as_go_prints(item)}" for name, item in sorted(value.items()))
        return f"map[{' '.join(members)}]"
    return str(value)


def _number(value: float) -> str:
    number = Decimal(repr(value)).normalize()  # the fewest digits that tell it from all others
    power = number.adjusted()
    if -5 < power < 6:  # noqa: PLR2004 - beyond, Go turns to exponents
        return f"{number:f}"
    return f"{number.scaleb(-power)}e{power:+03d}"


def terminal_reason(error: Exception) -> str:
    """Return the task's reason for what could not be had: on one line, with a capital letter."""
    text = " ".join(str(error).split())
    return text[:1].upper() + text[1:]


def with_fetched(
    container: ContainerDefinition,
    secrets: Mapping[str, str],
    files: Sequence[Mapping[str, str]],
) -> ContainerDefinition:
    """Return the container with all its variables in ``environment``, in no order."""
    variables: dict[str, str] = {}
    for later in (*reversed(files), dict(container.environment), secrets):
        variables.update(later)
    return replace(container, environment=tuple(variables.items()))


def with_surroundings(
    environment: Mapping[str, str], image: Mapping[str, str], region: str
) -> dict[str, str]:
    """Return the variables with those that say where a container runs.

    ``image`` is the image's own ``ENV``: the region is not set where that, or the container, names
    one.
    """
    region_is_known = any(
        name in variables for name in _REGIONS for variables in (environment, image)
    )
    regions = {} if region_is_known else dict.fromkeys(_REGIONS, region)
    return {"AWS_EXECUTION_ENV": EXECUTION_ENVIRONMENT, **environment, **regions}
