"""A server that answers as its script says: as real model servers do, or wrongly in one of many ways.

The first part of the path is the script: `http://127.0.0.1:PORT/nan/score` gets a NaN. It speaks HTTP by hand,
since most of what it does no library would. `python -m tests.serving.scripted PORT` serves it by itself.
"""

import asyncio
import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from tests.serving.exchange import Exchange, Request, read_request
from tests.serving.scripts import script_of


@dataclass
class Scripted:
    """`with Scripted() as server:` runs in a thread of its own, on a port of its own."""

    tls: ssl.SSLContext | None = None
    port: int = 0
    connections: int = 0
    requests: list[Request] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    answers: list[str] = field(default_factory=list)
    """For the script `next`: bodies in the order they are to come."""
    instead: str = ""
    """Another script that holds from now on, whatever the address says."""
    refuses: str = ""
    """Requests with this in them are answered with 422."""
    hears: Callable[[Request], object] | None = None
    """Called with each request before it is answered."""
    keeps: bool = True
    """Whether requests are kept to be looked at."""

    def url(self, script: str, path: str = "") -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/{script}{path}"

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready.set)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self.connected, "127.0.0.1", self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self.answered(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the server is over
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await read_request(reader)
        if self.keeps:
            self.requests.append(request)
        if self.hears:
            self.hears(request)
        exchange = Exchange(request, writer, self)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            is_refused = self.refuses and self.refuses in request.body.decode()
            await script_of("status-422" if is_refused else self.instead or request.script)(exchange)
        finally:
            self.in_flight -= 1
        return not exchange.closes


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, and that nobody else gets meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


if __name__ == "__main__":
    asyncio.run(Scripted(port=int(sys.argv[1]), keeps=False).serve(lambda: print("ready", flush=True)))
