"""What a Dockerrun file takes from elsewhere, put where its references lead on the emulator.

Secrets of Parameter Store and Secrets Manager, and environment files in S3: on AWS they are in the
account, here ``[tool.multidocker.secrets]`` and ``[tool.multidocker.environment_files]`` have them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dockerrun.model import Secret
from ..ecs.environment import Parameter, Unavailable, s3_object, source_of
from ..errors import SettingsError

if TYPE_CHECKING:
    import boto3

    from ..project.settings import Settings


def seed(session: boto3.Session, settings: Settings, project_dir: Path) -> None:
    """Put them all there; doing it again changes nothing.

    Raises :class:`SettingsError` for what leads nowhere, for what AWS refuses, and for a file that
    cannot be read.
    """
    for reference, value in settings.secrets.items():
        with _told("secrets", reference):
            _put_secret(session, reference, value)
    for arn, path in settings.environment_files.items():
        with _told("environment_files", arn):
            _put_object(session, *s3_object(arn), (project_dir / path).read_bytes())


@contextmanager
def _told(table: str, key: str) -> Iterator[None]:
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        yield
    except (Unavailable, OSError, ClientError, ParamValidationError) as error:
        raise SettingsError(f"[tool.multidocker.{table}] '{key}': {error}") from error


def _put_secret(session: boto3.Session, reference: str, value: str) -> None:
    source = source_of(Secret(name="", value_from=reference), str(session.region_name))
    if isinstance(source, Parameter):
        name = source.name.partition(":parameter")[2] or source.name
        ssm: Any = session.client("ssm", region_name=source.region)
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
        return
    name = source.arn.partition(":secret:")[2]
    manager: Any = session.client("secretsmanager", region_name=source.region)
    try:
        manager.create_secret(Name=name, SecretString=value)
    except manager.exceptions.ResourceExistsException:
        manager.put_secret_value(SecretId=name, SecretString=value)


def _put_object(session: boto3.Session, bucket: str, key: str, body: bytes) -> None:
    s3: Any = session.client("s3", region_name="us-east-1")  # where a bucket may exist already
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
