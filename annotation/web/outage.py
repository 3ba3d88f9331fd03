"""What is said while the database is away: come again soon. The log gets a line a request, not a traceback."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string

from annotation.web.audience import is_fetch

log = logging.getLogger(__name__)

SECONDS = "2"
SAID = {"code": "unavailable", "detail": "the database does not answer."}


class Outage:
    """Middleware: 503 for what the database did not do. Whether it did is unknown, and asking again is safe."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        log.error("503 for %s: %s", request.path, str(error).split("\n", 1)[0])
        response = answer(request)
        response["Retry-After"] = SECONDS
        response["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]  # else Django adds a line without the reason
        return response


def answer(request: HttpRequest) -> HttpResponse:
    if is_fetch(request) or request.path.startswith("/api/"):
        return JsonResponse(SAID, status=503)
    return HttpResponse(render_to_string("503.html"), status=503)
