"""A project deployed: emulator, databases, images and tasks, started when first asked for."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..aws.options import EmulatorOptions
from ..dockerrun import Dockerrun, Document, load, parse
from ..ecs.beanstalk import family, task_definition_request
from ..engine.background import in_background
from ..engine.status import connect
from ..errors import ContractBroken, StackError
from ..project.environment import resolve_environment
from ..project.settings import Settings
from ..report.text import line
from ..rules import Options, all_rules, applies, check, is_named
from .clean_up import do_all
from .databases import Databases
from .registration import register
from .sharing import shared_emulator
from .slow_start import delayed
from .task import Task

if TYPE_CHECKING:
    from ..aws.process import EmulatorProcess
    from ..rules import Finding, Rule
    from .deployed import Deployed
    from .platform import Platform

_T = TypeVar("_T")


@dataclass(frozen=True)
class StackOptions:
    """How a stack is made. ``shared_dir`` is a folder that all processes sharing it know."""

    file: Path
    settings: Settings = field(default_factory=Settings)
    host_ports: str = "ephemeral"
    timeout: float = 120.0
    rebuild: bool = False
    shared_dir: Path | None = None
    progress: Callable[[str], None] = lambda _text: None

    @property
    def project_dir(self) -> Path:
        """The folder of the Dockerrun file."""
        return self.file.parent


class Stack:
    """The project of one Dockerrun file on an emulator. Nothing is started before it is needed.

    Every task has a container instance of its own, as Elastic Beanstalk starts one on each. What
    could not be started once is not tried again: the same error is raised each time.
    """

    is_simulated = False
    """Whether there are no containers, and tasks run on the simulated engine."""

    def __init__(self, options: StackOptions) -> None:
        self.options = options
        self._lock = threading.RLock()
        self._platform: Platform | None = None
        self._databases: Databases | None = None
        self._shared_task: Task | None = None
        self._error: Exception | None = None
        self._fresh: list[Task] = []
        self._own_databases: list[Databases] = []
        self._deployed: Deployed | Exception | None = None

    # --- what the file says -----------------------------------------------------------------

    @cached_property
    def document(self) -> Document:
        """The file's text with positions; raises ``UnreadableFile``."""
        return load(_shown(self.options.file))

    @cached_property
    def dockerrun(self) -> Dockerrun:
        """What the file says."""
        return parse(self.document)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the contract rules find, apart from those that the settings leave out."""
        found = check(self.document, project=self.options.project_dir, options=self._rule_options)
        return [finding for finding in found if self._counts(finding)]

    @cached_property
    def rules(self) -> list[Rule]:
        """The contract rules that have something to look at, apart from those left out."""
        folder, options = self.options.project_dir, self._rule_options
        return [
            rule
            for rule in all_rules()
            if self._counts(rule) and applies(rule, self.document, project=folder, options=options)
        ]

    @cached_property
    def _rule_options(self) -> Options:
        chosen = self.options.settings.check
        return Options.named(chosen.platform, chosen.instance_type)

    def _counts(self, found: Rule | Finding) -> bool:
        settings = self.options.settings
        select, ignore = settings.check.select, (*settings.ignore, *settings.check.ignore)
        return (not select or is_named(found, select)) and not is_named(found, ignore)

    @property
    def blocking(self) -> list[Finding]:
        """The errors in the file itself; one in a file around it does not keep it from running."""
        path = self.document.path
        return [f for f in self.findings if f.severity == "error" and f.path == path]

    def require_contract(self) -> None:
        """Raise :class:`ContractBroken` if the file has errors with which it cannot be deployed."""
        if self.blocking:
            raise ContractBroken("\n".join(line(finding) for finding in self.blocking))
        if self.dockerrun.version != 2:  # noqa: PLR2004 - the format with several containers
            raise ContractBroken(
                f"{self.options.file} is version {self.dockerrun.version}: "
                "only version 2 has containers to run."
            )

    # --- what is running --------------------------------------------------------------------

    @property
    def is_started(self) -> bool:
        """Whether anything has been started."""
        return self._platform is not None

    @property
    def platform(self) -> Platform:
        """The emulator; started by the first call, without databases and images."""
        return self._once(self._start_platform)

    @property
    def databases(self) -> Databases:
        """The managed databases; the first call starts them and has the images, in parallel."""
        return self._once(self._start_all)

    def shared_task(self) -> Task:
        """Return the task that all tests share which do not harm it."""
        with self._lock:
            if self._shared_task is None:
                self._shared_task = self._once(self._share)
            return self._shared_task

    def new_task(
        self, *, own_databases: bool = False, slow_start: Mapping[str, float] | None = None
    ) -> Task:
        """Start a task and return it when it runs; raises :class:`TaskError` if it does not.

        Tasks share the databases, as on AWS the instances of an environment do, unless this one
        shall have empty ones of its own. ``slow_start`` has, by container name, the seconds from
        the start of a container to that of its application.
        """
        databases = self.databases
        if own_databases:
            databases = Databases(self.platform, self.options.settings, f"-{uuid.uuid4().hex[:8]}")
            self._own_databases.append(databases)
            databases.start()
        task = self._place(databases, slow_start)
        self._fresh.append(task)
        task.wait_running(self.options.timeout)
        return task

    def _share(self) -> Task:
        task = self._place(self.databases)
        task.wait_running(self.options.timeout)
        return task

    def deployed(self) -> Deployed:
        """Return the project deployed through Elastic Beanstalk; the first call deploys it.

        It has an emulator of its own, so that nothing else is in the account. Raises
        :class:`DeployError`, the same each time.
        """
        with self._lock:
            if self._deployed is None:
                try:
                    self._deployed = self._deploy()
                except Exception as error:  # noqa: BLE001 - raised below, now and each time
                    self._deployed = error
            if isinstance(self._deployed, Exception):
                raise self._deployed
            return self._deployed

    def _deploy(self) -> Deployed:
        from ..aws.process import start_emulator
        from .deployed import deploy_project

        self.require_contract()
        client = connect()
        self._have_images(client)
        emulator = start_emulator(self._emulator_options)
        try:
            options = self.options
            return deploy_project(
                emulator, client, options.file, options.settings, options.progress
            )
        except BaseException:
            emulator.stop()
            raise

    def tasks_of_test(self, *, shared: bool) -> list[Task]:
        """Return the tasks started since :meth:`begin_test`; the shared one too if asked."""
        if shared and self._shared_task is not None:
            return [self._shared_task, *self._fresh]
        return list(self._fresh)

    def end_test(self) -> None:
        """Remove the tasks that a test has had for itself, and heal the one that others share.

        What cannot be removed keeps nothing else from being: then all of it is told, in one
        :class:`StackError`.
        """
        fresh, self._fresh = self._fresh, []
        own, self._own_databases = self._own_databases, []
        shared = [] if self._shared_task is None else [self._shared_task]
        do_all(
            "after the test",
            [
                *(task.heal for task in shared),
                *(task.discard for task in fresh),
                *(databases.delete for databases in own),
            ],
        )

    def close(self) -> None:
        """Remove all that was started. The emulator does it, for this process may not live to.

        Raises :class:`StackError` with what cannot be removed.
        """
        with self._lock:
            platform, self._platform = self._platform, None
            self._error = self._error or StackError("The stack has been closed.")
            undo: list[Callable[[], object]] = []
            if self._deployed is not None and not isinstance(self._deployed, Exception):
                undo.append(self._deployed.close)
            if platform is not None:
                undo.append(partial(platform.close, shared=self.options.shared_dir is not None))
            do_all("at the end", undo)

    def _once(self, start: Callable[[], _T]) -> _T:
        with self._lock:
            if self._error is not None:
                raise self._error
            try:
                return start()
            except Exception as error:
                self._error = error
                raise

    def _start_platform(self) -> Platform:
        from .platform import Platform

        if self._platform is None:
            self.require_contract()
            client = connect()
            self._platform = Platform(client, self._start_emulator(), self._emulator_options.region)
        return self._platform

    def _start_all(self) -> Databases:
        if self._databases is None:
            self.require_contract()
            client = connect()
            images = in_background(lambda: self._have_images(client))
            databases = Databases(self._start_platform(), self.options.settings)
            databases.start()
            images.result()
            self._databases = databases
        return self._databases

    def _have_images(self, client: Any) -> None:
        from ..engine.images import ensure_images

        ensure_images(
            client,
            self.dockerrun.containers,
            self.options.project_dir,
            self.options.settings,
            rebuild=self.options.rebuild,
            progress=self.options.progress,
        )

    @cached_property
    def _emulator_options(self) -> EmulatorOptions:
        settings = self.options.settings
        return EmulatorOptions(
            host_ports="declared" if self.options.host_ports == "declared" else "ephemeral",
            instance_type=settings.instance_type,
            project_dir=self.options.project_dir.resolve(),
            allow=settings.allow,
            stop_timeout=settings.stop_timeout,
            images=self._database_images(),
            localstack=settings.localstack,
        )

    def _database_images(self) -> dict[str, str]:
        settings = self.options.settings
        declared = [(f"postgres.{name}", rds.image) for name, rds in settings.rds.items()]
        declared += [(f"redis.{name}", cache.image) for name, cache in settings.elasticache.items()]
        return {database: image for database, image in declared if image}

    def _start_emulator(self) -> EmulatorProcess:
        from ..aws.process import start_emulator

        if self.options.shared_dir is not None:
            return shared_emulator(self.options.shared_dir, self._emulator_options)
        return start_emulator(self._emulator_options)

    def _place(self, databases: Databases, slow_start: Mapping[str, float] | None = None) -> Task:
        properties = resolve_environment(self.options.settings.environment, databases.references())
        request = task_definition_request(self.document.value, self._family, properties)
        if slow_start:
            platform = self.platform
            request = delayed(request, slow_start, platform.image_config, lambda: platform.tools)
        return register(self.platform, databases, request, self.options.settings.stop_timeout)

    @cached_property
    def _family(self) -> str:
        return family(self.options.project_dir.resolve().name)


def _shown(file: Path) -> Path:
    """Return the path as messages show it: from the working folder, if it is below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
