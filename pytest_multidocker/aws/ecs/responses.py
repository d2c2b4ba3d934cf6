"""The ECS operations that are answered here, those of the agent's protocol among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.responses import DESCRIBE_TASKS_TAGS, EC2ContainerServiceResponse

from ..requests.checked import Checked
from ..requests.pages import page
from .backend import EcsBackend
from .instances import DEFAULT_CLUSTER
from .records import TaskRecord

_PAGE = 100


class EcsResponse(Checked, EC2ContainerServiceResponse):
    """Reads a request, asks the backend, and hands moto's serializer the answer."""

    @property
    def _backend(self) -> EcsBackend:
        return cast(EcsBackend, self.ecs_backend)

    @property
    def _request(self) -> Mapping[str, Any]:
        request: Mapping[str, Any] = self.params
        return request

    @property
    def _cluster(self) -> str:
        cluster: str = self._request["cluster"]
        return cluster

    def parse_parameters(self, request: Any) -> None:
        """Read the parameters; a cluster that is not named is ``default``, in every operation.

        ECS's documentation says so of each that has the parameter without requiring it.
        """
        super().parse_parameters(request)
        shape = get_service_model("ecs").operation_model(self._get_action()).input_shape
        if shape is not None and "cluster" in shape.members:
            self.params["cluster"] = self.params.get("cluster") or DEFAULT_CLUSTER

    def run_task(self) -> ActionResult:
        """RunTask."""
        tasks, failures = self._backend.run_tasks(self._request)
        return ActionResult({"tasks": tasks, "failures": failures})

    def start_task(self) -> ActionResult:
        """StartTask."""
        tasks, failures = self._backend.start_tasks(self._request)
        return ActionResult({"tasks": tasks, "failures": failures})

    def stop_task(self) -> ActionResult:
        """StopTask."""
        task = self._backend.stop_task(
            self._cluster, self._request["task"], self._request.get("reason")
        )
        return ActionResult({"task": task})

    def describe_tasks(self) -> ActionResult:
        """DescribeTasks: what the agent has reported, nothing else."""
        tasks, failures = self._backend.describe(self._cluster, self._request["tasks"])
        if "TAGS" in (self._request.get("include") or []):
            self._include_in_response(DESCRIBE_TASKS_TAGS)
        else:
            self._exclude_from_response(DESCRIBE_TASKS_TAGS)
        return ActionResult({"tasks": tasks, "failures": failures})

    def list_tasks(self) -> ActionResult:
        """ListTasks: at most 100 of them, and the token of the rest."""
        most = self._request.get("maxResults") or _PAGE
        if not 1 <= most <= _PAGE:
            raise InvalidParameterException(f"maxResults must be between 1 and {_PAGE}.")
        arns = [task.task_arn for task in self._backend.select_tasks(self._request)]
        token = self._request.get("nextToken")
        shown, rest = page(arns, token, most, InvalidParameterException)
        return ActionResult({"taskArns": shown, "nextToken": rest})

    def register_container_instance(self) -> ActionResult:
        """RegisterContainerInstance, with or without an identity document."""
        try:
            document = json.loads(self._request.get("instanceIdentityDocument") or "{}")
        except ValueError:
            raise EcsClientException("The instance identity document is no JSON.") from None
        instance = self._backend.register_container_instance(
            self._cluster, document.get("instanceId"), document.get("instanceType")
        )
        return ActionResult({"containerInstance": instance})

    def submit_container_state_change(self) -> ActionResult:
        """SubmitContainerStateChange: the agent reports one container."""
        self._backend.container_changed(self._task(), self._request)
        return ActionResult({"acknowledgment": "ACK"})

    def submit_task_state_change(self) -> ActionResult:
        """SubmitTaskStateChange: the agent reports the task."""
        self._backend.task_changed(self._task(), self._request)
        return ActionResult({"acknowledgment": "ACK"})

    def _task(self) -> TaskRecord:
        return self._backend.task(self._cluster, self._request.get("task") or "")
