"""What the HTTP library raises, and what a server answers, told in one sentence each."""

import os
import time

import aiohttp

from annotation.serving.errors import Permanent, ServingError, Transient
from annotation.serving.quoting import quoted
from annotation.serving.retrying import retry_after

MAY_PASS = frozenset((408, 425, 429))


SENTENCES: list[tuple[type[Exception], type[ServingError], str]] = [
    (aiohttp.ClientConnectorCertificateError, Permanent, "The certificate of {host} is not trusted."),
    (aiohttp.ClientSSLError, Permanent, "{host} does not speak TLS as it should; is it http:// perhaps?"),
    (aiohttp.ClientConnectorDNSError, Transient, "The name {host} is not known."),
    (aiohttp.ClientConnectorError, Transient, "{host} cannot be reached: {reason}."),
    (aiohttp.ServerDisconnectedError, Transient, "{host} closed the connection without an answer."),
    (aiohttp.ClientPayloadError, Transient, "The answer of {host} broke off."),
    (aiohttp.InvalidURL, Permanent, "{host} is not a name that can be called."),
    (aiohttp.ClientResponseError, Permanent, "{host} does not speak HTTP as it should."),
]
"""By kind of error, the first that fits."""


def told(error: aiohttp.ClientError | OSError, host: str) -> ServingError:
    """The error of a connection. Its own text is not passed on: it may hold what was sent."""
    for kind, verdict, sentence in SENTENCES:
        if isinstance(error, kind):
            return verdict(sentence.format(host=host, reason=reason_of(error)))
    return Transient(f"The connection to {host} was lost.")


def reason_of(error: Exception) -> str:
    """The operating system's words: asyncio's own name the address that was tried."""
    number = error.os_error.errno if isinstance(error, aiohttp.ClientConnectorError) else None
    return os.strerror(number) if number else "no connection"


def refused(response: aiohttp.ClientResponse, body: bytes, key: str) -> ServingError:
    """A status that is not 200, with the beginning of what came."""
    status = response.status
    if 300 <= status < 400:
        return Permanent(f"The server answered {status}: it sends us elsewhere, where we do not go.")
    said = quoted(body, key=key)
    message = f"The server answered {status}: {said}" if said else f"The server answered {status} and no more."
    if status in MAY_PASS or status >= 500:
        return Transient(message, retry_after(response.headers.get("Retry-After"), time.time()))
    return Permanent(message)
