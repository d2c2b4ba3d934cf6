"""The exceptions that users of the package may meet.

::

    MultidockerError                what went wrong, and the way out, in one sentence
    ├── DockerrunError              about a Dockerrun.aws.json file
    │   ├── UnreadableFile          it cannot be opened or is not a file
    │   └── ContractBroken          it has errors with which it cannot be deployed
    ├── UnknownName                 no rule, platform or instance type has the name
    ├── SettingsError               about [tool.multidocker] of a pyproject.toml
    ├── EmulatorError               the emulator did not start, or is gone
    ├── EngineUnavailable           no Docker Engine answers
    ├── NotSimulated                a simulation cannot show what is asked for
    ├── HasFinished                 a container has ended in order, so that it shows nothing more
    ├── ImageUnavailable            an image is neither here nor can be built or pulled
    ├── DeployError                 a step of a deploy or destroy failed
    ├── PipelineError               a CI pipeline cannot be run, or has failed
    └── StackError                  what the project needs to run could not be set up
        └── TaskError               a task did not come to run, or has no such container

Every one carries a message that can be shown to the user as it is; the command line prints it
after ``error:`` and exits with status 2.
"""

from __future__ import annotations


class MultidockerError(Exception):
    """The root: catch it to catch all errors that this package raises on purpose."""


class DockerrunError(MultidockerError):
    """Something about a ``Dockerrun.aws.json`` file."""


class UnreadableFile(DockerrunError):  # noqa: N818 - the name says what is wrong, as OSError's do
    """A Dockerrun file that cannot be opened: missing, a folder, or not permitted."""


class SettingsError(MultidockerError):
    """A setting is unknown, has the wrong type or refers to nothing; the text names its place."""


class EmulatorError(MultidockerError):
    """The emulator did not start, or is gone; the text has the end of its log."""


class EngineUnavailable(MultidockerError):  # noqa: N818 - the name says what is the case
    """No Docker Engine answers; the text says what was tried and how to get one."""


class NotSimulated(MultidockerError):  # noqa: N818 - the name says what is the case
    """What was asked for needs containers; the text says what only a real Engine can prove."""

    def __init__(self, what: str) -> None:
        super().__init__(f"only a real Docker Engine can prove {what}")


class HasFinished(MultidockerError):  # noqa: N818 - the name says what is the case
    """A container of which something was to be shown has done its work and ended in order."""


class ImageUnavailable(MultidockerError):  # noqa: N818 - the name says what is the case
    """An image is neither here nor can be built or pulled; the text lists what was tried."""


class ContractBroken(DockerrunError):  # noqa: N818 - the name says what is the case
    """A Dockerrun file has errors with which it cannot be deployed; the text lists them."""


class StackError(MultidockerError):
    """A database, a task definition or a task that the project needs could not be set up."""


class DeployError(MultidockerError):
    """A step of a deploy or destroy failed; the text names it and has the words of AWS."""


class PipelineError(MultidockerError):
    """A CI pipeline cannot be run here, or a command of it has failed; the text says which."""


class TaskError(StackError):
    """A task did not do what was asked of it; the text has its containers and their last words."""


class UnknownName(MultidockerError):  # noqa: N818 - the name says what is wrong
    """A rule, a platform or an instance type that does not exist."""
