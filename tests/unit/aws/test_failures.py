"""moto's missing operations, as an AWS client sees them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from support.apis import send_json, send_query
from support.clients import client, refusal

from pytest_multidocker.aws.failures import answering, create_app
from pytest_multidocker.aws.wsgi import WsgiServer

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")


@pytest.fixture(scope="module")
def endpoint_url() -> Iterator[str]:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    app = answering(DomainDispatcherApplication(create_app))
    server = WsgiServer("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    thread.join(60)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("ecs", "ExecuteCommand", {"command": "sh", "interactive": True, "task": "t"}),  # json
        ("elasticbeanstalk", "DescribeEvents", {}),  # query
        ("ec2", "DescribeFpgaImages", {}),  # ec2
        ("lambda", "GetAccountSettings", {}),  # rest-json
    ],
)
def test_a_missing_operation_is_an_error_of_the_protocol(
    endpoint_url: str, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(endpoint_url, service), xform_name(operation))(**parameters)
    response = caught.value.response
    assert response["Error"]["Code"] == "NotImplemented"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert response["Error"]["Message"].startswith(f"multidocker does not emulate {service} ")
    if service != "lambda":  # a REST protocol has no name for it
        assert f" {operation}: " in response["Error"]["Message"]


def test_an_error_inside_moto_is_an_internal_failure(
    endpoint_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    ecs = client(endpoint_url, "ecs")
    ecs.create_cluster(clusterName="default")
    with pytest.raises(ClientError) as caught:
        ecs.stop_task(cluster="default", task="unknown")
    assert caught.value.response["Error"]["Code"] == "InternalFailure"
    assert "the emulator failed in ecs StopTask: " in caught.value.response["Error"]["Message"]
    assert "ecs StopTask failed" in caplog.text


@pytest.mark.parametrize("service", ["ec2", "iam", "rds", "sns"])
def test_what_no_service_of_aws_has_is_told_as_such(endpoint_url: str, service: str) -> None:
    for parameters, code in (({"Action": "Bogus"}, "InvalidAction"), ({}, "MissingAction")):
        answer = send_query(endpoint_url, service, **parameters)
        assert answer.status_code == 400
        assert f"<Code>{code}</Code>" in answer.text


@pytest.mark.parametrize("operation", ["Bogus", None])
def test_so_it_is_in_json(endpoint_url: str, operation: str | None) -> None:
    answer = send_json(endpoint_url, "secretsmanager", operation, "{}")
    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnknownOperationException"


def test_a_service_that_is_not_there_is_not_emulated(
    endpoint_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "moto.cloudformation", None)  # as if not installed
    code, message = refusal(client(endpoint_url, "cloudformation").list_stacks)
    assert code == "NotImplemented"
    assert message.startswith("multidocker does not emulate cloudformation: ModuleNotFoundError: ")
