"""Requests that no browser sends."""

from importlib import import_module
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from annotation.models import User


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": 'stepmark-8000="\\000aaaaaaaaaaaa"'},
        {"Content-Type": "text/html; x*=foo''bar"},
        {"Content-Type": "text/html; charset=hex"},
        {"Content-Type": "multipart/form-data; charset=unicode_escape; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=latin-1"},
    ],
)
def test_strange_headers_break_nothing(headers: dict[str, str], alice: User) -> None:
    """Asked of the WSGI application itself: some break Django before any middleware."""
    environ: dict[str, Any] = {"QUERY_STRING": "next=%FFa"}
    setup_testing_defaults(environ)
    environ["PATH_INFO"] = "/account/sign-in/"
    environ["HTTP_HOST"] = "localhost"
    environ |= {"CONTENT_TYPE" if k == "Content-Type" else f"HTTP_{k.upper()}": v for k, v in headers.items()}
    seen: list[str] = []
    application = import_module("annotation.wsgi").application  # after static files are collected
    b"".join(application(environ, lambda status, _: seen.append(status)))
    assert seen[0][:3] in {"200", "400"}


def test_a_body_too_large_is_not_even_read(client: Client) -> None:
    answer = client.post("/account/sign-in/", b"x", content_type="text/plain", CONTENT_LENGTH="60000000")
    assert answer.status_code == 413
