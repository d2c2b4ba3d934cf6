"""The Elastic Beanstalk operations on environments."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from moto.core.responses import ActionResult, EmptyResult

from ..access.policies import UNKNOWN
from ..errors import AwsError
from . import health
from .configuration_responses import ConfigurationResponse
from .environment import Environment
from .monitor import environment_view, instance_view
from .records import now


class BeanstalkResponse(ConfigurationResponse):
    """Environments: what is done to them, and what they say."""

    def _determine_resource(self) -> str:
        """Return the ARN that policies name for what is asked; moto looks for a method so called.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
        list_awselasticbeanstalk.html
        """
        request, action = self._request, self._get_action()
        application = request.get("ApplicationName")
        if environment := request.get("EnvironmentName"):
            found = [e for e in self._backend.environments() if e.name == environment]
            application = application or (found[-1].application if found else "*")
            return self._backend.arn("environment", f"{application}/{environment}")
        if application and action.endswith("ApplicationVersion"):
            label = request.get("VersionLabel", "*")
            return self._backend.arn("applicationversion", f"{application}/{label}")
        if application and action.endswith("Application"):
            return self._backend.arn("application", str(application))
        return UNKNOWN

    # --- environments ---------------------------------------------------------------------------

    def create_environment(self) -> ActionResult:
        """CreateEnvironment."""
        return self._described(self._backend.launch(self._request, self.request_id))

    def describe_environments(self) -> ActionResult:
        """DescribeEnvironments."""
        found = self._backend.select(self._request)
        return self._page("Environments", [e.describe(self.region) for e in found])

    def update_environment(self) -> ActionResult:
        """UpdateEnvironment."""
        return self._described(self._backend.update(self._request, self.request_id))

    def abort_environment_update(self) -> ActionResult:
        """AbortEnvironmentUpdate."""
        self._backend.abort(self._request)
        return EmptyResult()

    def restart_app_server(self) -> ActionResult:
        """RestartAppServer."""
        self._backend.restart(self._request, self.request_id)
        return EmptyResult()

    def rebuild_environment(self) -> ActionResult:
        """RebuildEnvironment."""
        self._backend.rebuild(self._request, self.request_id)
        return EmptyResult()

    def swap_environment_cnam_es(self) -> ActionResult:  # so moto spells it
        """SwapEnvironmentCNAMEs."""
        self._backend.swap(self._request, self.request_id)
        return EmptyResult()

    def terminate_environment(self) -> ActionResult:
        """TerminateEnvironment."""
        return self._described(self._backend.terminate(self._request, self.request_id))

    def check_dns_availability(self) -> ActionResult:
        """CheckDNSAvailability."""
        cname = self._backend.cname(self._request["CNAMEPrefix"])
        free = self._backend.is_free(cname)
        return ActionResult({"Available": free, "FullyQualifiedCNAME": cname})

    def describe_environment_resources(self) -> ActionResult:
        """DescribeEnvironmentResources: what there is of it, and nothing made up."""
        environment = self._backend.runtime(self._request).environment
        balancer, cluster = environment.balancer_name, environment.cluster_arn
        described = {
            "EnvironmentName": environment.name,
            "AutoScalingGroups": [],
            "Instances": [{"Id": instance.id} for instance in environment.instances],
            "LaunchConfigurations": [],
            "LaunchTemplates": [],
            "LoadBalancers": [{"Name": balancer}] if balancer else [],
            "Triggers": [],
            "Queues": [],
            **({"Cluster": {"ClusterArn": cluster}} if cluster else {}),
        }
        return ActionResult({"EnvironmentResources": described})

    # --- events, health, logs -------------------------------------------------------------------

    def describe_events(self) -> ActionResult:
        """DescribeEvents."""
        events, token = self._backend.region.journal.select(self._request)
        return ActionResult({"Events": [e.describe() for e in events], "NextToken": token})

    def describe_environment_health(self) -> ActionResult:
        """DescribeEnvironmentHealth."""
        runtime = self._backend.runtime(self._request)
        environment = self._enhanced(runtime.environment)
        found, instances = environment.health, environment.instances
        balancer = runtime.balancer
        described = {
            "HealthStatus": found.status,
            "Status": environment.status,
            "Color": found.colour,
            "Causes": list(self._causes(environment)),
            "ApplicationMetrics": balancer.metrics.describe(time.time()) if balancer else {},
            "InstancesHealth": health.summary([instance.health for instance in instances]),
            "RefreshedAt": now(),
        }
        chosen = self._chosen(described)
        return ActionResult({"EnvironmentName": environment.name, **chosen})

    def _causes(self, environment: Environment) -> Sequence[str]:
        """Return the causes with the times as they are now."""
        view = environment_view(self._backend.region, environment)
        fresh = health.of_environment(view)
        return (
            fresh.causes if fresh.status == environment.health.status else environment.health.causes
        )

    def describe_instances_health(self) -> ActionResult:
        """DescribeInstancesHealth."""
        runtime = self._backend.runtime(self._request)
        environment = self._enhanced(runtime.environment)
        described = []
        for instance in environment.instances:
            view = instance_view(self._backend.region, environment, instance)
            found = health.of_instance(view, environment.expected)
            metrics = runtime.balancer.metrics if runtime.balancer else None
            attributes = {
                "HealthStatus": found.status,
                "Color": found.colour,
                "Causes": list(found.causes),
                "LaunchedAt": instance.launched,
                "ApplicationMetrics": metrics.describe(time.time(), instance.id) if metrics else {},
                "System": {},
                "Deployment": instance.describe_deployment(),
                "AvailabilityZone": instance.zone,
                "InstanceType": instance.type,
            }
            described.append({"InstanceId": instance.id, **self._chosen(attributes)})
        return ActionResult({"InstanceHealthList": described, "RefreshedAt": now()})

    def _chosen(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        wanted = self._request.get("AttributeNames") or ["All"]
        return {n: v for n, v in attributes.items() if "All" in wanted or n in wanted}

    @staticmethod
    def _enhanced(environment: Environment) -> Environment:
        if not environment.configuration.is_enhanced:
            raise AwsError("InvalidRequestException", "DescribeEnvironmentHealth is not supported.")
        return environment

    def request_environment_info(self) -> ActionResult:
        """RequestEnvironmentInfo."""
        self._backend.request_logs(self._request, self.request_id)
        return EmptyResult()

    def retrieve_environment_info(self) -> ActionResult:
        """RetrieveEnvironmentInfo."""
        environment = self._backend.runtime(self._request).environment
        found = environment.infos.get(self._request["InfoType"], [])
        return ActionResult({"EnvironmentInfo": found})

    # --- what is not emulated -------------------------------------------------------------------

    def _refuse(self) -> NoReturn:
        raise NotImplementedError("it changes what is not emulated")

    compose_environments = create_platform_version = delete_platform_version = _refuse
    apply_environment_managed_action = _refuse
    associate_environment_operations_role = disassociate_environment_operations_role = _refuse
