"""IAM before every operation, on moto's server: whose keys count, and what S3 lets anybody do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from support.beanstalk import Listener
from support.clients import client, refusal

from pytest_multidocker.aws.access.authorizer import BODY, switch_on
from pytest_multidocker.aws.failures import answering, create_app
from pytest_multidocker.aws.wsgi import peek

# As the emulator does: see services.py.
pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")
ACCOUNT = "arn:aws:iam::123456789012"


def policy(action: Any, resource: Any = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def posted(url: str, fields: dict[str, str]) -> int:
    return requests.post(url, data=fields, files={"file": b"sent"}, timeout=10).status_code


def deleted(answer: Any) -> tuple[list[str], list[tuple[str, str]]]:
    errors = [(each["Key"], each["Code"]) for each in answer.get("Errors", ())]
    return sorted(each["Key"] for each in answer.get("Deleted", ())), sorted(errors)


@pytest.fixture
def url(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of moto's services, where IAM decides."""
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication
    from moto.s3.models import FakeBucket

    name = "_authenticate_and_authorize_action"
    monkeypatch.setattr(ActionAuthenticatorMixin, name, getattr(ActionAuthenticatorMixin, name))
    monkeypatch.setattr(FakeBucket, "get_permission", FakeBucket.get_permission)
    switch_on()
    dispatcher = answering(DomainDispatcherApplication(create_app))

    def app(environ: dict[str, Any], start: Any) -> Any:
        environ[BODY] = peek(environ)
        return dispatcher(environ, start)

    listener.app = app
    requests.post(f"{listener.url}/moto-api/reset", timeout=10)
    yield listener.url
    requests.post(f"{listener.url}/moto-api/reset", timeout=10)


@pytest.fixture
def root(url: str) -> Any:
    """S3 as its owner sees it, with the buckets `ours` and `theirs`, and objects in them."""
    s3 = client(url, "s3")
    for bucket in ("ours", "theirs"):
        s3.create_bucket(Bucket=bucket)
        for key in ("a", "b", "open/c"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    return s3


@pytest.fixture
def holder(url: str) -> Callable[..., Any]:
    """Makes a client with the key of a user who has this policy."""

    def make(service: str, document: str, name: str = "ci") -> Any:
        iam = client(url, "iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return with_key(url, service, key)

    return make


def with_key(url: str, service: str, key: Any) -> Any:
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
    )


@pytest.fixture
def anybody(url: str) -> Any:
    make: Any = boto3.client
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    return make("s3", endpoint_url=url, region_name="us-east-1", config=config)


def test_to_copy_an_object_one_has_to_be_allowed_to_read_it(
    root: Any, holder: Callable[..., Any]
) -> None:
    write_all = json.loads(policy("s3:PutObject"))
    read_some = json.loads(policy("s3:GetObject", "arn:aws:s3:::theirs/open/*"))
    write_all["Statement"] = [write_all["Statement"], read_some["Statement"]]
    s3 = holder("s3", json.dumps(write_all))
    s3.copy_object(Bucket="ours", Key="copy", CopySource="theirs/open/c")
    code, message = refusal(s3.copy_object, Bucket="ours", Key="copy", CopySource="theirs/a")
    assert code == "AccessDenied"
    assert message == (
        f"User: {ACCOUNT}:user/ci is not authorized to perform: s3:GetObject on resource: "
        "arn:aws:s3:::theirs/a because no identity-based policy allows the s3:GetObject action"
    )
    upload = {"Bucket": "ours", "Key": "big"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    s3.upload_part_copy(PartNumber=1, CopySource="theirs/open/c", **upload)
    code, _ = refusal(s3.upload_part_copy, PartNumber=2, CopySource="theirs/a", **upload)
    assert code == "AccessDenied"
    version = {"Bucket": "theirs", "Key": "open/c", "VersionId": "null"}
    code, message = refusal(s3.copy_object, Bucket="ours", Key="copy", CopySource=version)
    assert "s3:GetObjectVersion on resource: arn:aws:s3:::theirs/open/c " in message


def test_of_many_objects_those_are_deleted_that_may_be(
    root: Any, holder: Callable[..., Any]
) -> None:
    s3 = holder("s3", policy("s3:DeleteObject", "arn:aws:s3:::ours/open/*"))
    objects = [{"Key": key} for key in ("a", "b", "open/c")]
    answer = s3.delete_objects(Bucket="ours", Delete={"Objects": objects})
    assert deleted(answer) == (["open/c"], [("a", "AccessDenied"), ("b", "AccessDenied")])
    left = [each["Key"] for each in root.list_objects_v2(Bucket="ours")["Contents"]]
    assert left == ["a", "b"]
    answer = root.delete_objects(Bucket="ours", Delete={"Objects": objects})
    assert deleted(answer) == (["a", "b", "open/c"], [])


def test_a_head_of_a_bucket_is_a_right_to_list_it(root: Any, holder: Callable[..., Any]) -> None:
    s3 = holder("s3", policy("s3:ListBucket", "arn:aws:s3:::ours"))
    assert s3.head_bucket(Bucket="ours")
    assert refusal(s3.head_bucket, Bucket="theirs")[0] == "403"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("iam", "list_users", "InvalidClientTokenId"),
        ("secretsmanager", "list_secrets", "UnrecognizedClientException"),
        ("ec2", "describe_vpcs", "AuthFailure"),
    ],
)
def test_a_key_that_is_switched_off_is_nobody_s(
    service: str, operation: str, code: str, url: str
) -> None:
    iam = client(url, "iam")
    iam.create_user(UserName="ci")
    iam.put_user_policy(UserName="ci", PolicyName="all", PolicyDocument=policy("*"))
    key = iam.create_access_key(UserName="ci")["AccessKey"]
    ask = getattr(with_key(url, service, key), operation)
    ask()
    change = {"UserName": "ci", "AccessKeyId": key["AccessKeyId"]}
    iam.update_access_key(Status="Inactive", **change)
    assert refusal(ask)[0] == code
    iam.update_access_key(Status="Active", **change)
    ask()


def test_a_session_may_no_more_than_its_policy_says(url: str, root: Any) -> None:
    iam = client(url, "iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=policy("sts:AssumeRole"))
    iam.put_role_policy(RoleName="reader", PolicyName="all", PolicyDocument=policy("s3:*"))
    role = {"RoleArn": f"{ACCOUNT}:role/reader", "RoleSessionName": "one"}
    narrow = policy("s3:ListBucket", "arn:aws:s3:::ours")
    key = client(url, "sts").assume_role(**role, Policy=narrow)["Credentials"]
    s3 = with_key(url, "s3", key)
    assert s3.list_objects_v2(Bucket="ours")["KeyCount"] == 3
    code, message = refusal(s3.list_objects_v2, Bucket="theirs")
    assert code == "AccessDenied"
    assert message.endswith("because no session policy allows the s3:ListBucket action")
    key = client(url, "sts").assume_role(**role)["Credentials"]
    assert with_key(url, "s3", key).list_objects_v2(Bucket="theirs")["KeyCount"] == 3


def test_who_has_signed_nothing_gets_nothing(root: Any, anybody: Any) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("list_buckets", {}),
        ("create_bucket", {"Bucket": "mine"}),
        ("list_objects_v2", {"Bucket": "ours"}),
        ("list_objects_v2", {"Bucket": "nobody-s"}),
        ("get_object", {"Bucket": "ours", "Key": "a"}),
        ("get_object", {"Bucket": "ours", "Key": "nothing"}),
        ("put_object", {"Bucket": "ours", "Key": "new", "Body": b"x"}),
        ("put_object", {"Bucket": "ours", "Key": "a", "Body": b"x"}),
        ("delete_object", {"Bucket": "ours", "Key": "a"}),
        ("copy_object", {"Bucket": "ours", "Key": "new", "CopySource": "ours/a"}),
        ("put_bucket_policy", {"Bucket": "ours", "Policy": policy("s3:*", Principal="*")}),
    ]
    for operation, given in asked:
        assert refusal(getattr(anybody, operation), **given) == ("AccessDenied", "Access Denied")
    answer = anybody.delete_objects(Bucket="ours", Delete={"Objects": [{"Key": "a"}]})
    assert deleted(answer) == ([], [("a", "AccessDenied")])
    assert root.list_objects_v2(Bucket="ours")["KeyCount"] == 3


def test_anybody_may_what_a_bucket_s_policy_opens(root: Any, anybody: Any) -> None:
    everybody = policy("s3:GetObject", "arn:aws:s3:::ours/open/*", Principal={"AWS": ["*"]})
    root.put_bucket_policy(Bucket="ours", Policy=everybody)
    assert anybody.get_object(Bucket="ours", Key="open/c")["Body"].read() == b"x"
    assert refusal(anybody.get_object, Bucket="ours", Key="a")[0] == "AccessDenied"
    root.put_public_access_block(
        Bucket="ours", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    assert refusal(anybody.get_object, Bucket="ours", Key="open/c")[0] == "AccessDenied"
    one = policy("s3:*", "*", Principal={"AWS": f"{ACCOUNT}:user/ci"})
    root.put_bucket_policy(Bucket="theirs", Policy=one)
    assert refusal(anybody.get_object, Bucket="theirs", Key="a")[0] == "AccessDenied"


def test_anybody_may_what_an_access_control_list_opens(root: Any, anybody: Any) -> None:
    root.put_object_acl(Bucket="ours", Key="a", ACL="public-read")
    assert anybody.get_object(Bucket="ours", Key="a")["Body"].read() == b"x"
    assert refusal(anybody.put_object, Bucket="ours", Key="a")[0] == "AccessDenied"
    root.put_bucket_acl(Bucket="theirs", ACL="public-read-write")
    assert anybody.list_objects_v2(Bucket="theirs")["KeyCount"] == 3
    anybody.put_object(Bucket="theirs", Key="new", Body=b"x")
    root.put_public_access_block(
        Bucket="theirs", PublicAccessBlockConfiguration={"IgnorePublicAcls": True}
    )
    assert refusal(anybody.put_object, Bucket="theirs", Key="newer")[0] == "AccessDenied"


def test_a_form_of_a_web_page_is_signed_in_its_fields(
    url: str, root: Any, holder: Callable[..., Any]
) -> None:
    s3 = holder("s3", policy("s3:PutObject", "arn:aws:s3:::ours/forms/*"))
    for key, status in (("forms/1", 204), ("else", 403)):
        form = s3.generate_presigned_post("ours", key)
        assert posted(form["url"], form["fields"]) == status
    assert root.get_object(Bucket="ours", Key="forms/1")["Body"].read() == b"sent"
    assert posted(f"{url}/ours", {"key": "forms/2"}) == 403


def test_a_browser_may_ask_whether_it_may_ask(url: str, root: Any) -> None:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    root.put_bucket_cors(Bucket="ours", CORSConfiguration={"CORSRules": [rule]})
    assert requests.options(f"{url}/ours/new", timeout=10).status_code == 200


def test_the_signature_is_checked(url: str, root: Any, holder: Callable[..., Any]) -> None:
    s3 = holder("s3", policy("s3:*"))
    key = s3._request_signer._credentials.access_key
    wrong = with_key(url, "s3", {"AccessKeyId": key, "SecretAccessKey": "x" * 40})
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.list_buckets()
