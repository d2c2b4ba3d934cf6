"""An application version, ready for the instances: unpacked, checked, and known to ECS."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...ecs.beanstalk import task_definition_request
from . import messages
from .bundle import Bundle, configuration, configuration_errors, published
from .cloud import CloudError
from .health import Deployment
from .options import Configuration, validate
from .runtime import OperationFailed

if TYPE_CHECKING:
    from .cloud import Cloud
    from .platforms import PlatformVersion
    from .records import Version
    from .runtime import Runtime


@dataclass(frozen=True)
class Source:
    """An application version's files, checked; ``settings`` are those of ``.ebextensions``."""

    label: str
    files: Path
    dockerrun: Mapping[str, Any]
    settings: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Release:
    """A source with environment properties, as task definition: what instances run.

    ``serves`` are the container and its port that the instances' port leads to.
    """

    source: Source
    deployment: Deployment
    definition: str
    serves: tuple[str, int] | None

    def essential(self) -> tuple[str, ...]:
        """Return the names of the containers that the task cannot do without."""
        containers = self.source.dockerrun.get("containerDefinitions") or []
        return tuple(c["name"] for c in containers if c.get("essential") is not False)


class Refused(Exception):  # noqa: N818 - says what is the case
    """A version cannot be deployed: ``errors`` are the events' texts, ``hints`` what else helps."""

    def __init__(self, errors: Sequence[str], hints: Sequence[str] = ()) -> None:
        super().__init__(*errors)
        self.errors = tuple(errors)
        self.hints = tuple(hints)


def fetch(runtime: Runtime, version: Version, platform: PlatformVersion) -> Source:
    """Download a version and check it; raises :class:`OperationFailed` when it has told why."""
    folder = runtime.region.folder(runtime.environment.id) / folder_name(version)
    try:
        bundle = download(runtime.region.cloud, version, folder)
        _check_platform(bundle, platform)
        for remark in bundle.remarks(platform.branch.rules):
            runtime.tell(remark, "WARN")
        return unpack(bundle, version.label, folder)
    except Refused as refusal:
        for message in refusal.errors:
            runtime.error(message)
        for hint in refusal.hints:
            runtime.tell(hint, "WARN")
        raise OperationFailed from refusal


def folder_name(version: Version) -> str:
    """Return a name for the folder of a version's files: a label may be anything, ``..`` too."""
    digest = hashlib.sha256(f"{version.application}\0{version.label}".encode())
    return f"version-{digest.hexdigest()[:16]}"


def download(cloud: Cloud, version: Version, folder: Path) -> Bundle:
    """Download a version's bundle beside a folder; raises :class:`Refused`."""
    archive = folder.with_name(f"{folder.name}.bundle")
    try:
        cloud.download(version.bucket, version.key, archive)
    except CloudError as error:
        text = messages.not_downloaded(version.bucket, version.key, error.message)
        raise Refused([text]) from error
    return Bundle.read(archive)


def unpack(bundle: Bundle, label: str, folder: Path) -> Source:
    """Unpack a bundle into a folder and read its ``.ebextensions``; raises :class:`Refused`."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        bundle.unpack(folder)
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        text = messages.bundle_refused(f"the source bundle cannot be unpacked: {error}")
        raise Refused([text]) from error
    settings = configuration(folder)
    wrong = configuration_errors(folder, label)
    wrong += [issue.message for issue in validate(settings)]
    if wrong:
        raise Refused(wrong)
    return Source(label, folder, bundle.dockerrun, settings)


def _check_platform(bundle: Bundle, platform: PlatformVersion) -> None:
    refusal = bundle.refusal(platform.branch.rules)
    if refusal is not None:
        raise Refused([refusal.message], refusal.hints)
    if not platform.branch.runs_tasks:
        title = platform.branch.title
        text = f"Only platforms with ECS are deployed to, which '{title}' is not."
        raise Refused([messages.ours(text)])


def release(runtime: Runtime, source: Source, chosen: Configuration) -> Release:
    """Register the task definition of a source with the properties of a configuration.

    Raises :class:`OperationFailed` when it has told why ECS refuses it.
    """
    environment = runtime.environment
    request = task_definition_request(
        source.dockerrun,
        environment.cluster or "",
        replace(chosen, bundle=source.settings).properties,
    )
    try:
        definition = runtime.region.cloud.register_definition(request)
    except CloudError as error:
        runtime.error(messages.from_ecs(error.code, error.message))
        raise OperationFailed from error
    environment.deployments += 1
    environment.definitions += (definition,)
    serves = published(source.dockerrun, chosen.instance_port)
    if serves is None:
        text = (
            f"No container publishes port {chosen.instance_port} of the instance: nothing answers "
            "at the environment's address."
        )
        runtime.tell(messages.ours(text), "WARN")
    deployment = Deployment(source.label, environment.deployments)
    return Release(source, deployment, definition, serves)
