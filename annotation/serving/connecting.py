"""Connections to checked addresses only: names are looked up here, once, and never again by anybody else.

Three checks, each enough by itself: of every address a name has, of the address a socket is made for (which sees
literal addresses too), and of the address a connection has come to, before anything is sent over it.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from annotation.serving.addresses import Forbidden, is_open

Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]

KEPT = 4.0
"""Seconds that an idle connection is kept: less than the 5 after which uvicorn (vLLM, SGLang) closes it."""
NAME_KEPT = 30
"""Seconds that a name's addresses are kept."""


class CheckedResolver(AbstractResolver):
    """Looks names up; a name of which any address may not be called is not called at all."""

    def __init__(self, *, allows_private: bool) -> None:
        self.allows_private = allows_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await looked_up(host, port, family)
        if not all(is_open(str(address[0]), self.allows_private) for *_, address in found):
            raise Forbidden(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


async def looked_up(host: str, port: int, family: socket.AddressFamily) -> list[Found]:
    """The addresses of a name. In a thread that nobody waits for: a slow name server cannot hold up the end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[Found]] = loop.create_future()

    def settle(found: list[Found], error: OSError | None) -> None:
        if not future.done():
            future.set_exception(error) if error else future.set_result(found)

    def look_up() -> None:
        found: list[Any] = []
        failure: OSError | None = None
        try:
            found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        except UnicodeError:  # a label that is too long, or empty
            failure = socket.gaierror(socket.EAI_NONAME, "not a name")
        except OSError as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: whoever asked has given up
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=look_up, name="looking up a name", daemon=True).start()
    return await future


class CheckedConnector(aiohttp.TCPConnector):
    """Connects to nothing but addresses that may be called."""

    def __init__(self, *, allows_private: bool, parallel: int) -> None:
        super().__init__(
            resolver=CheckedResolver(allows_private=allows_private),
            socket_factory=self.socket_for,
            limit=parallel,
            keepalive_timeout=KEPT,
            ttl_dns_cache=NAME_KEPT,
        )
        self.allows_private = allows_private

    def socket_for(self, found: Any) -> socket.socket:
        """A socket for an address: the last moment before the connection."""
        family, kind, protocol, _, address = found
        self.check(str(address[0]))
        return socket.socket(family, kind, protocol)

    async def connect(self, *arguments: Any, **named: Any) -> Any:
        """A connection, new or kept, whose other end is what it should be."""
        connection = await super().connect(*arguments, **named)
        peer = connection.transport and connection.transport.get_extra_info("peername")
        if peer and not is_open(str(peer[0]), self.allows_private):
            connection.close()
            raise Forbidden(str(peer[0]))
        return connection

    def check(self, address: str) -> None:
        if not is_open(address, self.allows_private):
            raise Forbidden(address)
