"""The key goes to the server in one header, and nowhere else."""

import re
import traceback
from collections.abc import Iterator

import pytest

from annotation.serving import Permanent, ServingError, Transient
from annotation.serving.quoting import quoted
from annotation.serving.trying import try_scorer
from tests.serving.calls import KEY, PROBLEM, STEPS, local, post
from tests.serving.running import run
from tests.serving.scripted import Scripted, closed_port

PARTS = {KEY[at : at + 8] for at in range(len(KEY) - 7)}


def told(error: BaseException | None) -> Iterator[str]:
    """Everything that a log or an error report makes of an exception, and of those behind it."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from traceback.format_exception(error)
        error = error.__cause__ or error.__context__


def assert_secret(texts: Iterator[str]) -> None:
    assert [text for text in texts if any(part in text for part in PARTS)] == []


def test_the_key_is_sent_as_a_bearer_token(server: Scripted) -> None:
    post(local(server.url("golden"), key=KEY))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_there_is_no_such_header(server: Scripted) -> None:
    post(local(server.url("golden")))
    assert "authorization" not in server.requests[0].headers


def test_an_endpoint_does_not_show_its_key() -> None:
    endpoint = local("http://127.0.0.1:8000", key=KEY)
    assert_secret(iter([repr(endpoint), str(endpoint), f"{endpoint}"]))


@pytest.mark.parametrize(
    "script", ["echo", "echo_ok", "reset", "hang_up", "status-401", "many_headers", "not_http"]
)
def test_no_failure_tells_the_key(server: Scripted, script: str) -> None:
    with pytest.raises(ServingError) as caught:
        post(local(server.url(script), key=KEY, seconds=1.0))
    assert_secret(told(caught.value))


def test_a_closed_port_does_not_tell_the_key() -> None:
    with closed_port() as port, pytest.raises(Transient) as caught:
        post(local(f"http://127.0.0.1:{port}", key=KEY))
    assert_secret(told(caught.value))


@pytest.mark.parametrize("script", ["golden", "echo", "echo_ok"])
def test_a_trial_does_not_show_the_key(server: Scripted, script: str) -> None:
    trial = run(try_scorer(local(server.url(script), key=KEY), PROBLEM, STEPS))
    assert_secret(iter([repr(trial)]))


def test_an_answer_with_the_key_in_it_is_not_kept(server: Scripted) -> None:
    with pytest.raises(Permanent, match="holds the key"):
        post(local(server.url("echo_ok"), key=KEY))


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "Bearer sk-1", "tab\t"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(Permanent, match="paste the token alone") as caught:
        local("http://127.0.0.1:8000", key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Wrong key {KEY}!", "Wrong key •!"),
        (f"Wrong key {KEY[:12]}…", "Wrong key •…"),
        (f"...{KEY[-9:]} is not known", "...• is not known"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_what_a_server_says_is_quoted_without_the_key(said: str, shown: str) -> None:
    assert collapsed(quoted(said, key=KEY)) == shown


def test_a_short_key_and_one_that_json_escapes_are_taken_out_too() -> None:
    assert collapsed(quoted("the key abc", key="abc")) == "the key •"
    assert collapsed(quoted(r'{"key":"aGVs\/bG8gd29\/ybGQ="}', key="aGVs/bG8gd29/ybGQ=")) == '{"key":"•"}'


def test_quoting_is_short_and_on_one_line() -> None:
    shown = quoted(b"a\r\nb\x1b[31m\x00\xff\xe2\x80\xae" + b"x" * 500, key="")
    assert shown.startswith("a b\\x1b[31m\\x00\ufffd\\u202exxx")
    assert len(shown) == 200


def collapsed(text: str) -> str:
    """With one dot for many."""
    return re.sub("•+", "•", text)
