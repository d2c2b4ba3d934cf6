"""Requests that clients of AWS would not send, to each of our services, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
import requests
from botocore.serialize import create_serializer
from moto.core.utils import camelcase_to_underscores
from support.apis import Databases, send_json, send_query, signed
from support.beanstalk import Beanstalk
from support.ecs import Ecs

from pytest_multidocker.aws.ecs.responses import EcsResponse
from pytest_multidocker.aws.elasticache.responses import RedisResponse
from pytest_multidocker.aws.elasticbeanstalk.responses import BeanstalkResponse
from pytest_multidocker.aws.rds.backend import PostgresResponse

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

RESPONSES: dict[str, type] = {
    "ecs": EcsResponse,
    "elasticbeanstalk": BeanstalkResponse,
    "elasticache": RedisResponse,
    "rds": PostgresResponse,
}


@pytest.fixture
def url(request: pytest.FixtureRequest, service: str) -> str:
    """Where the service of the test is served."""
    fixture = {"ecs": "ecs", "elasticbeanstalk": "beanstalk"}.get(service, "databases")
    made: Ecs | Beanstalk | Databases = request.getfixturevalue(fixture)
    return made.url


def answer(response: requests.Response) -> tuple[int, str, str]:
    """Status, code and message of an error in either protocol."""
    if response.text.startswith("{"):
        body = response.json()
        return response.status_code, body["__type"], body["Message"]
    found = re.search(r"<Code>(.*)</Code><Message>(.*?)</Message>", response.text)
    assert found, response.text
    return response.status_code, found[1], found[2]


QUERIES = [
    (
        "elasticbeanstalk",
        {"Action": "CreateApplication"},
        "ValidationError",
        (
            "1 validation error detected: Value null at 'applicationName' failed to satisfy "
            "constraint: Member must not be null"
        ),
    ),
    (
        "elasticbeanstalk",
        {"Action": "DescribeEvents", "Severity": "warn", "MaxRecords": "0"},
        "ValidationError",
        (
            "2 validation errors detected: Value 'warn' at 'severity' failed to satisfy "
            "constraint: Member must satisfy enum value set: [TRACE, DEBUG, INFO, WARN, ERROR, "
            "FATAL]; Value '0' at 'maxRecords' failed to satisfy constraint: Member must have "
            "value greater than or equal to 1"
        ),
    ),
    (
        "elasticbeanstalk",
        {"Action": "DescribeEvents", "MaxRecords": "many"},
        "MalformedInput",
        "MaxRecords: 'many' is not of the type integer",
    ),
    (
        "elasticbeanstalk",
        {"Action": "DescribeEnvironments", "IncludeDeleted": "ja"},
        "MalformedInput",
        "IncludeDeleted: 'ja' is not of the type boolean",
    ),
    (
        "elasticbeanstalk",
        {"Action": "DescribeApplicationVersions", "NextToken": "x"},
        "InvalidParameterValue",
        "Invalid token: x",
    ),
    (
        "elasticbeanstalk",
        {"Action": "DescribeEvents", "NextToken": "9"},
        "InvalidParameterValue",
        "Invalid token: 9",
    ),
    (
        "rds",
        {"Action": "DeleteDBInstance"},
        "InvalidParameterValue",
        "The parameter DBInstanceIdentifier must be provided and must not be blank.",
    ),
    (
        "elasticache",
        {"Action": "CreateCacheCluster", "CacheClusterId": ""},
        "InvalidParameterValue",
        "The parameter CacheClusterIdentifier must be provided and must not be blank.",
    ),
    (
        "elasticache",
        {"Action": "DescribeEvents", "SourceType": "x"},
        "ValidationError",
        (
            "1 validation error detected: Value 'x' at 'sourceType' failed to satisfy constraint: "
            "Member must satisfy enum value set: ["
        ),
    ),
]


@pytest.mark.parametrize(("service", "parameters", "code", "message"), QUERIES)
def test_what_a_service_of_the_query_protocol_refuses(
    url: str, service: str, parameters: dict[str, str], code: str, message: str
) -> None:
    status, found, text = answer(send_query(url, service, **parameters))
    assert (status, found) == (400, code)
    assert text.startswith(message)


BODIES = [
    ("RunTask", "{}", "InvalidParameterException", "TaskDefinition can not be blank."),
    (
        "RunTask",
        '{"taskDefinition": ""}',
        "InvalidParameterException",
        "TaskDefinition can not be blank.",
    ),
    ("DescribeTasks", '{"tasks": []}', "InvalidParameterException", "Tasks cannot be empty."),
    ("RegisterTaskDefinition", "{}", "ClientException", "Family can not be blank."),
    (
        "RunTask",
        '{"taskDefinition": "web", "count": "1"}',
        "SerializationException",
        "STRING_VALUE can not be converted to an Integer",
    ),
    (
        "RunTask",
        '{"taskDefinition": 1}',
        "SerializationException",
        "NUMBER_VALUE can not be converted to a String",
    ),
    (
        "RunTask",
        '{"taskDefinition": "web", "enableECSManagedTags": "true"}',
        "SerializationException",
        "STRING_VALUE can not be converted to an Boolean",
    ),
    (
        "RunTask",
        '{"taskDefinition": "web", "count": true}',
        "SerializationException",
        "TRUE_VALUE can not be converted to an Integer",
    ),
    (
        "DescribeTasks",
        '{"tasks": "one"}',
        "SerializationException",
        "Unexpected token STRING_VALUE",
    ),
    (
        "DescribeTasks",
        '{"tasks": {"a": 1}}',
        "SerializationException",
        "Start of structure or map found where not expected",
    ),
    (
        "RunTask",
        '{"taskDefinition": "web", "overrides": []}',
        "SerializationException",
        "Start of list found where not expected",
    ),
    ("RunTask", "[1", "SerializationException", "The body is no JSON: "),
    (
        "RunTask",
        '{"taskDefinition": "web", "launchType": "X"}',
        "InvalidParameterException",
        (
            "1 validation error detected: Value 'X' at 'launchType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [EC2, FARGATE, EXTERNAL"
        ),
    ),
]


@pytest.mark.parametrize(("operation", "body", "code", "message"), BODIES)
def test_what_ecs_refuses(ecs: Ecs, operation: str, body: str, code: str, message: str) -> None:
    status, found, text = answer(send_json(ecs.url, "ecs", operation, body))
    assert (status, found) == (400, code)
    assert text.startswith(message)


def test_null_is_as_good_as_nothing(ecs: Ecs) -> None:
    ecs.register()
    body = '{"taskDefinition": "web", "count": null, "overrides": null, "unknown": [1]}'
    assert send_json(ecs.url, "ecs", "RunTask", body).status_code == 200


@pytest.mark.parametrize("service", ["elasticbeanstalk", "rds", "elasticache"])
def test_an_operation_that_aws_does_not_have_is_told_as_such(url: str, service: str) -> None:
    status, code, message = answer(send_query(url, service, Action="Bogus"))
    assert (status, code) == (400, "InvalidAction")
    assert message.startswith("Could not find operation Bogus for version 20")
    assert answer(send_query(url, service)) == (
        400,
        "MissingAction",
        "The request must contain the parameter Action.",
    )


def test_ecs_has_words_of_its_own_for_that(ecs: Ecs) -> None:
    for operation in ("Bogus", None):
        status, code, _ = answer(send_json(ecs.url, "ecs", operation, "{}"))
        assert (status, code) == (400, "UnknownOperationException")


def test_a_cluster_that_is_not_named_is_the_default_one(ecs: Ecs) -> None:
    (arn,) = ecs.api.list_container_instances()["containerInstanceArns"]
    ecs.api.put_attributes(attributes=[{"name": "n", "value": "v", "targetId": arn}])
    (found,) = ecs.api.list_attributes(targetType="container-instance", attributeName="n",
                                       attributeValue="v")["attributes"]  # fmt: skip
    assert found["targetId"] == arn


def test_a_cluster_without_instances_has_none_to_describe(ecs: Ecs) -> None:
    ecs.api.create_cluster(clusterName="empty")
    described = ecs.api.describe_container_instances(cluster="empty", containerInstances=["i"])
    assert [failure["reason"] for failure in described["failures"]] == ["MISSING"]


def ours(service: str) -> Iterator[Any]:
    """The operations of a service that are answered by methods of ours."""
    methods = {
        name
        for kind in RESPONSES[service].__mro__
        if kind.__module__.startswith("pytest_multidocker")
        for name in vars(kind)
    }
    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        if camelcase_to_underscores(name) in methods:
            yield model.operation_model(name)


Choose = Callable[[list[str], list[str]], list[str]]
CHOICES: dict[str, Choose] = {
    "what must be": lambda _, required: required,
    "all": lambda names, _: names,
    "what must be, and the last": lambda names, required: [*required, *names[-1:]],
    "what must be, and the first": lambda names, required: [*required, *names[:1]],
}


def sample(shape: Any, choose: Choose, *, is_nested: bool = False) -> Any:
    """A value of a shape; of structures within the request with the members that are chosen."""
    kind, known = shape.type_name, shape.metadata
    if kind == "structure":
        names = list(shape.members)
        if is_nested or choose is CHOICES["what must be"]:
            names = choose(names, known.get("required", []))
        return {n: sample(shape.members[n], choose, is_nested=True) for n in names}
    if kind == "list":
        return [sample(shape.member, choose, is_nested=True)]
    if kind == "map":
        return {"k": sample(shape.value, choose, is_nested=True)}
    if kind == "string":
        return known["enum"][0] if "enum" in known else "xyzw"
    return {"boolean": False, "timestamp": "2030-01-01T00:00:00Z"}.get(kind, 1)


@pytest.mark.parametrize("service", sorted(RESPONSES))
def test_no_request_whatever_it_holds_is_a_failure_of_the_emulator(url: str, service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    serializer = create_serializer(model.protocol, include_validation=False)
    asked = 0
    for operation in ours(service):
        shape = operation.input_shape
        for choose in CHOICES.values() if shape is not None else ():
            requested: list[Any] = [{}, sample(shape, choose)]
            for parameters in requested:
                sent = serializer.serialize_to_request(parameters, operation)
                headers = {**sent["headers"], "Authorization": signed(service)}
                found = requests.post(url, data=sent["body"], headers=headers, timeout=10)
                assert "InternalFailure" not in found.text, (operation.name, parameters, found.text)
                asked += 1
    assert asked > 20
