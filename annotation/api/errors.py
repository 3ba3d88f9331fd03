"""Refusals as JSON: `{"code": ..., "detail": ...}`, with errors by field where there are some."""

from typing import Any

from django.core.exceptions import BadRequest
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from annotation.api.halts import halt_out
from annotation.labeling import Conflict, Halt, LabelingError, OtherSubmit, OtherWay


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, with the refusals of the desk as 409. Other errors are ours: None, a 500."""
    if isinstance(error, LabelingError):
        return Response(refusal_of(error), status=422 if isinstance(error, OtherSubmit) else 409)
    if isinstance(error, BadRequest):
        return Response({"code": "bad_request", "detail": str(error)}, status=400)
    if isinstance(error, DjangoValidationError):
        error = ValidationError(error.message_dict)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = {"code": "invalid", "detail": "Some fields are not right.", "fields": response.data}
    elif isinstance(error, APIException):
        response.data = {"code": error.get_codes(), "detail": response.data["detail"]}
    else:
        response.data = {"code": "not_found", "detail": "There is nothing here for you."}
    return response


def refusal_of(error: LabelingError) -> dict[str, Any]:
    """What the desk says against it, and what a program needs to go on."""
    said: dict[str, Any] = {"code": error.code, "detail": str(error)}
    if isinstance(error, Halt):
        return halt_out(error)
    if isinstance(error, Conflict):
        theirs = [
            {"step": step, "position": position, "rating": mark.rating, "unsure": bool(mark.unsure)}
            for (step, position), mark in error.theirs.items()
        ]
        said |= {"version": error.version, "theirs": theirs}
    if isinstance(error, OtherWay):
        said |= {"version": error.version, "step": error.step}
    return said
