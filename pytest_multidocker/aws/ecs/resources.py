"""What a task's variables need from elsewhere: secrets and environment files.

They are fetched from the emulator's own Parameter Store, Secrets Manager and S3, over its API as
the agent does it. The words for what cannot be had are the agent's, and within them those of the
AWS SDK for Go. Source: ``agent/taskresource`` (``ssmsecret``, ``asmsecret``, ``envFiles``) and
``agent/asm/asm.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...ecs.environment import (
    ManagedSecret,
    Parameter,
    Unavailable,
    key_of,
    read_file,
    s3_object,
    source_of,
    with_fetched,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from ...dockerrun.model import ContainerDefinition
    from ...engine.identity import TaskIdentity

_PARAMETER_ARN = re.compile("^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(/.+)$")
_BATCH = 10  # parameters that one GetParameters may name
_NO_ROLE = "unable to find execution role credentials"

Source = Parameter | ManagedSecret
Connect = Callable[[str, str], Any]
"""Returns a boto3 client, of a service and a region."""


class TaskResources:
    """Fetches what tasks need, with clients that ``connect`` makes."""

    def __init__(self, connect: Connect) -> None:
        self._connect: Connect = cache(connect)

    def fetch(self, task: TaskIdentity) -> dict[str, ContainerDefinition]:
        """Return the task's containers by name, with all their variables.

        Raises :class:`Unavailable`: of a task with several faults for one of them.
        """
        containers = task.definition.containers
        sources = {s: source_of(s, task.region) for c in containers for s in c.secrets}
        values = {
            **self._parameters(task, [s for s in sources.values() if isinstance(s, Parameter)]),
            **self._secrets(task, [s for s in sources.values() if isinstance(s, ManagedSecret)]),
        }
        return {
            container.name: with_fetched(
                container,
                {secret.name: values[sources[secret]] for secret in container.secrets},
                list(self._files(task, container)),
            )
            for container in containers
        }

    # --- SSM Parameter Store ----------------------------------------------------------------

    def _parameters(self, task: TaskIdentity, needed: list[Parameter]) -> dict[Source, str]:
        if needed and not task.definition.execution_role_arn:
            raise Unavailable(f"ssm secret resource: {_NO_ROLE}")
        values: dict[Source, str] = {}
        for region in dict.fromkeys(parameter.region for parameter in needed):
            names = dict.fromkeys(p.name for p in needed if p.region == region)
            for batch in _batches(names):
                for name, value in self._get_parameters(region, batch):
                    values[Parameter(name, region)] = value
        return values

    def _get_parameters(self, region: str, names: list[str]) -> Iterator[tuple[str, str]]:
        from botocore.exceptions import ClientError

        prefix = f"fetching secret data from SSM Parameter Store in {region}: "
        client = self._connect("ssm", region)
        asked: dict[str, list[str]] = defaultdict(list)
        for name in names:  # one account stands for whichever the ARNs name
            asked[_PARAMETER_ARN.sub(r"\1", name)].append(name)
        try:
            answer = client.get_parameters(Names=list(asked), WithDecryption=True)
        except ClientError as error:
            raise Unavailable(prefix + _words(client, error)) from error
        if invalid := answer.get("InvalidParameters"):
            named = ",".join(name for each in invalid for name in asked[each])
            raise Unavailable(f"{prefix}invalid parameters: {named}")
        for parameter in answer["Parameters"]:
            for name in asked[parameter["Name"] + parameter.get("Selector", "")]:
                yield name, parameter["Value"]

    # --- Secrets Manager --------------------------------------------------------------------

    def _secrets(self, task: TaskIdentity, needed: list[ManagedSecret]) -> dict[Source, str]:
        if needed and not task.definition.execution_role_arn:
            raise Unavailable(f"ASM secret resource: {_NO_ROLE}")
        return _all_of({secret: partial(self._secret, secret) for secret in needed})

    def _secret(self, secret: ManagedSecret) -> str:
        from botocore.exceptions import ClientError

        version = {"VersionStage": secret.version_stage, "VersionId": secret.version_id}
        request = {name: value for name, value in version.items() if value}
        client = self._connect("secretsmanager", secret.region)
        try:
            answer = client.get_secret_value(SecretId=secret.arn, **request)
        except ClientError as error:
            words = _words(client, error)
            hint = words
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                hint = (
                    "ResourceInitializationError: The task can't retrieve the secret with ARN "
                    f"'{secret.arn}' from AWS Secrets Manager. Check that the secret ARN is correct"
                )
            raise Unavailable(f"{hint}: {words}") from error
        value: str = answer.get("SecretString", "")
        return key_of(value, secret.key) if secret.key else value

    # --- S3 ---------------------------------------------------------------------------------

    def _files(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> Iterable[Mapping[str, str]]:
        arns = container.environment_files
        if arns and not task.definition.execution_role_arn:
            raise Unavailable(f"environment file resource: {_NO_ROLE}")
        texts = _all_of({arn: partial(self._file, arn, task.region) for arn in arns})
        return [read_file(texts[arn]) for arn in arns]

    def _file(self, arn: str, region: str) -> str:
        from botocore.exceptions import ClientError

        bucket, key = s3_object(arn)
        client = self._connect("s3", region)
        try:
            content: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise Unavailable(
                f"unable to download env file with key {key} from bucket {bucket}, error: "
                + _words(client, error)
            ) from error
        return content.decode(errors="replace")


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _all_of(calls: Mapping[Any, Callable[[], str]]) -> dict[Any, str]:
    """Make all calls and return their results; raise all that could not be had as one."""
    outcomes = {key: _outcome(call) for key, call in calls.items()}
    faults = [str(outcome) for outcome in outcomes.values() if isinstance(outcome, Unavailable)]
    if faults:
        raise Unavailable(";".join(faults))
    return {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, str)}


def _outcome(call: Callable[[], str]) -> str | Unavailable:
    try:
        return call()
    except Unavailable as fault:
        return fault


def _words(client: Any, error: ClientError) -> str:
    """Return an error of AWS as the SDK for Go, version 2, words it."""
    operation, meta = error.operation_name, error.response["ResponseMetadata"]
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    model = client.meta.service_model
    modelled = {shape.name for shape in model.operation_model(operation).error_shapes}
    ids = f"RequestID: {meta.get('RequestId', '')}"
    if model.service_name == "s3":
        ids += f", HostID: {meta.get('HostId', '')}"
    return (
        f"operation error {model.service_id}: {operation}, https response error StatusCode: "
        f"{meta['HTTPStatusCode']}, {ids}, {'' if code in modelled else 'api error '}"
        f"{code}: {message}"
    )
