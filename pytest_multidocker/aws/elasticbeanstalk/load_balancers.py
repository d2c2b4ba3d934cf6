"""The load balancers of environments, as the APIs of Elastic Load Balancing show them.

moto keeps what clients make there. What belongs to environments is looked up whenever somebody
asks, with the health that the environment's own load balancer goes by. The EB CLI asks for it, by
the name of a Classic Load Balancer or the ARN of any other.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from moto.elb.models import ELBBackend, LoadBalancer
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeLoadBalancer, FakeTargetGroup

if TYPE_CHECKING:
    from .runtime import Runtime

_ARN = "arn:aws:elasticloadbalancing:"
_PROTOCOL = "HTTP"
_FAILS = ("Target.FailedHealthChecks", "Health checks failed")
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html"""


class Environments(Protocol):
    """Knows the environments of an account and region."""

    def runtimes(self, account: str, region: str) -> Sequence[Runtime]:
        """Return all environments, those that have been terminated too."""


def name_of(kind: str, stack: str, place: str, unique: str) -> str:
    """Return what a new load balancer is called: a name if it is classic, and else an ARN.

    ``stack`` begins the name, ``place`` is region and account as ARNs have them.
    """
    if kind == "classic":
        return f"awseb-{stack}-AWSEBLoa-{unique}"
    sort = "app" if kind == "application" else "net"
    return f"{_ARN}{place}:loadbalancer/{sort}/awseb--AWSEB-{unique}/{unique.lower()}"


class ClassicBackend(ELBBackend):
    """The Classic Load Balancers of one account and region."""

    environments: Environments

    @property
    def load_balancers(self) -> Any:
        """All there are by their names; what clients make goes into the first of the maps."""
        found = {name: self._shown(name, runtime) for name, runtime in self._serving()}
        return ChainMap(self._made, found)

    @load_balancers.setter
    def load_balancers(self, made: dict[str, LoadBalancer]) -> None:
        self._made = made

    def describe_instance_health(
        self, lb_name: str, instances: list[dict[str, str]]
    ) -> list[dict[str, Any]]:
        """Return whether the instances behind a load balancer are in service."""
        runtime = dict(self._serving()).get(lb_name)
        if runtime is None:
            return super().describe_instance_health(lb_name, instances)
        healths = _healths(runtime)
        ids = [instance["InstanceId"] for instance in instances] or list(healths)
        states = {True: "InService", False: "OutOfService", None: "Unknown"}
        return [{"InstanceId": i, "State": states[healths.get(i)]} for i in ids]

    def _serving(self) -> Iterator[tuple[str, Runtime]]:
        for name, runtime in _serving(self.environments, self.account_id, self.region_name):
            if not name.startswith(_ARN):
                yield name, runtime

    def _shown(self, name: str, runtime: Runtime) -> LoadBalancer:
        environment = runtime.environment
        listener = {
            "Protocol": _PROTOCOL,
            "LoadBalancerPort": _port(runtime),
            "InstancePort": str(environment.configuration.instance_port),
        }
        made = LoadBalancer(  # type: ignore[abstract]  # as moto's own, of CloudFormation
            account_id=self.account_id,
            name=name,
            zones=sorted({instance.zone for instance in environment.instances}),
            ports=[listener],
            scheme=None,
            vpc_id=None,
            subnets=None,
            security_groups=_groups(runtime),
        )
        made.dns_name, made.created_time = environment.endpoint or "", environment.created
        made.instance_sparse_ids = list(_healths(runtime))
        return made


class BalancersBackend(ELBv2Backend):
    """The Application and Network Load Balancers of one account and region."""

    environments: Environments

    @property
    def load_balancers(self) -> Any:
        """All there are by their ARNs; what clients make goes into the first of the maps."""
        return ChainMap(self._made, {arn: _shown(arn, r) for arn, r in self._serving()})

    @load_balancers.setter
    def load_balancers(self, made: dict[str, FakeLoadBalancer]) -> None:
        self._made = made

    @property
    def target_groups(self) -> Any:
        """The groups of targets behind them: one for each environment."""
        found = (self._group(arn, runtime) for arn, runtime in self._serving())
        return ChainMap(self._made_groups, {group.arn: group for group in found})

    @target_groups.setter
    def target_groups(self, made: dict[str, FakeTargetGroup]) -> None:
        self._made_groups = made

    def describe_target_health(
        self, target_group_arn: str, targets: list[dict[str, Any]]
    ) -> list[FakeHealthStatus]:
        """Return whether the instances behind a load balancer pass their health checks."""
        by_group = {_group_arn(arn): runtime for arn, runtime in self._serving()}
        runtime = by_group.get(target_group_arn)
        if runtime is None:
            return super().describe_target_health(target_group_arn, targets)
        wanted = {target["Id"] for target in targets}
        port = str(runtime.environment.configuration.instance_port)
        return [
            FakeHealthStatus(i, port, port, *(("healthy",) if fine else ("unhealthy", *_FAILS)))
            for i, fine in _healths(runtime).items()
            if not wanted or i in wanted
        ]

    def _serving(self) -> Iterator[tuple[str, Runtime]]:
        for name, runtime in _serving(self.environments, self.account_id, self.region_name):
            if name.startswith(_ARN):
                yield name, runtime

    def _group(self, arn: str, runtime: Runtime) -> FakeTargetGroup:
        group = FakeTargetGroup(  # type: ignore[abstract]
            name=arn.split("/")[-2],
            account_id=self.account_id,
            region_name=self.region_name,
            vpc_id="",
            protocol=_PROTOCOL,
            port=str(runtime.environment.configuration.instance_port),
            healthcheck_path=runtime.environment.configuration.health_path,
        )
        group.arn = _group_arn(arn)
        group.load_balancer_arns = [arn]
        group.targets = {i: {"Id": i, "Port": group.port} for i in _healths(runtime)}
        return group


def _shown(arn: str, runtime: Runtime) -> FakeLoadBalancer:
    _, sort, name, _ = arn.rpartition(":")[2].split("/")
    return FakeLoadBalancer(  # type: ignore[abstract]
        name=name,
        security_groups=_groups(runtime),
        subnets=[],
        vpc_id="",
        arn=arn,
        dns_name=runtime.environment.endpoint or "",
        state="active",
        loadbalancer_type="application" if sort == "app" else "network",
    )


def _serving(
    environments: Environments, account: str, region: str
) -> Iterator[tuple[str, Runtime]]:
    for runtime in environments.runtimes(account, region):
        name = runtime.environment.balancer_name
        if name is not None and runtime.balancer is not None:
            yield name, runtime


def _healths(runtime: Runtime) -> Mapping[str, bool]:
    return runtime.balancer.healths() if runtime.balancer is not None else {}


def _groups(runtime: Runtime) -> list[str]:
    group = runtime.environment.security_group
    return [group[0]] if group is not None else []


def _port(runtime: Runtime) -> str:
    return (runtime.environment.endpoint or "").rpartition(":")[2]


def _group_arn(arn: str) -> str:
    """Return the ARN of the target group behind a load balancer."""
    head, _, path = arn.rpartition(":loadbalancer/")
    return f"{head}:targetgroup/{path.partition('/')[2]}"
