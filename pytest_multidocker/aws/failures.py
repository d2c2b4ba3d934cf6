"""What moto cannot answer, as an error of the service's own protocol instead of an HTML page."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from .localstack import service_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication
    from flask import Flask, Response

_LOG = logging.getLogger(__name__)


#: Where moto's name of a service is not botocore's, as a Python package cannot have that name.
_BOTOCORE_NAMES = {"awslambda": "lambda"}
_BY_VERSION = {("elb", "2015-12-01"): "elbv2"}


def create_app(service: str) -> Flask:
    """Return moto's app of a service, whose failures are errors that AWS clients can parse.

    `service` is moto's name of it.
    """
    from moto.moto_server.werkzeug_app import create_backend_app

    app: Flask = create_backend_app(cast("Any", service))
    name = _BOTOCORE_NAMES.get(service, service)
    app.register_error_handler(Exception, lambda error: _answer(_asked(name), error))
    app.after_request(lambda answer: _spoken(_asked(name), answer))
    return app


def answering(dispatcher: Any) -> WSGIApplication:
    """Return moto's dispatcher as an app that answers for services, too, that it does not have.

    Some want packages that are not installed.
    """

    def app(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        try:
            chosen: WSGIApplication = dispatcher.get_application(environ)
        except Exception as error:  # noqa: BLE001 - whatever it was, the client has to be told
            service = service_of(environ) or "this service"
            _LOG.info("no application for %s", service, exc_info=error)
            text = f"multidocker does not emulate {service}: {type(error).__name__}: {error}"
            _, headers, body = serialized(service, "NotImplemented", text)
            start("501 Not Implemented", list(headers.items()))
            return [body.encode()]
        return chosen(environ, start)

    return app


def _asked(service: str) -> str:
    """Return the service that a request is for: two of them share an address and an app."""
    from flask import request

    return _BY_VERSION.get((service, request.values.get("Version", "")), service)


def _spoken(service: str, answer: Response) -> Response:
    """Return an answer with words where moto has none.

    That is one of 404, to a request without an operation, and one of 403, of S3 to a request that
    nobody has signed.
    """
    if answer.content_length != 0:
        return answer
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return _no_operation(service) or answer
    if answer.status_code == HTTPStatus.FORBIDDEN and service == "s3":
        return _response(service, "AccessDenied", "Access Denied", HTTPStatus.FORBIDDEN)
    return answer


def _answer(service: str, error: Exception) -> Any:
    from moto.core.exceptions import ServiceException
    from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

    if isinstance(error, ServiceException):  # before moto would have caught it
        return _response(service, error.code, error.message)
    if (wrong := _no_operation(service)) is not None:
        return wrong
    operation = _operation()
    # In a REST protocol, moto knows no path for an operation that it lacks.
    if isinstance(error, (NotImplementedError, NotFound, MethodNotAllowed)):
        # Not 500: clients repeat a call that got 500 up to four times, and an operation that does
        # not exist will not come to exist meanwhile.
        message = f"multidocker does not emulate {service} {operation}: {_reason(error)}"
        return _response(service, "NotImplemented", message, HTTPStatus.NOT_IMPLEMENTED)
    if isinstance(error, HTTPException):
        return error
    _LOG.exception("%s %s failed", service, operation)
    message = f"the emulator failed in {service} {operation}: {type(error).__name__}: {error}"
    return _response(service, "InternalFailure", message, HTTPStatus.INTERNAL_SERVER_ERROR)


def _reason(error: Exception) -> str:
    return str(error) or "it is not implemented here"


def _no_operation(service: str) -> Response | None:
    """Return the error for a request without an operation that AWS has; ``None`` where it has one.

    In the REST protocols, that is for others to know. Source:
    https://docs.aws.amazon.com/elasticbeanstalk/latest/api/CommonErrors.html and
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
    """
    model, action = _model(service), _action()
    protocol = model.resolved_protocol if model is not None else ""
    if model is None or action in model.operation_names or protocol.startswith("rest"):
        return None
    if protocol != "json" and not action:
        return _response(service, "MissingAction", "The request must contain the parameter Action.")
    code = "UnknownOperationException" if protocol == "json" else "InvalidAction"
    version = model.api_version
    text = f"Could not find operation {action or '(none)'} for version {version} of {service}."
    return _response(service, code, text)


def _action() -> str:
    """Return the operation's name as the request has it; "" in REST protocols."""
    from flask import request

    target = request.headers.get("X-Amz-Target", "")
    return target.rpartition(".")[2] or request.values.get("Action", "")


def _operation() -> str:
    """Return the operation's name as the request has it; its method and path in REST protocols."""
    from flask import request

    return _action() or f"{request.method} {request.path}"


def _response(service: str, code: str, message: str, status: int | None = None) -> Response:
    """Return an error; without a status with the one that the service's model has for it."""
    from flask import Response as FlaskResponse

    modelled, headers, body = serialized(service, code, message)
    return FlaskResponse(body, status=status or modelled, headers=headers)


def _model(service: str) -> Any | None:
    """Return botocore's model of a service; ``None`` for one of moto's own, such as moto_api."""
    from botocore.exceptions import UnknownServiceError
    from moto.core.utils import get_service_model

    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None


def serialized(service: str, code: str, message: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of an error in a service's protocol, by botocore's name."""
    from moto.core.exceptions import ServiceException
    from moto.core.model import OperationModel
    from moto.core.serialize import get_serializer_class

    class Failure(ServiceException):
        """Of our own module: moto takes the service from that of its exceptions."""

    model = _model(service)
    if model is None:
        body = json.dumps({"__type": code, "message": message})
        return HTTPStatus.BAD_REQUEST, {"Content-Type": "application/json"}, body
    serializer = get_serializer_class(model.service_name, model.resolved_protocol)
    result = serializer(operation_model=OperationModel({}, model)).serialize(Failure(code, message))
    headers = {name: str(value) for name, value in result["headers"].items() if name != "status"}
    return int(result["status_code"]), headers, str(result["body"])
