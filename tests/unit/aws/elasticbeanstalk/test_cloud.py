"""What Elastic Beanstalk asks of the other services, over moto's EC2."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from support.beanstalk import Listener
from support.clients import client

from pytest_multidocker.aws.elasticbeanstalk.cloud import Cloud, CloudError
from pytest_multidocker.aws.failures import answering, create_app


@pytest.fixture
def cloud(listener: Listener) -> Cloud:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    listener.app = answering(DomainDispatcherApplication(create_app))
    emulator: Any = SimpleNamespace(endpoint_url=listener.url)
    return Cloud(emulator, "us-east-1", "123456789012")


def test_security_groups_are_found_by_id_and_by_name(cloud: Cloud, listener: Listener) -> None:
    ec2 = client(listener.url, "ec2")
    ids = [
        ec2.create_security_group(GroupName=name, Description="x")["GroupId"]
        for name in ("cloud-a", "cloud-b")
    ]
    assert cloud.security_group_ids(["cloud-b", ids[0]]) == [ids[1], ids[0]]
    for group in ids:
        ec2.delete_security_group(GroupId=group)


@pytest.mark.parametrize("group", ["sg-nope", "nobody"])
def test_one_that_is_not_there_is_named(group: str, cloud: Cloud) -> None:
    with pytest.raises(CloudError) as caught:
        cloud.security_group_ids([group])
    assert caught.value.code == "InvalidGroup.NotFound"
    assert caught.value.message == f"The security group '{group}' does not exist"
