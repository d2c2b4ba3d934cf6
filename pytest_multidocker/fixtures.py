"""The fixtures. None is autouse; what they need is started when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, TypeVar

import pytest

from .stacks import Stacks, told

if TYPE_CHECKING:
    from .dockerrun import Dockerrun
    from .emulator_session import EmulatorSession
    from .stack.databases import ElastiCacheCluster, RdsDatabase
    from .stack.deployed import Deployed, EbEnvironment
    from .stack.stack import Stack
    from .stack.task import Task

_T = TypeVar("_T")


@pytest.fixture(scope="session")
def multidocker_stack(pytestconfig: pytest.Config) -> Stack:
    """Return the project on its local AWS, which all other fixtures are views of."""
    return _told(Stacks.of(pytestconfig).main)


@pytest.fixture(scope="session")
def dockerrun(multidocker_stack: Stack) -> Dockerrun:
    """Return what the project's ``Dockerrun.aws.json`` says; fails if it has errors."""
    _told(multidocker_stack.require_valid)
    return multidocker_stack.dockerrun


@pytest.fixture(scope="session")
def aws(multidocker_stack: Stack) -> EmulatorSession:
    """Return a ``boto3.Session`` whose clients speak to the local AWS, at ``aws.endpoint_url``."""
    return _told(lambda: multidocker_stack.platform.session)


@pytest.fixture(scope="session")
def rds(multidocker_stack: Stack) -> RdsDatabase:
    """Return the first RDS instance of the settings: ``host``, ``port``, ``dsn``, ``user``, ..."""
    found = list(_told(lambda: multidocker_stack.databases.rds).values())
    return found[0] if found else _undeclared("rds")


@pytest.fixture(scope="session")
def elasticache(multidocker_stack: Stack) -> ElastiCacheCluster:
    """Return the first ElastiCache cluster of the settings: ``host``, ``port``, ``url``, ..."""
    found = list(_told(lambda: multidocker_stack.databases.elasticache).values())
    return found[0] if found else _undeclared("elasticache")


@pytest.fixture(scope="session")
def ecs_task(multidocker_stack: Stack) -> Task:
    """Return a running task of the Dockerrun file, shared by all tests: do it no harm."""
    return _told(lambda: multidocker_stack.shared_task(keep=True))


@pytest.fixture
def ecs_task_factory(multidocker_stack: Stack) -> Callable[..., Task]:
    """Start a fresh task with each call, for tests that harm it; gone when the test ends.

    It uses the same databases as ``ecs_task``, unless it is called with ``own_databases=True``:
    then ``task.rds`` and ``task.elasticache`` are empty ones that no other task writes to. With
    ``slow_start={"server": 5}`` the application of ``server`` starts five seconds after its
    container: those that link to it start before it answers, as ECS has it. Raises
    :class:`~pytest_multidocker.errors.TaskError` where the task does not come to run.
    """

    def start(
        *, own_databases: bool = False, slow_start: Mapping[str, float] | None = None
    ) -> Task:
        return multidocker_stack.new_task(own_databases=own_databases, slow_start=slow_start)

    return start


@pytest.fixture(scope="session")
def deployed(multidocker_stack: Stack) -> Deployed:
    """Return the project deployed through Elastic Beanstalk, Green: it has ``url``, ``session``.

    The AWS that it is deployed to is its own, apart from that of ``aws`` and ``ecs_task``.
    """
    return _told(multidocker_stack.deployed)


@pytest.fixture(scope="session")
def eb_environment(deployed: Deployed) -> EbEnvironment:
    """Return the Elastic Beanstalk environment of ``deployed``: it has ``health``, ``events()``."""
    return deployed.environment


def _told(get: Callable[[], _T]) -> _T:
    """Return what ``get`` returns; what goes wrong is told in one message, without a traceback."""
    found: list[_T] = []
    error = told(lambda: found.append(get()))
    if error is not None:
        pytest.fail(error, pytrace=False)
    return found[0]


def _undeclared(kind: str) -> NoReturn:
    pytest.fail(
        f"The fixture '{kind}' needs a [tool.multidocker.{kind}.NAME] table in pyproject.toml.",
        pytrace=False,
    )
