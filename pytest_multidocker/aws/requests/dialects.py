"""How each of our services says that a request does not fit its operation. Pure.

Source: the services' lists of common errors, such as
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html, and for the words what
clients of AWS have been answered: "TaskDefinition can not be blank." (ECS), "The parameter
CacheClusterIdentifier must be provided and must not be blank." (ElastiCache).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import AwsError
from .constraints import Problem


@dataclass(frozen=True)
class Dialect:
    """A service's codes for what cannot be read, and for what does not satisfy a constraint.

    ``blank`` are its words for a parameter that has to be there and is not, ``blanks`` code and
    words for single parameters; ``codes`` are the operations with a code of their own.
    """

    malformed: str
    invalid: str
    blank: str = ""
    blank_code: str = ""
    blanks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, operation: str, found: Sequence[Problem]) -> AwsError:
        """Return the error for these problems, of which there is one at least."""
        for problem in found:
            if self.blank and problem.is_top_level and problem.value is None:
                return self._blank(problem.path[0])
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        text = f"{errors} detected: {'; '.join(map(str, found))}"
        return AwsError(self.codes.get(operation, self.invalid), text)

    def blank_parameters(self, shape: Any, request: Mapping[str, Any]) -> list[Problem]:
        """Return the required parameters that are there and empty, where that is not enough."""
        names = shape.metadata.get("required", ()) if self.blank else ()
        return [Problem((name,), None, "") for name in names if request.get(name) in ("", [])]

    def _blank(self, name: str) -> AwsError:
        if name in self.blanks:
            return AwsError(*self.blanks[name])
        return AwsError(self.blank_code, self.blank.format(name[:1].upper() + name[1:]))


_RDS = Dialect(
    malformed="MalformedInput",
    invalid="ValidationError",
    blank="The parameter {} must be provided and must not be blank.",
    blank_code="InvalidParameterValue",
)
_CLUSTER = (_RDS.blank_code, _RDS.blank.format("CacheClusterIdentifier"))
DIALECTS = {
    "ecs": Dialect(
        malformed="SerializationException",
        invalid="InvalidParameterException",
        blank="{} can not be blank.",
        blank_code="InvalidParameterException",
        blanks={
            "containerDefinitions": ("ClientException", "Container list cannot be empty."),
            "containerInstances": ("ClientException", "Container Instances cannot be empty."),
            "family": ("ClientException", "Family can not be blank."),
            "tasks": ("InvalidParameterException", "Tasks cannot be empty."),
        },
        codes={"RegisterTaskDefinition": "ClientException"},
    ),
    "elasticbeanstalk": Dialect(malformed="MalformedInput", invalid="ValidationError"),
    "elasticache": replace(_RDS, blanks={"CacheClusterId": _CLUSTER}),
    "rds": _RDS,
}
"""By botocore's names of the services."""
