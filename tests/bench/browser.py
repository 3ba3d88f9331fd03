"""One keep-alive connection that behaves as browsers and API clients do: it takes gzip and keeps cookies."""

import gzip
import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode

TIMEOUT = 30.0  # seconds
FORM = "application/x-www-form-urlencoded"
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')

Reply = tuple[int, bytes]
"""Status and body; status 0 when there was no answer, with the reason as body."""


class Connection:
    """`headers` go with every request."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.http = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.headers = {"Accept-Encoding": "gzip", **headers}

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send, follow a redirect, and read the whole answer; status 0 for a connection that broke."""
        try:
            response = self.open(method, path, body, headers)
            content = unpacked(response)
        except (HTTPException, OSError) as error:
            self.http.close()
            return 0, repr(error).encode()
        if response.status == 302:
            return self.request("GET", response.headers["Location"])
        return response.status, content

    def open(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> HTTPResponse:
        self.http.request(method, path, body, self.headers | dict(headers or {}))
        return self.http.getresponse()


def unpacked(response: HTTPResponse) -> bytes:
    body = response.read()
    return gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body


def csrf_token(page: bytes) -> str:
    """The token in the first form of a page. Raises `ValueError` when there is none."""
    found = CSRF.search(page)
    if found is None:
        raise ValueError(f"no form in {page[:200]!r}")
    return found[1].decode()


def cookies_in(response: HTTPResponse) -> dict[str, str]:
    heads = [line.split(";", 1)[0].partition("=") for line in response.headers.get_all("Set-Cookie", [])]
    return {name: value for name, _, value in heads}


def sign_in(port: int, secret: str) -> str:
    """Use a sign-in link as its page does; the Cookie header of the session."""
    connection, path = Connection(port, {}), f"/account/link/{secret}/"
    response = connection.open("GET", path, b"", None)
    cookies = cookies_in(response)
    body = urlencode({"csrfmiddlewaretoken": csrf_token(unpacked(response))}).encode()
    response = connection.open("POST", path, body, {"Content-Type": FORM, "Cookie": header(cookies)})
    response.read()
    if response.status != 302:
        raise ValueError(f"signing in gave {response.status}")
    connection.http.close()
    return header(cookies | cookies_in(response))


def header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
