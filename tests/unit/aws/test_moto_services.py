from __future__ import annotations

import uuid
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.responses import ActionResult
from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from pytest_multidocker.aws.moto_services import install_backend


class Backend(STSBackend):
    emulator: Any


class Response(TokenResponse):
    emulator: Any

    def get_caller_identity(self) -> ActionResult:
        backend: Any = self.backend
        assert backend.emulator is self.emulator
        return ActionResult({"Account": str(self.emulator), "Arn": "a", "UserId": "u"})


@pytest.fixture
def emulator() -> Any:
    """Any object will do: it is only handed on. moto's own backend is put back afterwards."""
    from moto.sts.models import sts_backends

    yield f"emulator-{uuid.uuid4()}"
    sts_backends.backend = STSBackend
    sts_backends.clear()


def test_backends_and_responses_of_ours_answer(emulator: Any) -> None:
    backends = install_backend(emulator, "sts", Backend, Response)
    backend = backends["123456789012"]["aws"]
    assert isinstance(backend, Backend)
    assert backend.emulator == emulator
    handler: Any = backend.url_paths["/$"]
    assert issubclass(handler.__self__, Response)
    assert handler.__self__.emulator == emulator


def test_the_emulator_survives_a_reset_of_moto(emulator: Any) -> None:
    backend = install_backend(emulator, "sts", Backend, Response)["123456789012"]["aws"]
    backend.reset()
    assert backend.emulator == emulator


def test_moto_s_response_class_is_kept_where_none_is_given(emulator: Any) -> None:
    backend = install_backend(emulator, "sts", Backend)["123456789012"]["aws"]
    handler: Any = backend.url_paths["/$"]
    assert handler.__self__ is TokenResponse


def test_moto_s_mocks_of_other_services_go_on_working(emulator: Any) -> None:
    install_backend(emulator, "sts", Backend, Response)
    with mock_aws():
        s3 = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        s3.create_bucket(Bucket="bucket")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bucket"]
