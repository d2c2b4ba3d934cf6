"""The instances of an environment, and what else it has in AWS: made here, and removed."""

from __future__ import annotations

import logging
import secrets
import shutil
import string
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from ...engine.policy import Lent
from . import messages
from .balancer import Balancer
from .cloud import CloudError
from .environment import Instance
from .load_balancers import name_of
from .option_table import ENVIRONMENT
from .runtime import OperationFailed
from .tasks import Closing

if TYPE_CHECKING:
    from .cloud import Machine
    from .runtime import Runtime

_LOG = logging.getLogger(__name__)
_CAPITALS = string.ascii_uppercase + string.digits
_SMALL = string.ascii_lowercase + string.digits
_HTTP = 80


def random_id(length: int, letters: str = _SMALL) -> str:
    """Return letters and digits by chance."""
    return "".join(secrets.choice(letters) for _ in range(length))


class Fleet:
    """Makes and removes the resources of one environment."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cloud = runtime.region.cloud

    # --- what there is once ---------------------------------------------------------------------

    def create_base(self) -> None:
        """Make the security group, the load balancer and the cluster."""
        environment, runtime = self._runtime.environment, self._runtime
        stack = f"awseb-{environment.id}-stack"
        group = f"{stack}-AWSEBSecurityGroup-{random_id(12, _CAPITALS)}"
        environment.security_group = self._cloud.create_security_group(group, _HTTP), group
        runtime.tell(messages.created("security group", group))
        self._listen()
        environment.cluster = f"awseb-{environment.name}-{random_id(10)}"
        environment.cluster_arn = self._cloud.create_cluster(environment.cluster)

    def _listen(self) -> None:
        environment, runtime = self._runtime.environment, self._runtime
        if runtime.balancer is None:
            runtime.balancer = Balancer(
                runtime.region.loop, lambda: environment.configuration.fails_open
            )
            environment.endpoint = runtime.balancer.endpoint
            runtime.region.emulator.sites.register(environment.cname, runtime.balancer.port)
        if environment.configuration.is_single:
            environment.balancer_name = None
        elif environment.balancer_name is None:
            kind = environment.configuration.get(ENVIRONMENT, "LoadBalancerType")
            place = ":".join(environment.arn.split(":")[3:5])
            name = name_of(kind, environment.id[:3], place, random_id(13, _CAPITALS))
            environment.balancer_name = name
            runtime.tell(messages.created("load balancer", name))

    def remove_base(self) -> None:
        """Remove the cluster and the security group; the address stays with the environment."""
        environment = self._runtime.environment
        cluster, group = environment.cluster, environment.security_group
        for definition in environment.definitions:
            self._try(partial(self._cloud.deregister_definition, definition))
        environment.definitions = ()
        if cluster is not None:
            self._try(lambda: self._cloud.delete_cluster(cluster))
        if group is not None:
            self._try(lambda: self._cloud.delete_security_group(group[0]))
            self._runtime.tell(messages.deleted("security group", group[1]))
        environment.cluster = environment.cluster_arn = environment.security_group = None

    # --- instances ------------------------------------------------------------------------------

    def launch(self, count: int, what: str = "Initialization") -> list[Instance]:
        """Launch instances and register them with ECS; raises :class:`OperationFailed`."""
        environment = self._runtime.environment
        if count <= 0:
            return []
        try:
            groups = self._groups()
            launched = [self._launch(groups) for _ in range(count)]
        except CloudError as error:
            self._runtime.error(error.message)
            raise OperationFailed from error
        for instance in launched:
            instance.begin(what)
        with environment.lock:
            environment.instances += tuple(launched)
        self._runtime.tell(messages.added_instances([instance.id for instance in launched]))
        return launched

    def _groups(self) -> list[str]:
        environment = self._runtime.environment
        own = [environment.security_group[0]] if environment.security_group else []
        return own + self._cloud.security_group_ids(environment.configuration.security_groups)

    def _launch(self, groups: Sequence[str]) -> Instance:
        environment = self._runtime.environment
        settings = environment.configuration
        tags = {
            **environment.tags,
            "Name": environment.name,
            "elasticbeanstalk:environment-id": environment.id,
            "elasticbeanstalk:environment-name": environment.name,
        }
        machine = self._cloud.launch(settings.chosen_type, settings.image, groups, tags)
        return self._join(machine)

    def _join(self, machine: Machine) -> Instance:
        region, environment = self._runtime.region, self._runtime.environment
        arn = self._cloud.register_instance(environment.cluster or "", machine)
        folder = region.folder(environment.id) / machine.id
        instance = Instance(
            machine.id, machine.type, machine.zone, arn, folder, launched=machine.launched
        )
        for path in (instance.bundle.parent, instance.logs):
            path.mkdir(parents=True, exist_ok=True)
        region.emulator.instances.register(arn, Lent(instance.bundle, instance.logs / "containers"))
        return instance

    def terminate(self, instances: Sequence[Instance]) -> None:
        """Stop the tasks of instances and terminate them; what fails is passed over."""
        if not instances:
            return
        environment = self._runtime.environment
        with environment.lock:
            gone = {instance.id for instance in instances}
            environment.instances = tuple(i for i in environment.instances if i.id not in gone)
        with ThreadPoolExecutor(len(instances)) as pool:
            list(pool.map(self._terminate, instances))
        self._runtime.tell(messages.removed_instances([instance.id for instance in instances]))

    def _terminate(self, instance: Instance) -> None:
        runtime, cluster = self._runtime, self._runtime.environment.cluster or ""
        if runtime.balancer is not None:
            runtime.balancer.withdraw(instance.id, runtime.drain)
        self._try(lambda: self._stop(instance, cluster))
        self._try(lambda: self._cloud.deregister_instance(cluster, instance.container_instance))
        self._try(lambda: self._cloud.terminate(instance.id))
        runtime.region.emulator.instances.withdraw(instance.container_instance)
        shutil.rmtree(instance.folder, ignore_errors=True)

    def _stop(self, instance: Instance, cluster: str) -> None:
        arn, tasks = instance.task, self._runtime.region.tasks
        if arn is None or tasks.status(arn) == "STOPPED":
            return
        self._cloud.stop_task(cluster, arn)
        tasks.wait(lambda: tasks.status(arn) == "STOPPED", self._runtime.region.times.stop)
        tasks.forget(arn)

    @staticmethod
    def _try(remove: Callable[[], None]) -> None:
        try:
            remove()
        except Closing:
            raise
        except CloudError as error:  # it has gone already, or goes with the emulator
            _LOG.info("removing a resource of an environment: %s", error)
