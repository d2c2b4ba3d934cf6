"""What the verbs `deploy`, `destroy` and `ci` share: their arguments and what they work on."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .serve import DEFAULT_PORT

if TYPE_CHECKING:
    from ..deploy.bundle import Bundle
    from ..deploy.plan import Plan
    from ..deploy.step import Step
    from ..dockerrun import ContainerDefinition
    from ..project.deployment import Deployment
    from ..project.settings import Settings

DEFAULT_ENDPOINT = f"http://127.0.0.1:{DEFAULT_PORT}"


def add_arguments(parser: argparse.ArgumentParser, *, plan: bool = True) -> None:
    """Add the options of these verbs."""
    add = parser.add_argument
    add("project", nargs="?", type=Path, default=Path(), help="its folder (default: this one)")
    add(
        "--endpoint-url",
        metavar="URL",
        help=f"where AWS is (default: $AWS_ENDPOINT_URL, or {DEFAULT_ENDPOINT})",
    )
    add(
        "--allow-host",
        metavar="HOST",
        help="work on an endpoint of this host although it is not this machine",
    )
    add("--region", help="the region (default: that of the settings, or of the CI file)")
    if plan:
        add("--plan", action="store_true", help="only show the steps, in their order")


def endpoint_of(arguments: argparse.Namespace) -> str:
    """Return the endpoint that the arguments, or else the environment, name."""
    named = arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or DEFAULT_ENDPOINT
    return str(named).rstrip("/")


@dataclass(frozen=True)
class Prepared:
    """A project and its plan.

    ``names`` is what it is called on AWS, ``credentials`` where its user's access key is written.
    """

    folder: Path
    file: Path
    settings: Settings
    bundle: Bundle
    names: Deployment
    credentials: Path | None
    plan: Plan

    def require_contract(self) -> None:
        """Raise ContractBroken if the Dockerrun file has errors."""
        from ..stack.stack import Stack, StackOptions

        Stack(StackOptions(self.file, self.settings)).require_contract()

    def have_images(self, progress: Callable[[str, str], None]) -> None:
        """Build, or pull, the images that are not here; raises ImageUnavailable."""
        from ..engine.images import ensure_images
        from ..engine.status import connect

        ensure_images(
            connect(),
            self._containers,
            self.folder,
            self.settings,
            progress=lambda text: progress("images", text),
        )

    def plan_of_images(self) -> Plan:
        """Return the plan for the images that the engine has now: others make another version.

        On an AWS that is not local, the images are those of a registry, and the plan is as it was.
        """
        if not self.plan.account.is_local:
            return self.plan
        from docker.errors import ImageNotFound

        from ..deploy.plan import make_plan
        from ..engine.status import connect

        client, ids = connect(), []
        for container in self._containers:
            with contextlib.suppress(ImageNotFound):  # an instance pulls it
                ids.append(str(client.images.get(container.image).id))
        bundle = self.bundle.of_images(ids)
        return make_plan(self.plan.account, bundle, self.settings, self.names, self.credentials)

    def forget_images(self, pushed: Collection[str]) -> None:
        """Take the names of pushed images from the engine: an instance would have to pull them.

        The layers stay, and with them the cache of the next build. An image that nobody has pushed
        keeps its name: it could not be had again.
        """
        from docker.errors import APIError

        from ..engine.status import connect

        client = connect()
        for container in self._containers:
            if container.image in pushed:
                with contextlib.suppress(APIError):  # it is not there, or a container uses it
                    client.api.remove_image(container.image, noprune=True)

    @cached_property
    def _containers(self) -> tuple[ContainerDefinition, ...]:
        from ..dockerrun import load, parse

        return parse(load(self.file)).containers


def prepare(arguments: argparse.Namespace, *, by_ci: bool = False) -> Prepared:
    """Return what the arguments name; raises SettingsError, DeployError and UnreadableFile.

    ``by_ci`` is whether the user deploys who is otherwise made for that: with the CI file's key.
    """
    from dataclasses import replace

    from ..deploy.account import Account
    from ..deploy.bundle import make_bundle
    from ..deploy.plan import CREDENTIALS, make_plan
    from ..dockerrun import load
    from ..project.ci import deploys
    from ..project.deployment import deployment
    from ..project.settings import read_settings

    folder = arguments.project
    settings = read_settings(folder)
    file = folder / settings.file
    load(file)  # says in our words that it is not there
    names = deployment(folder, settings.deploy)
    if arguments.region:
        names = replace(names, region=arguments.region)
    account = Account(
        endpoint_of(arguments),
        names.region,
        allow_host=arguments.allow_host,
        deployer=next((d.access_key(os.environ) for d in deploys(folder)), None) if by_ci else None,
    )
    credentials = None if by_ci else folder / CREDENTIALS
    bundle = make_bundle(file.parent, file)
    plan = make_plan(account, bundle, settings, names, credentials)
    return Prepared(folder, file, settings, bundle, names, credentials, plan)


def announce(title: str, text: str) -> None:
    """Print one line of progress, in one piece: steps run at the same time."""
    sys.stdout.write(f"{title}: {text}\n")
    sys.stdout.flush()


def show_plan(steps: Sequence[Step], what: str) -> None:
    """Print the steps, each with what it waits for."""
    if not steps:
        print("nothing is there")
    for step in steps:
        after = ", ".join(needed.title for needed in step.needs)
        print(f"{what} {step.title}" + (f" (after {after})" if after else ""))
