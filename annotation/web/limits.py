"""What is refused before anything of it is read."""

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import parse_header_parameters

SMALL = 3_000_000
"""Bytes of a body that holds no file."""


def body_limit(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: refuse bodies by their announced size; never let an answer of the API be kept in a cache."""

    def limited(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.UPLOAD_MAX_BYTES + SMALL if request.path.endswith("/load/") else SMALL
        if not length.isascii() or not length.isdigit() or int(length) > most:
            response: HttpResponseBase = HttpResponse(
                "The body is too large.", status=413, content_type="text/plain"
            )
        else:
            response = get_response(request)
        if request.path.startswith("/api/"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    return limited


class PlainHeaders:
    """WSGI: answer 400 to a content type that cannot be read; Django fails on some before any middleware."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_plain(environ.get("CONTENT_TYPE", "")):
            return self.application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"This Content-Type is not understood.\n"]


def is_plain(content_type: str) -> bool:
    try:
        _, parameters = parse_header_parameters(content_type)
        return codecs.lookup(parameters.get("charset", "utf-8")).name in {"utf-8", "ascii"}
    except (LookupError, ValueError):
        return False
