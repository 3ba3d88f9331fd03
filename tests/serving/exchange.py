"""One request to the scripted server, and what it takes to answer it by hand."""

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.serving.scripted import Scripted

JSON = "application/json"


@dataclass
class Request:
    script: str
    path: str
    headers: dict[str, str]
    payload: Any
    body: bytes


@dataclass
class Exchange:
    """One request, and what it takes to answer it."""

    request: Request
    writer: asyncio.StreamWriter
    server: "Scripted"
    closes: bool = False

    @property
    def steps(self) -> int:
        payload = self.request.payload
        return len(payload.get("steps", payload.get("items", ()))) or 2

    async def answer(self, body: str | bytes, status: str = "200 OK", kind: str = JSON, extra: str = "") -> None:
        data = body.encode() if isinstance(body, str) else body
        await self.raw(head(status, f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n{extra}") + data)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def slowly(self, data: bytes, seconds: float = 1.0) -> None:
        for byte in data:
            await self.raw(bytes([byte]))
            await asyncio.sleep(seconds)


def head(status: str, fields: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def read_request(reader: asyncio.StreamReader) -> Request:
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in rest if line)
    original = dict(line.split(": ", 1) for line in rest if line)
    headers |= {name.lower(): value for name, value in original.items()}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    _, script, *path = first.split(" ")[1].split("/")
    return Request(script, "/" + "/".join(path), headers, json.loads(body or b"{}"), body)
