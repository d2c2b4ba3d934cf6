"""The services that the emulator serves with backends of its own; all others are moto's."""

from __future__ import annotations

import importlib
import os
import warnings
from typing import TYPE_CHECKING, cast

from . import localstack

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .emulator import Emulator, Service

#: name → where the class is; each is made with the emulator as its only argument.
_SERVICES = {
    "ecs": "pytest_multidocker.aws.ecs:EcsService",
    "rds": "pytest_multidocker.aws.rds:RdsService",
    "elasticache": "pytest_multidocker.aws.elasticache:ElastiCacheService",
    "elasticbeanstalk": "pytest_multidocker.aws.elasticbeanstalk:ElasticBeanstalkService",
}

#: The policies that Elastic Beanstalk's roles attach, unless the user decided about that himself.
_MOTO_SETTINGS = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}


def service_names() -> tuple[str, ...]:
    """Return the names of the services that have a backend of ours."""
    return tuple(_SERVICES)


def install_services(emulator: Emulator) -> list[Service]:
    """Make our services and register their backends with moto; takes about a second of imports."""
    _prepare_moto(emulator)  # which looks at the environment when it is imported

    from .security import Gatekeeper

    if emulator.options.authenticate:
        from .access.authorizer import switch_on

        switch_on()
    services: list[Service] = []
    for place in _SERVICES.values():
        module, _, name = place.partition(":")
        service = cast("Service", getattr(importlib.import_module(module), name)(emulator))
        service.install()
        services.append(service)
    gatekeeper = Gatekeeper(emulator)
    gatekeeper.install()
    return [*services, gatekeeper]


def build_app() -> WSGIApplication:
    """Return the WSGI app of all services, with ours ready to answer at once."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    from .failures import answering, create_app

    dispatcher = DomainDispatcherApplication(create_app)
    for name in _SERVICES:
        dispatcher.app_instances[name] = create_app(name)
    return answering(dispatcher)


def _prepare_moto(emulator: Emulator) -> None:
    """Set moto's switches, and keep the user's AWS profiles out of the emulator."""
    if emulator.options.localstack is not None:  # one account holds what both of them have
        os.environ.setdefault("MOTO_ACCOUNT_ID", localstack.ACCOUNT_ID)
    for name, value in _MOTO_SETTINGS.items():
        os.environ.setdefault(name, value)
    os.environ.pop("AWS_PROFILE", None)  # botocore fails where the profile does not exist,
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):  # or a file of them is broken
        os.environ[name] = os.devnull
    # moto's remark about error codes that botocore's model does not list, as ours and AWS's own.
    warnings.filterwarnings("ignore", message=r"Exception\(.*does not match an error shape")
