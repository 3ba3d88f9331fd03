"""One endpoint, called within its limits: a deadline, a size, a number of requests in flight."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from annotation.serving.addresses import call_url, checked_url
from annotation.serving.connecting import CheckedConnector
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent, ServingError, Transient
from annotation.serving.failures import refused, told
from annotation.serving.gate import Gate
from annotation.serving.quoting import quoted

MOST_SENT = 32 * 2**20
"""Bytes of one request."""
BEGINNING = 4096
"""Bytes read of an answer that refuses."""
TELLTALE = 16
"""A key of so many characters is not in an answer by chance."""
NO_TIMEOUTS = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)
"""The deadline around the whole is ours; the library's would only cover parts of it."""

Watch = Callable[[str, bytes, bytes], None]
"""Called with path, what was sent and what came (nothing, where the call failed), for a trial."""


class Client:
    """`async with Client(endpoint) as client: body = await client.post("/score", {...})`."""

    def __init__(self, endpoint: Endpoint, watch: Watch | None = None) -> None:
        self.endpoint = endpoint
        self.watch = watch
        self._base = checked_url(endpoint.url, allows_private=endpoint.allows_private)
        self._gate = Gate(endpoint.parallel)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        endpoint = self.endpoint
        self._session = aiohttp.ClientSession(
            connector=CheckedConnector(allows_private=endpoint.allows_private, parallel=endpoint.parallel),
            headers=headers(endpoint.key),
            timeout=NO_TIMEOUTS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def post(self, path: str, payload: Any) -> Any:
        """The decoded JSON that answers a POST of `payload`. Raises `Transient` and `Permanent`.

        Waiting for one of the places in flight does not count towards the deadline.
        """
        sent, came = encoded(payload), b""
        try:
            async with self._gate:
                came = await self._in_time(path, sent)
        finally:
            if self.watch:
                self.watch(path, sent, came)
        return decoded(came, self.endpoint.key)

    async def share(self, places: int) -> int:
        """Begin no request from now on while so many are in flight. Returns how many are."""
        return self._gate.resize(places)

    async def _in_time(self, path: str, sent: bytes) -> bytes:
        """The body of the answer. An error is raised outside `except`: the library's hold the headers we sent."""
        failure: ServingError
        host = self._base.host or ""
        try:
            async with asyncio.timeout(self.endpoint.seconds):
                return await self._exchange(path, sent)
        except TimeoutError:
            failure = Transient(f"{host} gave no whole answer within {self.endpoint.seconds:g} seconds.")
        except (aiohttp.ClientError, OSError) as error:
            failure = told(error, host)
        raise failure

    async def _exchange(self, path: str, sent: bytes) -> bytes:
        assert self._session is not None
        url = call_url(self._base, path)
        async with self._session.post(url, data=sent, allow_redirects=False) as response:
            if response.status != 200:
                raise refused(response, await beginning(response), self.endpoint.key)
            check_headers(response, self.endpoint.most_bytes)
            if not is_json(response):
                raise no_json(await beginning(response), self.endpoint.key)
            return await whole(response, self.endpoint.most_bytes)


def headers(key: str) -> dict[str, str]:
    plain = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "Stepmark",
    }
    return plain | ({"Authorization": f"Bearer {key}"} if key else {})


def encoded(payload: Any) -> bytes:
    try:
        sent = msgspec.json.encode(payload)
    except UnicodeEncodeError:
        raise Permanent("The text has half a surrogate pair in it, which cannot be sent.") from None
    if len(sent) > MOST_SENT:
        raise Permanent(f"The request has {len(sent):,} bytes; at most {MOST_SENT:,} are sent.")
    return sent


def check_headers(response: aiohttp.ClientResponse, most: int) -> None:
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise Permanent("The server answered with a compressed body, which was not asked for.")
    if (response.content_length or 0) > most:
        raise too_large(most)


def is_json(response: aiohttp.ClientResponse) -> bool:
    return response.content_type == "application/json" or response.content_type.endswith("+json")


def no_json(body: bytes, key: str) -> Permanent:
    return Permanent(
        f"The server answered with something that is not JSON, by its content type: {quoted(body, key=key)}"
    )


async def whole(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, of which no more is kept than is allowed."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


async def beginning(response: aiohttp.ClientResponse) -> bytes:
    """What a server that refuses says; nothing where that is cut off or compressed: the status says enough."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) >= BEGINNING:
                break
    except aiohttp.ClientPayloadError:
        return bytes(body)
    return bytes(body[:BEGINNING])


def too_large(most: int) -> Permanent:
    return Permanent(f"The answer is larger than {most:,} bytes.")


def decoded(body: bytes, key: str) -> Any:
    """The JSON of an answer: no NaN, no infinity, no numbers out of range, no deep nests. And not our key."""
    if len(key) >= TELLTALE and key.encode() in body:
        raise Permanent("The answer holds the key; nothing of it is kept.")
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise Permanent("The answer is nested too deep.") from None
    except ValueError as error:
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "not UTF-8"
        raise Permanent(f"The answer is not JSON: {reason}.") from None
