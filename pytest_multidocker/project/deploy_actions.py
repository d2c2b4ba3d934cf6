"""The actions of GitHub workflows that deploy to Elastic Beanstalk, and what they are given. Pure.

Source: ``action.yml`` of https://github.com/einaregilsson/beanstalk-deploy,
https://github.com/aws-actions/aws-elasticbeanstalk-deploy and
https://github.com/aws-actions/configure-aws-credentials.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .workflow_steps import action_of, jobs_steps
from .yaml_marks import Marked


class DeployAction(NamedTuple):
    """An action that deploys to Elastic Beanstalk."""

    required: tuple[str, ...]
    """The inputs that it must be given."""
    secrets: tuple[str, ...]
    """The inputs that must not be in the file: the access key's id and its secret come first."""
    package: str
    """The input that names the deployment package."""
    makes_its_package: bool = False
    """Whether it makes the package where none is named."""
    credentials: str = ""
    """The action whose inputs its secrets are, where they are not its own."""


DEPLOY_ACTIONS = {
    "einaregilsson/beanstalk-deploy": DeployAction(
        ("region", "application_name", "environment_name"),
        ("aws_access_key", "aws_secret_key", "aws_session_token"),
        "deployment_package",
    ),
    "aws-actions/aws-elasticbeanstalk-deploy": DeployAction(
        ("aws-region", "application-name", "environment-name"),
        ("aws-access-key-id", "aws-secret-access-key", "aws-session-token"),
        "deployment-package-path",
        makes_its_package=True,
        credentials="aws-actions/configure-aws-credentials",
    ),
}


class ActionDeploy(NamedTuple):
    """A step that deploys: its ``uses``, what it does, and all that it is given."""

    uses: Marked
    action: DeployAction
    options: dict[str, Marked]


def deploys_of(workflow: Marked | None) -> Iterator[ActionDeploy]:
    """Yield the deploys of a workflow to Elastic Beanstalk."""
    for steps in jobs_steps(workflow):
        given: dict[str, dict[str, Marked]] = {}
        for step in steps:
            uses = step.get("uses")
            if uses is None:
                continue
            name = action_of(uses.text)
            given[name] = step.mapping_of("with")
            if (action := DEPLOY_ACTIONS.get(name)) is not None:
                of_another = given.get(action.credentials, {})
                secrets = {key: of_another[key] for key in action.secrets if key in of_another}
                yield ActionDeploy(uses, action, {**secrets, **given[name]})
