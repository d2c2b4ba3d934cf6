"""Has every request to a service of ours checked against botocore's model of its operation."""

from __future__ import annotations

from typing import Any

from moto.core.request import determine_request_protocol
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model

from ..errors import AwsError
from .constraints import problems
from .dialects import DIALECTS
from .parsing import Malformed, parse


class Checked(BaseResponse):
    """Goes before a response class of moto's, which finds the parameters as they should be."""

    def parse_parameters(self, request: Any) -> None:
        """Read the parameters; raises ``AwsError``, in the service's words, where they are wrong.

        Raises botocore's ``OperationNotFoundError`` for an operation that its model does not have.
        """
        model = get_service_model(self.boto3_service_name)
        operation = model.operation_model(self._get_action())
        dialect = DIALECTS[self.boto3_service_name]
        sent = {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": self.uri_match,
        }
        protocol = determine_request_protocol(model, request.content_type)
        try:
            self.params = parse(operation, protocol, sent, self.PROTOCOL_PARSER_MAP_TYPE)
        except Malformed as error:
            raise AwsError(dialect.malformed, str(error)) from error
        shape = operation.input_shape
        if shape is None:
            return
        found = dialect.blank_parameters(shape, self.params) + list(problems(shape, self.params))
        if found:
            raise dialect.refusal(operation.name, found)
