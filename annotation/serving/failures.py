"""What the HTTP library raises, and what a server answers, told in one sentence each."""

import time

import aiohttp

from annotation.serving.errors import Permanent, ServingError, Transient
from annotation.serving.quoting import quoted
from annotation.serving.retrying import retry_after

MAY_PASS = frozenset((408, 425, 429))


def told(error: aiohttp.ClientError | OSError, host: str) -> ServingError:
    """The error of a connection. Its own text is not passed on: it may hold what was sent."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Permanent(f"The certificate of {host} is not trusted.")
        case aiohttp.ClientSSLError():
            return Permanent(f"{host} does not speak TLS as it should; perhaps the URL should begin with http://.")
        case aiohttp.ClientConnectorDNSError():
            return Transient(f"The name {host} is not known.")
        case aiohttp.ClientConnectorError():
            return Transient(f"{host} cannot be reached: {error.os_error.strerror or 'no connection'}.")
        case aiohttp.ServerDisconnectedError():
            return Transient(f"{host} closed the connection without an answer.")
        case aiohttp.ClientPayloadError():
            return Transient(f"The answer of {host} ended before its end.")
        case aiohttp.InvalidURL():
            return Permanent(f"{host} is not a name that can be called.")
        case aiohttp.ClientResponseError():
            return Permanent(f"{host} does not speak HTTP as it should.")
        case _:
            return Transient(f"The connection to {host} was lost.")


def refused(response: aiohttp.ClientResponse, body: bytes, key: str) -> ServingError:
    """A status that is not 200, with the beginning of what came."""
    status = response.status
    if 300 <= status < 400:
        return Permanent(f"The server answered {status}: it sends us elsewhere, where we do not go.")
    said = quoted(body, key=key)
    message = (
        f"The server answered {status}: {said}" if said else f"The server answered {status}, and nothing else."
    )
    if status in MAY_PASS or status >= 500:
        return Transient(message, retry_after(response.headers.get("Retry-After"), time.time()))
    return Permanent(message)
