"""Enhanced health: what status, colour and causes follow from what is known of the instances.

Source: `Health colors and statuses
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-status.html>`_ and
`Notifications and troubleshooting
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-health-enhanced-notifications.html>`_,
whose words the causes are. How many impaired instances make which status, is not published: here
all of them make the environment Severe behind a load balancer and Degraded without one, half of
them Degraded, and fewer a Warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .messages import ours

NO_DATA, UNKNOWN, PENDING, OK, INFO = "NoData", "Unknown", "Pending", "Ok", "Info"
WARNING, DEGRADED, SEVERE = "Warning", "Degraded", "Severe"

_COLOURS = {OK: "Green", INFO: "Green", WARNING: "Yellow", DEGRADED: "Red", SEVERE: "Red"}
STATUSES = (NO_DATA, UNKNOWN, PENDING, OK, INFO, WARNING, DEGRADED, SEVERE)
_ROUND = 60  # seconds from which on a time is told in minutes


@dataclass(frozen=True)
class Health:
    """A health status and why it is that."""

    status: str
    causes: tuple[str, ...] = ()

    @property
    def colour(self) -> str:
        """``Green``, ``Yellow``, ``Red`` or ``Grey``."""
        return _COLOURS.get(self.status, "Grey")

    @property
    def is_bad(self) -> bool:
        """Whether something is wrong."""
        return self.status in {WARNING, DEGRADED, SEVERE}


@dataclass(frozen=True)
class Deployment:
    """An application version on its way to instances: its label and number."""

    label: str
    number: int

    def __str__(self) -> str:
        return f'"{self.label}" (deployment {self.number})'


@dataclass(frozen=True)
class Operation:
    """Something that is being done, or has been: ``seconds`` ago it began, or ended.

    ``what`` is ``Initialization``, ``Application update``, ``Configuration update`` or
    ``Application restart``; ``took`` is for how many seconds, once it has ended.
    """

    what: str
    seconds: float
    took: float | None = None

    @property
    def performing(self) -> str:
        """What an instance says while it is being done there."""
        return f"Performing {self.what.lower()} (running for {_span(self.seconds)})."

    def __str__(self) -> str:
        if self.took is None:
            return f"{self.what} in progress (running for {_span(self.seconds)})."
        return f"{self.what} completed {_span(self.seconds)} ago and took {_span(self.took)}."


@dataclass(frozen=True)
class InstanceView:
    """What is known of one instance.

    ``dead`` are the essential containers that do not run, ``passes`` whether the health check of
    the load balancer is passed (``None`` where nobody asks), ``culprit`` what stopped the task.
    """

    operation: Operation | None = None
    has_version: bool = True
    runs: bool = False
    dead: tuple[str, ...] = ()
    passes: bool | None = None
    deployment: Deployment | None = None
    failed: bool = False
    culprit: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether something is being done on the instance."""
        return self.operation is not None and self.operation.took is None


@dataclass(frozen=True)
class EnvironmentView:
    """What is known of an environment; ``expected`` is the deployment that should be everywhere."""

    instances: Sequence[InstanceView] = field(default_factory=tuple)
    operation: Operation | None = None
    expected: Deployment | None = None
    balanced: bool = False
    size: int = 1

    @property
    def is_launching(self) -> bool:
        """Whether the environment is being launched."""
        operation = self.operation
        return (
            operation is not None and operation.took is None and operation.what == "Initialization"
        )


def of_instance(view: InstanceView, expected: Deployment | None) -> Health:
    """Return the health of one instance."""
    if view.is_busy and view.operation is not None:
        launching = view.operation.what == "Initialization"
        return Health(PENDING if launching else INFO, (view.operation.performing,))
    causes = _instance_causes(view, expected)
    if causes:
        return Health(SEVERE if _is_impaired(view) else DEGRADED, tuple(causes))
    if not view.has_version:
        return Health(NO_DATA, ("No application version has been deployed.",))
    return Health(OK, (str(view.operation),) if view.operation else ())


def _instance_causes(view: InstanceView, expected: Deployment | None) -> list[str]:
    causes = []
    if view.failed:
        causes.append("Command failed on the instance.")
    if view.has_version and not view.runs:
        named = ", ".join(view.dead)
        causes.append(f"Following services are not running: {named or 'ECS task'}.")
    elif view.passes is False:
        causes.append("ELB health is failing or not available.")
    if _is_wrong(view, expected):
        found = f"Incorrect application version {view.deployment or 'n/a'}."
        causes.append(f"{found} Expected version {expected}.")
    if view.culprit and causes:
        causes.append(ours(view.culprit))
    return causes


def _is_impaired(view: InstanceView) -> bool:
    return view.has_version and (not view.runs or view.passes is False)


def _is_wrong(view: InstanceView, expected: Deployment | None) -> bool:
    return expected is not None and view.has_version and view.deployment != expected


def of_environment(view: EnvironmentView) -> Health:
    """Return the health of an environment."""
    idle = [instance for instance in view.instances if not instance.is_busy]
    if view.is_launching:
        missing = () if view.instances else ("There are no instances.",)
        return Health(PENDING, (str(view.operation), *missing))
    if not view.instances:
        return Health(SEVERE, ("There are no instances.",)) if view.size else Health(NO_DATA)
    causes = _causes(view, idle)
    if causes:
        culprits = tuple(dict.fromkeys(ours(i.culprit) for i in idle if i.culprit))
        ended = (str(view.operation),) if view.operation else ()
        return Health(_severity(view, idle), (*causes, *ended, *culprits))
    if view.operation is not None and view.operation.took is None:
        return Health(INFO, (str(view.operation),))
    if not any(instance.has_version for instance in view.instances):
        return Health(NO_DATA, ("No application version has been deployed.",))
    return Health(OK, (str(view.operation),) if view.operation else ())


def _causes(view: EnvironmentView, idle: Sequence[InstanceView]) -> list[str]:
    total = len(view.instances)
    counted = (
        ("Command failed on {}.", sum(i.failed for i in idle)),
        (
            "ELB processes are not healthy on {}.",
            sum(view.balanced and _is_impaired(i) for i in idle),
        ),
        ("Impaired services on {}.", sum(i.has_version and not i.runs for i in idle)),
        (
            f"Incorrect application version found on {{}}. Expected version {view.expected}.",
            sum(_is_wrong(i, view.expected) for i in idle),
        ),
    )
    causes = [text.format(_of_all(count, total)) for text, count in counted if count]
    if view.balanced and all(_is_impaired(i) for i in view.instances):
        causes.append("ELB health is failing or not available for all instances.")
    if total < view.size and idle:
        causes.append(
            f"{total} active instances is below Auto Scaling group minimum size {view.size}."
        )
    return causes


def _severity(view: EnvironmentView, idle: Sequence[InstanceView]) -> str:
    total = len(view.instances)
    impaired = sum(_is_impaired(i) for i in idle)
    if impaired == total:
        return SEVERE if view.balanced else DEGRADED
    wrong = max(impaired, sum(i.failed or _is_wrong(i, view.expected) for i in idle))
    return DEGRADED if 2 * wrong >= total or total < view.size else WARNING


def summary(healths: Sequence[Health]) -> dict[str, int]:
    """Return how many instances have which status, all statuses named."""
    counted = Counter(health.status for health in healths)
    return {status: counted[status] for status in STATUSES}


def _of_all(count: int, total: int) -> str:
    return "all instances" if count == total else f"{count} out of {total} instances"


def _span(seconds: float) -> str:
    whole = max(int(seconds), 0)
    if whole < _ROUND:
        return f"{whole} second{'' if whole == 1 else 's'}"
    minutes = whole // _ROUND
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
