"""The actions of GitHub workflows that are done here, as scripts or deploys. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ..project.deploy_actions import DEPLOY_ACTIONS, DeployAction
from ..project.workflow_steps import action_of
from .pipeline import Deploy, Step

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")

_NOT_NEEDED = ("actions/checkout", "actions/setup-", "docker/setup-", "actions/cache")


def is_deploy(uses: str) -> bool:
    """Whether the action deploys to Elastic Beanstalk."""
    return action_of(uses) in DEPLOY_ACTIONS


def as_step(step: Step, uses: str, given: Mapping[str, str]) -> Step | None:
    """Return the step with what its action does here; ``None`` where that is nothing."""
    action = action_of(uses)
    if action in DEPLOY_ACTIONS:
        return replace(step, deploy=_deploy(DEPLOY_ACTIONS[action], given))
    if action in _SCRIPTS:
        lines = [*_SCRIPTS[action](given)]
        variables = {f"INPUT_{name.upper()}": value for name, value in given.items()}
        return replace(
            step,
            title="\n$ ".join(lines),
            script="\n".join(lines),
            shell=BASH,
            variables={**step.variables, **(variables if action == _LOGIN else {})},
        )
    if action.startswith(_NOT_NEEDED):
        return None
    return replace(step, left_out=f"the action {action} is not done here")


def _deploy(action: DeployAction, given: Mapping[str, str]) -> Deploy:
    package = given.get(action.package, "").strip()
    return Deploy(None if action.makes_its_package and not package else package)


def _login(given: Mapping[str, str]) -> Iterator[str]:
    # As variables: a password may hold what a shell would take for its own.
    server = given.get("registry", "")
    command = 'docker login --username "$INPUT_USERNAME" --password-stdin'
    yield f'printf %s "$INPUT_PASSWORD" | {command} {server}'.rstrip()


def _build_push(given: Mapping[str, str]) -> Iterator[str]:
    lines = given.get("tags", "").replace(",", "\n").splitlines()
    tags = [line.strip() for line in lines if line.strip()]
    words = [word for tag in tags for word in ("--tag", _quoted(tag))]
    for option in ("file", "target"):
        if given.get(option):
            words += [f"--{option}", _quoted(given[option])]
    for argument in given.get("build-args", "").splitlines():
        words += ["--build-arg", _quoted(argument.strip())]
    yield " ".join(["docker build", *words, _quoted(given.get("context") or ".")])
    if given.get("push") == "true":
        yield from (f"docker push {_quoted(tag)}" for tag in tags)


_LOGIN = "docker/login-action"
_SCRIPTS: dict[str, Callable[[Mapping[str, str]], Iterator[str]]] = {
    _LOGIN: _login,
    "docker/build-push-action": _build_push,
}


def _quoted(text: str) -> str:
    return '"{}"'.format(re.sub(r'(["\\`])', r"\\\1", text))
