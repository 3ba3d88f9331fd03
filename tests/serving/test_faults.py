"""Whatever a server does, nothing but an answer comes out of the client: a failure is told, in time, and why."""

import asyncio
import ipaddress
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from annotation.serving import Client, Permanent, ServingError, Transient
from annotation.serving.client import MOST_SENT
from annotation.serving.together import together
from tests.serving.calls import local, post
from tests.serving.running import run
from tests.serving.scripted import Scripted, closed_port

DEADLINE = 0.4
MARGIN = 0.4


def failure(server: Scripted, script: str, **options: float) -> ServingError:
    with pytest.raises(ServingError) as caught:
        post(local(server.url(script), **options))
    return caught.value


@pytest.mark.parametrize("script", ["hang", "drip", "drip_error", "slow_headers"])
def test_the_deadline_holds_for_the_whole_answer(server: Scripted, script: str) -> None:
    begun = time.monotonic()
    error = failure(server, script, seconds=DEADLINE)
    assert DEADLINE <= time.monotonic() - begun < DEADLINE + MARGIN
    assert isinstance(error, Transient)
    assert str(error) == "127.0.0.1 gave no whole answer within 0.4 seconds."


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("reset", "was lost"),
        ("hang_up", "closed the connection without an answer"),
        ("truncated", "broke off"),
        ("status-408", "answered 408"),
        ("status-425", "answered 425"),
        ("status-429", "answered 429"),
        ("status-500", "answered 500"),
        ("status-503", "answered 503"),
        ("bad_gateway", r"answered 502: 502 Bad .x1b\[31mGate.u202eway"),
        ("gigabyte_error", "answered 500: xxx"),
    ],
)
def test_what_may_pass_is_transient(server: Scripted, script: str, says: str) -> None:
    with pytest.raises(Transient, match=says):
        post(local(server.url(script)))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("status-400", "answered 400: .*does not support Pooling API"),
        ("status-401", "answered 401"),
        ("status-404", "answered 404"),
        ("status-202", "answered 202"),
        ("redirect", "answered 307: it sends us elsewhere"),
        ("html", "not JSON, by its content type: <h1>Welcome to nginx!</h1>"),
        ("html_as_json", "not JSON"),
        ("plain_text", "not JSON, by its content type"),
        ("cut", "not JSON"),
        ("not_utf8", "not UTF-8"),
        ("deep", "nested too deep"),
        ("gigabyte", "larger than 8,388,608 bytes"),
        ("gigabyte_announced", "larger than 8,388,608 bytes"),
        ("gzip_bomb", "compressed body"),
        ("many_headers", "does not speak HTTP"),
        ("long_header", "does not speak HTTP"),
        ("not_http", "does not speak HTTP"),
    ],
)
def test_what_stays_is_permanent(server: Scripted, script: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        post(local(server.url(script)))


def test_a_closed_port_is_transient() -> None:
    with closed_port() as port, pytest.raises(Transient, match=r"cannot be reached: Connection refused\."):
        post(local(f"http://127.0.0.1:{port}"))


def test_a_name_that_is_not_known_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    with pytest.raises(Transient, match=r"The name models\.example is not known"):
        post(local("http://models.example"))


def test_a_name_server_that_hangs_is_within_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *arguments, **named: time.sleep(3) or [])
    begun = time.monotonic()
    with pytest.raises(Transient, match="no whole answer"):
        post(local("http://models.example", seconds=DEADLINE))
    assert time.monotonic() - begun < DEADLINE + MARGIN


@pytest.mark.parametrize(("script", "seconds"), [("status-503-7", 7), ("status-429-99999999999", 600)])
def test_the_server_may_say_how_long_to_wait(server: Scripted, script: str, seconds: float) -> None:
    error = failure(server, script)
    assert isinstance(error, Transient)
    assert error.retry_after == seconds


def test_a_redirect_is_not_followed(server: Scripted) -> None:
    failure(server, "redirect")
    assert [request.script for request in server.requests] == ["redirect"]


def test_a_gigabyte_takes_no_memory(server: Scripted) -> None:
    process = psutil.Process()
    post(local(server.url("golden")))
    before = process.memory_info().rss
    for script in ("gigabyte", "gigabyte_error", "gzip_bomb"):
        failure(server, script)
    assert process.memory_info().rss - before < 64 * 2**20


def test_a_large_request_is_not_sent(server: Scripted) -> None:
    with pytest.raises(Permanent, match="at most"):
        post(local(server.url("ok")), payload={"problem": "x" * (MOST_SENT + 1), "steps": []})
    assert server.connections == 0


def test_a_name_is_looked_up(server: Scripted) -> None:
    assert post(local(server.url("golden").replace("127.0.0.1", "localhost"))) == {"scores": [0.99951, 0.18127]}


def test_half_a_character_is_not_sent(server: Scripted) -> None:
    with pytest.raises(Permanent, match="surrogate"):
        post(local(server.url("ok")), payload={"problem": "\ud800", "steps": []})
    assert server.connections == 0


def test_no_more_requests_are_in_flight_than_allowed(server: Scripted) -> None:
    async def many() -> None:
        async with Client(local(server.url("slow"), parallel=3)) as client:
            await together(client.post("/score", {"steps": ["a"]}) for _ in range(12))

    run(many())
    assert server.most_in_flight == 3
    assert server.connections == 3
    assert len(server.requests) == 12


def test_places_can_be_taken_away_and_given_while_requests_are_in_flight(server: Scripted) -> None:
    async def many() -> list[int]:
        async with Client(local(server.url("slow"), parallel=3)) as client:
            posts = asyncio.gather(*(client.post("/score", {"steps": ["a"]}) for _ in range(12)))
            await asyncio.sleep(0.02)
            counted = [await client.share(0)]
            await asyncio.sleep(0.3)
            counted += [await client.share(0), len(server.requests)]
            await client.share(2)
            await posts
        return counted

    assert run(many()) == [3, 0, 3]
    assert len(server.requests) == 12


def test_waiting_for_a_place_is_not_within_the_deadline(server: Scripted) -> None:
    async def many() -> None:
        async with Client(local(server.url("slow"), parallel=1, seconds=0.3)) as client:
            await together(client.post("/score", {"steps": ["a"]}) for _ in range(10))

    run(many())
    assert len(server.requests) == 10


def test_a_connection_whose_answer_was_left_is_not_used_again(server: Scripted) -> None:
    async def two() -> object:
        async with Client(local(server.url("").rstrip("/"), parallel=1)) as client:
            with pytest.raises(Permanent):
                await client.post("/gigabyte/score", {})
            return await client.post("/ok/score", {"steps": ["a"]})

    assert run(two()) == {"scores": [0.875]}
    assert server.connections == 2


def test_cookies_are_not_kept(server: Scripted) -> None:
    async def two() -> None:
        async with Client(local(server.url("cookie"))) as client:
            await client.post("/score", {})
            await client.post("/score", {})

    run(two())
    assert all("cookie" not in request.headers for request in server.requests)


def test_proxies_of_the_environment_are_not_used(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as port:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert post(local(server.url("golden"))) == {"scores": [0.99951, 0.18127]}


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with Scripted(tls=unsigned(tmp_path)) as server:
        with pytest.raises(Permanent, match=r"certificate of 127\.0\.0\.1 is not trusted"):
            post(local(server.url("ok")))
        assert server.requests == []


def test_tls_to_a_port_without_it_is_refused(server: Scripted) -> None:
    with pytest.raises(ServingError):
        post(local(server.url("ok").replace("http:", "https:"), seconds=DEADLINE))
    assert server.requests == []


def unsigned(folder: Path) -> ssl.SSLContext:
    """TLS for 127.0.0.1 with a certificate that its server made itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
