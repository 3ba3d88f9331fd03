"""What the scripted server can do: answer as real model servers, or wrongly in one of many ways."""

import asyncio
import json
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from tests.serving import golden
from tests.serving.exchange import JSON, Exchange, chunk, head

Script = Callable[[Exchange], Awaitable[None]]


def script_of(name: str) -> Script:
    if name.startswith("status-"):
        return status(*name.split("-")[1:])
    if name in SCORES:
        return scores(SCORES[name])
    return SCRIPTS[name]


def scores(values: str) -> Script:
    return lambda exchange: exchange.answer(f'{{"scores":{values}}}')


SCORES = {
    "nan": "[0.9,NaN]",
    "infinity": "[0.9,Infinity]",
    "1e999": "[0.9,1e999]",
    "text": '[0.9,"0.9"]',
    "true": "[0.9,true]",
    "null": "[0.9,null]",
    "nested": "[0.9,[0.9]]",
    "short": "[0.9]",
    "long": "[0.9,0.8,0.7]",
    "above": "[0.9,1.0000001]",
    "below": "[0.9,-1e-9]",
    "huge": f"[0.9,1{'0' * 400}]",
    "none": "null",
    "empty": "[]",
}


def status(code: str, retry_after: str = "") -> Script:
    """`status-503`, or `status-503-7` with Retry-After: 7."""
    extra = f"Retry-After: {retry_after}\r\n" if retry_after else ""

    async def script(exchange: Exchange) -> None:
        await exchange.answer(golden.VLLM_ERROR, f"{code} Said So", extra=extra)

    return script


async def as_golden(exchange: Exchange) -> None:
    await exchange.answer(golden.BY_PATH[exchange.request.path])


async def ok(exchange: Exchange) -> None:
    """Plain scores for however many steps there are."""
    await exchange.answer(b'{"scores":[%s]}' % b",".join([b"0.875"] * exchange.steps))


async def following(exchange: Exchange) -> None:
    await exchange.answer(exchange.server.answers.pop(0))


async def slow(exchange: Exchange) -> None:
    await asyncio.sleep(0.05)
    await ok(exchange)


async def hang(exchange: Exchange) -> None:
    await asyncio.sleep(3600)


async def reset(exchange: Exchange) -> None:
    connection = exchange.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.closes = True


async def hang_up(exchange: Exchange) -> None:
    exchange.closes = True


async def drip(exchange: Exchange) -> None:
    await exchange.raw(head("200 OK", f"Content-Type: {JSON}\r\nContent-Length: 23\r\n"))
    await exchange.slowly(b'{"scores":[0.875,0.875]}')


async def drip_error(exchange: Exchange) -> None:
    await exchange.raw(head("400 No", f"Content-Type: {JSON}\r\nContent-Length: 999\r\n"))
    await exchange.slowly(b"x" * 999)


async def slow_headers(exchange: Exchange) -> None:
    await exchange.slowly(head("200 OK", f"Content-Type: {JSON}\r\nContent-Length: 2\r\n"))


async def html(exchange: Exchange) -> None:
    await exchange.answer("<h1>Welcome to nginx!</h1>", kind="text/html")


async def html_as_json(exchange: Exchange) -> None:
    await exchange.answer("<h1>Welcome to nginx!</h1>")


async def plain_text(exchange: Exchange) -> None:
    await exchange.answer('{"scores":[0.9,0.9]}', kind="text/plain")


async def bad_gateway(exchange: Exchange) -> None:
    await exchange.answer("502 Bad\r\n\x1b[31mGate\u202eway", "502 Bad Gateway", "text/plain")


async def truncated(exchange: Exchange) -> None:
    """Fewer bytes than announced."""
    await exchange.raw(head("200 OK", f"Content-Type: {JSON}\r\nContent-Length: 99\r\n") + b'{"scores":[0.9,')
    exchange.closes = True


async def cut(exchange: Exchange) -> None:
    """As many bytes as announced, but half a document."""
    await exchange.answer('{"scores":[0.9,')


async def not_utf8(exchange: Exchange) -> None:
    await exchange.answer(b'{"scores":[0.9,0.9],"note":"\xff"}')


async def deep(exchange: Exchange) -> None:
    await exchange.answer("[" * 200_000 + "]" * 200_000)


async def gigabyte(exchange: Exchange) -> None:
    await exchange.raw(head("200 OK", f"Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n"))
    block = chunk(b" " * 2**20)
    for _ in range(1024):
        await exchange.raw(block)


async def gigabyte_announced(exchange: Exchange) -> None:
    await exchange.raw(head("200 OK", f"Content-Type: {JSON}\r\nContent-Length: {2**30}\r\n"))
    exchange.closes = True


async def gigabyte_error(exchange: Exchange) -> None:
    await exchange.raw(head("500 No", f"Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n"))
    block = chunk(b"x" * 2**20)
    for _ in range(1024):
        await exchange.raw(block)


async def gzip_bomb(exchange: Exchange) -> None:
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(64)) + packer.flush()
    await exchange.answer(packed, extra="Content-Encoding: gzip\r\n")


async def many_headers(exchange: Exchange) -> None:
    await exchange.answer("{}", extra="".join(f"X-{number}: 1\r\n" for number in range(10_000)))


async def long_header(exchange: Exchange) -> None:
    await exchange.answer("{}", extra=f"X-Long: {'x' * 2**20}\r\n")


async def not_http(exchange: Exchange) -> None:
    await exchange.raw(b"SSH-2.0-OpenSSH_9.6\r\n")
    exchange.closes = True


async def redirect(exchange: Exchange) -> None:
    where = exchange.server.url("ok", exchange.request.path)
    await exchange.answer("", "307 Temporary Redirect", extra=f"Location: {where}\r\n")


async def cookie(exchange: Exchange) -> None:
    await exchange.answer('{"scores":[0.9,0.9]}', extra="Set-Cookie: session=tracked; Path=/\r\n")


async def echo(exchange: Exchange) -> None:
    """Quotes the request's headers in its error, as badly made gateways do."""
    await exchange.answer(json.dumps(exchange.request.headers), "401 Unauthorized")


async def echo_ok(exchange: Exchange) -> None:
    said = exchange.request.headers.get("authorization", "")
    await exchange.answer(json.dumps({"scores": [0.9, 0.9], "debug": said}))


async def writes(exchange: Exchange) -> None:
    """Completions, `n` of them; sample i has the number seed + i.

    Those that end in 9 are truncated, and those that end in 8 say nothing.
    """
    payload = exchange.request.payload
    numbers = range(payload.get("seed", 0), payload.get("seed", 0) + payload["n"])
    choices = [written(number, is_chat="messages" in payload) for number in numbers]
    await exchange.answer(json.dumps({"choices": choices}))


def written(number: int, *, is_chat: bool) -> dict[str, Any]:
    text = f"We try {number}.\n\nThat is {number} + 1 = {number + 1}.\n\n# Answer\n\n{number + 1}"
    reason = "length" if number % 10 == 9 else "stop"
    said = "\n \n" if number % 10 == 8 else text
    body = {"message": {"role": "assistant", "content": said}} if is_chat else {"text": said}
    return {"index": number, **body, "finish_reason": reason}


async def next_steps(exchange: Exchange) -> None:
    """`Try 0.0.`, `Try 0.1.` ... for the first step, and so on; after two steps the answer."""
    payload = exchange.request.payload
    before = payload["prompt"].split("and the final answer:\n")[1].splitlines()
    step = len(before)
    texts = ["# Answer: 42" if step > 1 else f"Try {step}.{number}." for number in range(payload["n"])]
    choices = [{"index": i, "text": text, "finish_reason": "stop"} for i, text in enumerate(texts)]
    await exchange.answer(json.dumps({"choices": choices}))


async def next_steps_slowly(exchange: Exchange) -> None:
    await asyncio.sleep(2.5)
    await next_steps(exchange)


async def writes_slowly(exchange: Exchange) -> None:
    await asyncio.sleep(0.2)
    await writes(exchange)


SCRIPTS: dict[str, Script] = {
    "writes": writes,
    "writes_slowly": writes_slowly,
    "next_steps": next_steps,
    "next_steps_slowly": next_steps_slowly,
    "golden": as_golden,
    "ok": ok,
    "next": following,
    "slow": slow,
    "hang": hang,
    "reset": reset,
    "hang_up": hang_up,
    "drip": drip,
    "drip_error": drip_error,
    "slow_headers": slow_headers,
    "html": html,
    "html_as_json": html_as_json,
    "plain_text": plain_text,
    "bad_gateway": bad_gateway,
    "truncated": truncated,
    "cut": cut,
    "not_utf8": not_utf8,
    "deep": deep,
    "gigabyte": gigabyte,
    "gigabyte_announced": gigabyte_announced,
    "gigabyte_error": gigabyte_error,
    "gzip_bomb": gzip_bomb,
    "many_headers": many_headers,
    "long_header": long_header,
    "not_http": not_http,
    "redirect": redirect,
    "cookie": cookie,
    "echo": echo,
    "echo_ok": echo_ok,
}
