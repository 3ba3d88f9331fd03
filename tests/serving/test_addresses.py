"""Where a manager's URL may lead: nowhere but to public addresses, or the lab's own where that is allowed.

Every URL goes through a real call, while a spy on `socket.connect` sees what would be connected to.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.serving import Client, Endpoint, Permanent, ServingError, Transient
from annotation.serving.addresses import call_url, checked_url, is_open
from annotation.serving.connecting import CheckedConnector
from tests.serving.calls import post
from tests.serving.running import run
from tests.serving.scripted import Scripted
from tests.serving.urls import NEVER, PRIVATE, PUBLIC

NAMES: dict[str, list[str]] = {
    "public.example": ["93.184.215.14"],
    "both.example": ["93.184.215.14", "127.0.0.1"],
    "six.example": ["2606:2800:21f:cb07::1"],
    "local.example": ["127.0.0.1"],
    "lab.example": ["10.1.2.3"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:169.254.169.254"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "link.example": ["fe80::1%lo"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "localhost": ["127.0.0.1", "::1"],
    "xn--bcher-kva.example": ["127.0.0.1"],
}
# What C libraries make of other ways to write 127.0.0.1 and 169.254.169.254.
NUMBERS = {"0x7f.0.0.1": "127.0.0.1", "0x7f000001": "127.0.0.1", "0177.0.0.1": "127.0.0.1"}


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The hosts that a socket was connected to; those that are not this machine refuse."""
    seen: list[str] = []
    connect = socket.socket.connect

    def spy(self: socket.socket, address: Any) -> None:
        seen.append(address[0])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError(111, "refused by the test")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    monkeypatch.setattr(socket, "getaddrinfo", lookup(NAMES))
    return seen


def lookup(names: dict[str, list[str]]) -> Callable[..., list[Any]]:
    def getaddrinfo(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        addresses = names.get(host.rstrip(".")) or [NUMBERS.get(host, "")]
        if addresses == [""]:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [found(address, port) for address in addresses]

    return getaddrinfo


def found(address: str, port: int) -> Any:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


def call(url: str, *, allows_private: bool) -> ServingError:
    with pytest.raises(ServingError) as caught:
        post(Endpoint(protocol="plain", url=url, seconds=2.0, allows_private=allows_private))
    return caught.value


@pytest.mark.parametrize("url", NEVER)
@pytest.mark.parametrize("allows_private", [False, True], ids=["public", "lab"])
def test_some_addresses_are_never_connected_to(connected: list[str], url: str, allows_private: bool) -> None:
    error = call(url, allows_private=allows_private)
    assert connected == []
    assert isinstance(error, Permanent) or "is not known" in str(error)


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_not_connected_to_unless_allowed(connected: list[str], url: str) -> None:
    assert isinstance(call(url, allows_private=False), Permanent)
    assert connected == []


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_can_be_allowed(connected: list[str], url: str) -> None:
    assert isinstance(call(url, allows_private=True), Transient)
    assert connected != []


@pytest.mark.parametrize(("url", "address"), PUBLIC)
def test_public_addresses_are_connected_to(connected: list[str], url: str, address: str) -> None:
    assert isinstance(call(url, allows_private=False), Transient)
    assert connected == [address]


def test_all_forbidden_addresses_look_the_same(connected: list[str], server: Scripted) -> None:
    open_port = server.url("ok").replace("127.0.0.1", "local.example")
    said = {str(call(url, allows_private=False)) for url in (open_port, "http://local.example:8001/")}
    assert said == {"local.example is at an address that this installation does not call."}
    assert server.connections == 0


def test_a_name_that_changes_its_address_is_looked_up_once(
    connected: list[str], server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        asked.append(host)
        return [found(address, port) for address in answers[min(len(asked), 2) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = server.url("ok").replace("127.0.0.1", "rebinding.example")
    assert isinstance(call(url, allows_private=False), Transient)
    assert (connected, asked) == (["93.184.215.14"], ["rebinding.example"])
    assert isinstance(call(url, allows_private=False), Permanent)
    assert connected == ["93.184.215.14"]
    assert server.connections == 0


def test_a_socket_is_made_for_checked_addresses_only_whatever_the_resolver_said(
    connected: list[str], server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotation.serving.connecting.CheckedResolver.resolve", unchecked)
    url = server.url("ok").replace("127.0.0.1", "local.example")
    assert isinstance(call(url, allows_private=False), Permanent)
    assert connected == []


def test_nothing_is_sent_over_a_connection_that_came_to_another_address(
    connected: list[str], server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotation.serving.connecting.CheckedResolver.resolve", unchecked)
    monkeypatch.setattr(CheckedConnector, "check", lambda self, address: None)
    url = server.url("ok").replace("127.0.0.1", "local.example")
    assert isinstance(call(url, allows_private=False), Permanent)
    assert connected == ["127.0.0.1"]
    assert server.requests == []


async def unchecked(self: Any, host: str, port: int = 0, family: int = 0) -> list[Any]:
    kind = socket.AF_INET
    return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": kind, "proto": 6, "flags": 0}]


def test_many_callers_of_a_forbidden_name_are_all_told(connected: list[str]) -> None:
    async def many() -> list[Any]:
        endpoint = Endpoint(protocol="plain", url="http://both.example/", parallel=8)
        async with Client(endpoint) as client:
            return await asyncio.gather(*(client.post("/score", {}) for _ in range(8)), return_exceptions=True)

    assert [type(error).__name__ for error in run(many())] == ["Forbidden"] * 8


@given(st.integers(0, 2**32 - 1))
def test_an_address_in_ipv6_clothes_is_judged_as_what_it_is(number: int) -> None:
    plain = socket.inet_ntoa(number.to_bytes(4, "big"))
    clothes = [f"::ffff:{plain}", f"64:ff9b::{plain}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"]
    for allows in (False, True):
        assert {is_open(one, allows) for one in clothes} == {is_open(plain, allows)}


@given(st.text(max_size=40))
def test_any_text_is_a_checked_url_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://public.example/{text}"):
        try:
            parsed = checked_url(url, allows_private=False)
        except Permanent:
            continue
        assert parsed.scheme in {"http", "https"}
        assert parsed.host
        assert parsed.user is None


@pytest.mark.parametrize(
    ("base", "path", "whole"),
    [
        ("http://h", "/score", "http://h/score"),
        ("http://h/", "/score", "http://h/score"),
        ("http://h/score", "/score", "http://h/score"),
        ("http://h/proxy/a%20b", "/score", "http://h/proxy/a%20b/score"),
        ("http://h", "/v1/chat/completions", "http://h/v1/chat/completions"),
        ("http://h/v1", "/v1/chat/completions", "http://h/v1/chat/completions"),
        ("http://h/v1/", "/v1/chat/completions", "http://h/v1/chat/completions"),
        ("http://h/openai/v1", "/v1/chat/completions", "http://h/openai/v1/chat/completions"),
        ("http://h/api/v3/chat/completions", "/v1/chat/completions", "http://h/api/v3/chat/completions"),
    ],
)
def test_a_base_may_hold_a_part_of_the_path(base: str, path: str, whole: str) -> None:
    assert str(call_url(checked_url(base, allows_private=False), path)) == whole
