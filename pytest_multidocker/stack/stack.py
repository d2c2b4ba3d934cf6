"""A project deployed: emulator, databases, images and tasks, started when first asked for."""

from __future__ import annotations

import queue
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from .once import Once
from .registration import register
from .seeding import seed
from .sharing import shared_emulator
from .slow_start import delayed
from .task import Task

if TYPE_CHECKING:
    from ..aws.process import EmulatorProcess
    from ..rules import Finding, Rule
    from .deployed import Deployed
    from .platform import Platform


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
        self._platform = Once(self._start_platform)
        self._databases = Once(self._start_all)
        self._shared = Once(self._share)
        self._is_kept = False
        self._has_run = False
        self._deployed = Once(self._deploy)
        self._fresh: list[Task] = []
        self._own_databases: list[Databases] = []

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

    def require_valid(self) -> None:
        """Raise :class:`ContractBroken` if the file has errors with which it cannot be deployed."""
        if self.blocking:
            raise ContractBroken("\n".join(line(finding) for finding in self.blocking))

    def require_contract(self) -> None:
        """Raise :class:`ContractBroken` if the file has such errors, or no containers to run."""
        self.require_valid()
        if self.dockerrun.version != 2:  # noqa: PLR2004 - the format with several containers
            raise ContractBroken(
                f"{self.options.file} is version {self.dockerrun.version}: "
                "only version 2 has containers to run."
            )

    # --- what is running --------------------------------------------------------------------

    @property
    def is_started(self) -> bool:
        """Whether anything has been started."""
        return self._platform.made is not None

    @property
    def platform(self) -> Platform:
        """The emulator; started by the first call, without databases and images."""
        return self._platform.get()

    @property
    def databases(self) -> Databases:
        """The managed databases; the first call starts them and has the images, in parallel."""
        return self._databases.get()

    def require_running(self) -> None:
        """Raise the error with which the project does not come to run, if it does not."""
        if not self._has_run:
            self.shared_task()

    def shared_task(self, *, keep: bool = False) -> Task:
        """Return the task that all tests share which do not harm it.

        ``keep`` it for as long as the stack: else it is ended where a fresh one needs its ports.
        """
        self._is_kept = self._is_kept or keep
        task = self._shared.get()
        self._has_run = True
        return task

    @property
    def running_task(self) -> Task | None:
        """The shared task, if it has been started."""
        return self._shared.made

    def new_task(
        self, *, own_databases: bool = False, slow_start: Mapping[str, float] | None = None
    ) -> Task:
        """Start a task and return it when it runs; raises :class:`TaskError` if it does not.

        Tasks share the databases, as on AWS the instances of an environment do, unless this one
        shall have empty ones of its own. ``slow_start`` has, by container name, the seconds from
        the start of a container to that of its application.
        """
        self._make_room()
        databases = self.databases
        if own_databases:
            databases = Databases(self.platform, self.options.settings, f"-{uuid.uuid4().hex[:8]}")
            self._own_databases.append(databases)
            databases.start()
        task = self._place(databases, slow_start)
        self._fresh.append(task)
        task.wait_running(self.options.timeout)
        return task

    def _make_room(self) -> None:
        """Have the host ports free that the file declares, where tasks are given those."""
        declared = {
            mapping.host_port
            for container in self.dockerrun.containers
            for mapping in container.port_mappings
            if mapping.host_port
        }
        if self.options.host_ports != "declared" or not declared:
            return
        in_use = any(task.status != "STOPPED" for task in self._fresh)
        if in_use or (self._is_kept and self._shared.made is not None):
            ports = ", ".join(map(str, sorted(declared)))
            raise StackError(
                f"Two tasks of this file cannot have the host ports {ports} at the same time. Take "
                "--multidocker-host-ports=ephemeral, or run what needs fresh tasks apart from what "
                "uses the fixture ecs_task."
            )
        if (shared := self._shared.let_go()) is not None:
            shared.discard()

    def _share(self) -> Task:
        task = self._place(self.databases)
        task.wait_running(self.options.timeout)
        return task

    def deployed(self) -> Deployed:
        """Return the project deployed through Elastic Beanstalk; the first call deploys it.

        It has an emulator of its own, so that nothing else is in the account. Raises
        :class:`DeployError`, the same each time.
        """
        return self._deployed.get()

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
        running = self.running_task if shared else None
        return [*([running] if running else []), *self._fresh]

    def end_test(self) -> None:
        """Remove the tasks that a test has had for itself, and heal the one that others share.

        What cannot be removed keeps nothing else from being: then all of it is told, in one
        :class:`StackError`.
        """
        fresh, self._fresh = self._fresh, []
        own, self._own_databases = self._own_databases, []
        shared = [self.running_task] if self.running_task else []
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
        closed = StackError("The stack has been closed.")
        self._shared.close(closed)
        self._databases.close(closed)
        undo: list[Callable[[], object]] = []
        if (deployed := self._deployed.close(closed)) is not None:
            undo.append(deployed.close)
        if (platform := self._platform.close(closed)) is not None:
            undo.append(partial(platform.close, shared=self.options.shared_dir is not None))
        do_all("at the end", undo)

    def _start_platform(self) -> Platform:
        from .platform import Platform

        self.require_contract()
        client = connect()
        options = self.options
        platform = Platform(client, self._start_emulator(), self._emulator_options.region)
        try:
            with platform.asking():
                seed(platform.session, options.settings, options.project_dir)
        except BaseException:
            platform.close(shared=options.shared_dir is not None)
            raise
        return platform

    def _start_all(self) -> Databases:
        self.require_contract()
        client = connect()
        databases = Databases(self.platform, self.options.settings)
        started = in_background(databases.start)
        self._have_images(client)
        started.result()
        return databases

    def _have_images(self, client: Any) -> None:
        """Have all images there; tell of progress in this thread, as pytest wants it."""
        from ..engine.images import ensure_images

        told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        work = in_background(
            lambda: ensure_images(
                client,
                self.dockerrun.containers,
                self.options.project_dir,
                self.options.settings,
                rebuild=self.options.rebuild,
                progress=told.put,
            )
        )
        work.add_done_callback(lambda _: told.put(None))
        for text in iter(told.get, None):
            self.options.progress(text)
        work.result()

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
        return register(self.platform, databases, request, self.options.settings)

    @cached_property
    def _family(self) -> str:
        return family(self.options.project_dir.resolve().name)


def _shown(file: Path) -> Path:
    """Return the path as messages show it: from the working folder, if it is below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
