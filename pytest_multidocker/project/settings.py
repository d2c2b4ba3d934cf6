"""The project's settings: ``[tool.multidocker]`` of its ``pyproject.toml``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from .deployment import DEFAULT_PLATFORM, POLICIES
from .environment import references, unknown_reference
from .settings_reader import LARGEST_PORT, Place, Reader

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

SETTINGS_FILE = "pyproject.toml"
_PATH = ("tool", "multidocker")
_SEVERITIES = ("warning", "error", "info")
_HOST_PORTS = ("ephemeral", "declared")
_ENGINES = ("auto", "docker", "simulated")
_RDS_REFERENCES = ("address", "port", "user", "password", "database")
_ELASTICACHE_REFERENCES = ("address", "port")


@dataclass(frozen=True)
class RdsSettings:
    """One table ``rds.<id>``: a PostgreSQL instance of RDS that the application uses."""

    identifier: str
    user: str = "postgres"
    password: str = "multidocker"  # noqa: S105 - of a database that lives for one test run
    database: str = "postgres"
    port: int = 5432
    engine_version: str = "15"
    image: str | None = None
    """The image that stands for it; ``None`` is that of the engine version."""
    security_groups: tuple[str, ...] | None = None
    """Names or ids of the groups it is in; ``None`` is the deploy's, empty is the default group."""


@dataclass(frozen=True)
class ElastiCacheSettings:
    """One table ``elasticache.<id>``: a Redis of ElastiCache that the application uses."""

    identifier: str
    node_type: str = "cache.t3.micro"
    port: int = 6379
    engine_version: str = "7"
    replicas: int = 0
    image: str | None = None
    """The image that stands for it; ``None`` is that of the engine version."""
    security_groups: tuple[str, ...] | None = None
    """Names or ids of the groups it is in; ``None`` is the deploy's, empty is the default group."""


@dataclass(frozen=True)
class ImageSettings:
    """One entry of ``images``: how an image is built; paths are relative to the project."""

    context: str
    dockerfile: str | None = None
    """``None`` is the context's ``Dockerfile``."""
    target: str | None = None
    args: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CheckSettings:
    """The table ``check``: what ``multidocker check`` and the contract's items look at."""

    platform: str | None = None
    """The platform branch, such as ``ecs-al2023``; ``None`` is not known."""
    instance_type: str | None = None
    """The project's ``instance_type`` if it gives one: only then is its capacity checked."""
    severity: str = "warning"
    """The least severity that is shown."""
    select: tuple[str, ...] = ()
    """Beginnings of the ids of the rules that are checked; empty is all."""
    ignore: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Rules that are not checked, each with the reason."""


@dataclass(frozen=True)
class DeploySettings:
    """The table ``deploy``: what the project is called on AWS; see :mod:`.deployment`."""

    application: str | None = None
    environment: str | None = None
    region: str | None = None
    bucket: str | None = None
    bucket_path: str | None = None
    security_group: str | None = None
    security_group_ports: tuple[int, int] | None = None
    """On which ports its members reach each other; ``None`` is those of all databases."""
    user: str | None = None
    """The IAM user that CI deploys with."""
    platform: str = DEFAULT_PLATFORM
    """A part of the solution stack's name; the newest that runs ECS is taken."""
    instances: int = 1
    policy: str = POLICIES[0]
    """How a new version reaches several instances."""


@dataclass(frozen=True)
class Settings:
    """All of ``[tool.multidocker]``; an absent key has the default that stands here."""

    file: str = "Dockerrun.aws.json"
    """The Dockerrun file, relative to the project's folder."""
    images: Mapping[str, ImageSettings] = field(default_factory=dict, hash=False)
    """How images are built, by image or by container name."""
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Environment properties, which every container gets; values may hold ``${...}`` references."""
    rds: Mapping[str, RdsSettings] = field(default_factory=dict, hash=False)
    elasticache: Mapping[str, ElastiCacheSettings] = field(default_factory=dict, hash=False)
    instance_type: str = "t2.micro"
    host_ports: str = "ephemeral"
    """``ephemeral`` (any free port of this machine) or ``declared`` (the file's own)."""
    engine: str = "auto"
    """What tests run on: ``docker``, ``simulated``, or ``auto``, Docker if it answers."""
    localstack: str | None = None
    """The URL of a LocalStack that answers for S3, EC2, IAM and STS; ``None`` is moto."""
    require_docker: bool = False
    """Whether it is an error where no Docker Engine answers."""
    stop_timeout: int = 30
    """Seconds between SIGTERM and SIGKILL for containers that name no ``stopTimeout``."""
    ignore: tuple[str, ...] = ()
    """Ids of contract rules that are not checked."""
    check: CheckSettings = CheckSettings()
    deploy: DeploySettings = DeploySettings()
    allow: tuple[str, ...] = ()
    """What tasks may touch of this machine: host paths, ``privileged``, ``capabilities``, ..."""

    def reference_names(self) -> tuple[str, ...]:
        """Return the names that environment values may refer to."""
        return tuple(
            f"{kind}.{identifier}.{name}"
            for kind, table, names in (
                ("rds", self.rds, _RDS_REFERENCES),
                ("elasticache", self.elasticache, _ELASTICACHE_REFERENCES),
            )
            for identifier in table
            for name in names
        )


def read_settings(project_dir: Path) -> Settings:
    """Return the settings of the project in ``project_dir``, or the defaults where it has none.

    Raises :class:`SettingsError` with file and line for what cannot be used.
    """
    file = project_dir / SETTINGS_FILE
    if not file.is_file():
        return Settings()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from error
    return parse_settings(text, str(file))


def settings_folder(folder: Path) -> Path:
    """Return the folder whose settings count for files in ``folder``: it, or the nearest above."""
    places = (folder, *folder.absolute().parents)
    return next((place for place in places if (place / SETTINGS_FILE).is_file()), folder)


def parse_settings(text: str, source: str = SETTINGS_FILE) -> Settings:
    """Return the settings in the text of a ``pyproject.toml``; ``source`` names it in messages."""
    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source} is not TOML: {error}.") from error
    for key in _PATH:
        document = document.get(key, {})
        if not isinstance(document, dict):
            raise SettingsError(f"{source}: [{'.'.join(_PATH)}] must be a table.")
    return settings_from(document, source, text)


def settings_from(table: Mapping[str, Any], source: str, text: str = "") -> Settings:
    """Return the settings in the table ``tool.multidocker``; ``text`` only serves to find lines."""
    place = Place(source, text, _PATH)
    reader = Reader(table, place)
    settings = Settings(
        file=reader.text("file", Settings.file),
        images={name: _image(value, at) for name, value, at in reader.values("images")},
        environment=reader.mapping("environment"),
        rds={name: _rds(name, sub) for name, sub in reader.tables("rds")},
        elasticache={name: _elasticache(name, sub) for name, sub in reader.tables("elasticache")},
        instance_type=reader.text("instance_type", Settings.instance_type),
        host_ports=reader.choice("host_ports", _HOST_PORTS),
        engine=reader.choice("engine", _ENGINES),
        localstack=reader.optional_text("localstack"),
        require_docker=reader.flag("require_docker"),
        stop_timeout=reader.whole("stop_timeout", Settings.stop_timeout),
        ignore=reader.texts("ignore"),
        allow=reader.texts("allow"),
        check=_check(reader.table("check"), table.get("instance_type"), place.under("check")),
        deploy=_deploy(reader.table("deploy")),
    )
    reader.finish()
    _check_references(settings, place)
    return settings


def _rds(identifier: str, reader: Reader) -> RdsSettings:
    settings = RdsSettings(
        identifier=identifier,
        user=reader.text("user", RdsSettings.user),
        password=reader.text("password", RdsSettings.password),
        database=reader.text("database", RdsSettings.database),
        port=reader.whole("port", RdsSettings.port, least=1, most=LARGEST_PORT),
        engine_version=reader.text("engine_version", RdsSettings.engine_version),
        image=reader.optional_text("image"),
        security_groups=reader.optional_texts("security_groups"),
    )
    reader.finish()
    return settings


def _elasticache(identifier: str, reader: Reader) -> ElastiCacheSettings:
    settings = ElastiCacheSettings(
        identifier=identifier,
        node_type=reader.text("node_type", ElastiCacheSettings.node_type),
        port=reader.whole("port", ElastiCacheSettings.port, least=1, most=LARGEST_PORT),
        engine_version=reader.text("engine_version", ElastiCacheSettings.engine_version),
        replicas=reader.whole("replicas", ElastiCacheSettings.replicas),
        image=reader.optional_text("image"),
        security_groups=reader.optional_texts("security_groups"),
    )
    reader.finish()
    return settings


def _check(reader: Reader, instance_type: str | None, place: Place) -> CheckSettings:
    settings = CheckSettings(
        platform=reader.optional_text("platform"),
        instance_type=instance_type,
        severity=reader.choice("severity", _SEVERITIES),
        select=reader.texts("select"),
        ignore=reader.mapping("ignore"),
    )
    for rule, reason in settings.ignore.items():
        if not reason.strip():
            place.under("ignore").under(rule).fail(f"'check.ignore.{rule}' needs a reason.")
    reader.finish()
    return settings


def _deploy(reader: Reader) -> DeploySettings:
    settings = DeploySettings(
        application=reader.optional_text("application"),
        environment=reader.optional_text("environment"),
        region=reader.optional_text("region"),
        bucket=reader.optional_text("bucket"),
        bucket_path=reader.optional_text("bucket_path"),
        security_group=reader.optional_text("security_group"),
        security_group_ports=reader.optional_ports("security_group_ports"),
        user=reader.optional_text("user"),
        platform=reader.text("platform", DeploySettings.platform),
        instances=reader.whole("instances", DeploySettings.instances, least=1),
        policy=reader.choice("policy", POLICIES),
    )
    reader.finish()
    return settings


def _image(value: Any, place: Place) -> ImageSettings:
    if isinstance(value, str):
        return ImageSettings(context=value)
    if not isinstance(value, dict):
        place.fail(f"'{place.name}' must be a folder, or a table with context and dockerfile.")
    reader = Reader(value, place)
    settings = ImageSettings(
        context=reader.text("context", "."),
        dockerfile=reader.optional_text("dockerfile"),
        target=reader.optional_text("target"),
        args=tuple(reader.mapping("args").items()),
    )
    reader.finish()
    return settings


def _check_references(settings: Settings, place: Place) -> None:
    known = settings.reference_names()
    for variable, value in settings.environment.items():
        for name in references(value):
            if name not in known:
                place.under("environment").under(variable).fail(
                    unknown_reference(variable, name, known)
                )
