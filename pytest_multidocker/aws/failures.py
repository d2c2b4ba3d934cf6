"""What moto cannot answer, as an error of the service's own protocol instead of an HTML page."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from flask import Flask, Response

_LOG = logging.getLogger(__name__)

# Not 500: clients repeat a call that got 500 up to four times, and an operation that does not
# exist will not come to exist meanwhile.
_NOT_IMPLEMENTED = 501
_INTERNAL_FAILURE = 500

#: Where moto's name of a service is not botocore's, as a Python package cannot have that name.
_BOTOCORE_NAMES = {"awslambda": "lambda"}


def create_app(service: str) -> Flask:
    """Return moto's app of a service, whose failures are errors that AWS clients can parse.

    `service` is moto's name of it.
    """
    from moto.moto_server.werkzeug_app import create_backend_app

    app: Flask = create_backend_app(cast("Any", service))
    name = _BOTOCORE_NAMES.get(service, service)
    app.register_error_handler(Exception, lambda error: _answer(name, error))
    return app


def _answer(service: str, error: Exception) -> Any:
    from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

    operation = _operation()
    # In a REST protocol, moto knows no path for an operation that it lacks.
    if isinstance(error, (NotImplementedError, NotFound, MethodNotAllowed)):
        message = f"multidocker does not emulate {service} {operation}: {error}"
        return _response(service, "NotImplemented", message, _NOT_IMPLEMENTED)
    if isinstance(error, HTTPException):
        return error
    _LOG.exception("%s %s failed", service, operation)
    message = f"the emulator failed in {service} {operation}: {type(error).__name__}: {error}"
    return _response(service, "InternalFailure", message, _INTERNAL_FAILURE)


def _operation() -> str:
    """Return the operation's name as the request has it; its method and path in REST protocols."""
    from flask import request

    target = request.headers.get("X-Amz-Target", "")
    action = target.rpartition(".")[2] or request.values.get("Action", "")
    return action or f"{request.method} {request.path}"


def _response(service: str, code: str, message: str, status: int) -> Response:
    from flask import Response as FlaskResponse

    headers, body = serialized(service, code, message)
    return FlaskResponse(body, status=status, headers=headers)


def serialized(service: str, code: str, message: str) -> tuple[dict[str, str], str]:
    """Return headers and body of an error in the protocol of a service, by botocore's name."""
    from botocore.exceptions import UnknownServiceError
    from moto.core.exceptions import ServiceException
    from moto.core.model import OperationModel
    from moto.core.serialize import get_serializer_class
    from moto.core.utils import get_service_model

    class Failure(ServiceException):
        """Of our own module: moto takes the service from that of its exceptions."""

    try:
        model = get_service_model(service)
    except UnknownServiceError:  # a service of moto's own, such as moto_api
        return {"Content-Type": "application/json"}, json.dumps(
            {"__type": code, "message": message}
        )
    serializer = get_serializer_class(model.service_name, model.resolved_protocol)
    result = serializer(operation_model=OperationModel({}, model)).serialize(Failure(code, message))
    headers = {name: str(value) for name, value in result["headers"].items() if name != "status"}
    return headers, str(result["body"])
