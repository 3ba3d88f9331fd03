"""Who is locked out of signing in, and what they are told."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

WHY = "Too many wrong passwords for this email from this address. Try again in 15 minutes."


def address(request: HttpRequest) -> str:
    """Where the request comes from: what the trusted proxy saw, else what this server sees."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    last = forwarded.rpartition(",")[2].strip()
    return last or str(request.META.get("REMOTE_ADDR", ""))


def answer(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "locked_out", "detail": WHY}, status=429)
    return render(request, "account/locked.html", status=429)
