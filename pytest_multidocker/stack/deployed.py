"""A project deployed through Elastic Beanstalk, to an emulator of its own, as a test holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..deploy import runner
from ..deploy.account import Account
from ..deploy.bundle import make_bundle
from ..deploy.inventory import inventory
from ..deploy.plan import Plan, make_plan
from ..emulator_session import EmulatorSession
from ..engine.sweep import leftovers
from ..project.deployment import Deployment, deployment
from .seeding import seed

if TYPE_CHECKING:
    from docker import DockerClient

    from ..aws.process import EmulatorProcess
    from ..project.settings import Settings


class EbEnvironment:
    """The environment of a deployed project, as Elastic Beanstalk describes it."""

    def __init__(self, client: Any, application: str, name: str) -> None:
        self._client = client
        self._application = application
        self.name = name

    @property
    def described(self) -> dict[str, Any]:
        """What DescribeEnvironments says; raises ``LookupError`` where there is no such one."""
        found = self._client.describe_environments(
            ApplicationName=self._application, EnvironmentNames=[self.name], IncludeDeleted=False
        )["Environments"]
        if not found:
            raise LookupError(f"There is no environment '{self.name}'.")
        return dict(found[0])

    @property
    def url(self) -> str:
        """The address of the application, without a slash at its end."""
        return f"http://{self.described['EndpointURL']}"

    @property
    def status(self) -> str:
        """Ready, Launching, Updating or Terminating."""
        return str(self.described["Status"])

    @property
    def health(self) -> str:
        """Green, Yellow, Red or Grey."""
        return str(self.described["Health"])

    @property
    def causes(self) -> list[str]:
        """Why it is not Green, in the words of enhanced health."""
        answer = self._client.describe_environment_health(
            EnvironmentName=self.name, AttributeNames=["Causes"]
        )
        return list(answer.get("Causes", ()))

    def events(self) -> list[str]:
        """Return all events, the oldest first, such as ``INFO: createEnvironment is starting.``."""
        answer = self._client.describe_events(EnvironmentName=self.name, MaxRecords=1000)
        return [f"{e['Severity']}: {e['Message']}" for e in reversed(answer["Events"])]


@dataclass(frozen=True)
class Deployed:
    """A deployed project."""

    _emulator: EmulatorProcess
    _docker: DockerClient
    _names: Deployment
    _plan: Plan
    _before: frozenset[str]
    """What was in the account before the deploy."""

    @cached_property
    def session(self) -> EmulatorSession:
        """A ``boto3.Session`` whose clients speak to the AWS that it is deployed to."""
        return EmulatorSession(self._emulator.endpoint_url, self._names.region)

    @cached_property
    def environment(self) -> EbEnvironment:
        """The environment."""
        client = self.session.client("elasticbeanstalk")
        return EbEnvironment(client, self._names.application, self._names.environment)

    @property
    def url(self) -> str:
        """The address of the application, without a slash at its end."""
        return self.environment.url

    def destroy(self) -> list[str]:
        """Remove everything in order, and return what is in account and engine all the same."""
        runner.destroy(self._plan.account, self._plan.steps, lambda _title, _text: None)
        left = leftovers(self._docker, self._emulator.run_id)
        return [
            *(thing for thing in inventory(self._plan.account) if thing not in self._before),
            *(f"container {name}" for name in left.containers),
            *(f"volume {name}" for name in left.volumes),
        ]

    def close(self) -> None:
        """End the emulator, with all that is still there."""
        self._emulator.stop()


def deploy_project(
    emulator: EmulatorProcess,
    client: DockerClient,
    file: Path,
    settings: Settings,
    progress: Callable[[str], None],
) -> Deployed:
    """Deploy the project of a Dockerrun file until it is Green; raises :class:`DeployError`."""
    names = deployment(file.parent, settings.deploy)
    account = Account(emulator.endpoint_url, names.region)
    key = Path(emulator.handle.workdir, "deployer", "credentials")  # it goes with the emulator
    plan = make_plan(account, make_bundle(file.parent, file), settings, names, key)
    seed(EmulatorSession(emulator.endpoint_url, names.region), settings, file.parent)
    before = frozenset(inventory(account))
    runner.deploy(account, plan.steps, lambda title, text: progress(f"{title}: {text}"))
    return Deployed(emulator, client, names, plan, before)
