"""What is passed on to LocalStack, through the emulator's own HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.clients import client

from pytest_multidocker.aws.localstack import LocalStack, address, service_of
from pytest_multidocker.aws.wsgi import WsgiServer
from pytest_multidocker.errors import EmulatorError

SCOPE = "AKIA/20261124/us-east-1/{}/aws4_request"


class Fake(BaseHTTPRequestHandler):
    """Offers S3 and EC2, and keeps what it is asked."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, dict[str, str], bytes]]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers), body))
        health = {"services": {"s3": "running", "ec2": "available", "iam": "disabled", "ecs": "x"}}
        told = json.dumps(health).encode() if self.path == "/_localstack/health" else b"<Answer/>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def fake() -> Iterator[ThreadingHTTPServer]:
    handler = type("Handler", (Fake,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def changes() -> list[str]:
    return []


@pytest.fixture
def localstack(fake: ThreadingHTTPServer, changes: list[str]) -> LocalStack:
    url = f"http://127.0.0.1:{fake.server_port}"
    return LocalStack.find(url, lambda: changes.append("changed"))


@pytest.fixture
def served(localstack: LocalStack) -> Iterator[str]:
    server = WsgiServer("127.0.0.1", 0, localstack)
    threading.Thread(target=server.serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def test_only_what_it_offers_of_what_we_leave_to_it_is_taken(localstack: LocalStack) -> None:
    assert localstack.services == {"s3", "ec2"}
    for service, taken in {"s3": True, "iam": False, "ecs": False}.items():
        header = f"AWS4-HMAC-SHA256 Credential={SCOPE.format(service)}, SignedHeaders=host"
        assert localstack.takes({"HTTP_AUTHORIZATION": header}) is taken


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        ({"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={SCOPE.format('sts')}"}, "sts"),
        ({"QUERY_STRING": f"X-Amz-Credential={SCOPE.format('s3').replace('/', '%2F')}"}, "s3"),
        ({"QUERY_STRING": "AWSAccessKeyId=AKIA&Signature=x&Expires=1"}, "s3"),
        ({"HTTP_AUTHORIZATION": "AWS AKIA:signature"}, "s3"),
        ({"HTTP_AUTHORIZATION": "Bearer token"}, None),
        ({}, None),
    ],
)
def test_the_signature_says_which_service_is_meant(
    environ: dict[str, str], service: str | None
) -> None:
    assert service_of(environ) == service


def test_a_request_is_passed_on_as_it_is(served: str, fake: ThreadingHTTPServer) -> None:
    s3 = client(served, "s3")
    s3.put_object(Bucket="bucket", Key="a key", Body=b"content", Metadata={"a_b": "c"})

    method, path, headers, body = fake.RequestHandlerClass.asked[-1]  # type: ignore[attr-defined]
    assert (method, path) == ("PUT", "/bucket/a%20key")
    assert b"content" in body
    assert headers["x-amz-meta-a_b"] == "c"


def test_our_account_is_its_own(localstack: LocalStack, fake: ThreadingHTTPServer) -> None:
    environ = {
        "HTTP_X_MOTO_ACCOUNT_ID": "123456789012",
        "HTTP_ACCEPT": "*/*",
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/",
    }
    list(localstack(environ, lambda *_: lambda _: None))
    headers = fake.RequestHandlerClass.asked[-1][2]  # type: ignore[attr-defined]
    assert headers["accept"] == "*/*"
    assert "x-moto-account-id" not in headers


def test_changes_of_groups_are_told_and_looking_is_not(served: str, changes: list[str]) -> None:
    ec2 = client(served, "ec2")
    ec2.describe_security_groups()
    assert changes == []
    ec2.authorize_security_group_ingress(GroupId="sg-1", CidrIp="0.0.0.0/0", IpProtocol="-1")
    assert changes == ["changed"]


def test_a_client_is_told_that_it_has_gone(
    served: str, fake: ThreadingHTTPServer, changes: list[str]
) -> None:
    fake.shutdown()
    fake.server_close()
    with pytest.raises(ClientError, match="Service Unavailable"):
        client(served, "ec2").create_security_group(GroupName="g", Description="d")
    assert changes == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("localhost.localstack.cloud:4566", "http://localhost.localstack.cloud:4566"),
        ("localhost", "http://localhost:4566"),
        ("http://127.0.0.1:4567/", "http://127.0.0.1:4567"),
    ],
)
def test_it_may_be_named_as_its_own_variable_names_it(text: str, url: str) -> None:
    assert address(text) == url


@pytest.mark.parametrize("text", ["https://localhost", "http://", "http://host/path", "http://h:x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither|[Pp]ort"):
        address(text)


def test_none_at_the_address_is_an_error_with_the_way_out() -> None:
    with pytest.raises(
        EmulatorError, match=r"no LocalStack answers at http://127\.0\.0\.1:9: .*--loc"
    ):
        LocalStack.find("http://127.0.0.1:9", lambda: None)


def test_something_else_at_the_address_is_an_error(localstack: LocalStack) -> None:
    with pytest.raises(EmulatorError, match="no LocalStack answers"):
        LocalStack.find(f"{localstack.url}/elsewhere", lambda: None)
