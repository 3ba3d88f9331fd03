"""Sampling whole solutions and next steps."""

import json
from collections.abc import Sequence

import pytest

from annotation.serving import Client, Endpoint, Permanent
from annotation.serving.generators import (
    GENERATORS,
    Sampled,
    Sampling,
    Sketch,
    next_steps,
    sample,
    solutions,
    split,
)
from tests.serving.calls import PROBLEM, local
from tests.serving.running import run
from tests.serving.scripted import Scripted

HOW = Sampling(temperature=0.7, seed=11, max_tokens=64)


def sketches(endpoint: Endpoint, n: int) -> list[Sketch]:
    async def act() -> list[Sketch]:
        async with Client(endpoint) as client:
            return await solutions(client, endpoint, PROBLEM, n=n, how=HOW)

    return run(act())


def candidates(endpoint: Endpoint, prefix: Sequence[str], n: int) -> list[Sampled]:
    async def act() -> list[Sampled]:
        async with Client(endpoint) as client:
            return await next_steps(client, endpoint, PROBLEM, prefix, n=n, how=HOW)

    return run(act())


def chat(*texts: str | None, finish_reason: str | None = "stop") -> str:
    return json.dumps(
        {"choices": [{"message": {"content": one}, "finish_reason": finish_reason} for one in texts]}
    )


def texts(*texts: str) -> str:
    return json.dumps({"choices": [{"text": one, "finish_reason": "stop"} for one in texts]})


def test_a_solution_is_cut_at_its_lines_and_a_truncated_one_can_be_told(server: Scripted) -> None:
    whole, cut = sketches(local(server.url("golden"), "completions", model="m"), n=2)
    assert whole == Sketch(["2 + 2 = 4", "# Answer\n\n4"], is_truncated=False)
    assert cut == Sketch(["Let us add 2 and"], is_truncated=True)
    payload = server.requests[0].payload
    wanted = {"model": "m", "n": 2, "temperature": 0.7, "seed": 11, "max_tokens": 64}
    assert payload.items() >= wanted.items()
    assert PROBLEM in payload["prompt"]
    assert "stop" not in payload


def test_a_chat_model_is_told_how_to_write(server: Scripted) -> None:
    server.answers = [chat("2 + 2 = 4\n# Answer: 4")]
    (sketch,) = sketches(local(server.url("next"), "chat"), n=1)
    assert sketch.steps == ["2 + 2 = 4", "# Answer\n\n4"]
    system, user = server.requests[0].payload["messages"]
    assert "each step on a line of its own" in system["content"]
    assert user == {"role": "user", "content": PROBLEM}


def test_a_manager_can_tell_it_otherwise(server: Scripted) -> None:
    server.answers = [chat("4")]
    sketches(local(server.url("next"), "chat", instruction="Be brief."), n=1)
    assert server.requests[0].payload["messages"][0]["content"] == "Be brief."


def test_a_server_that_knows_no_n_is_asked_again_with_other_seeds(server: Scripted) -> None:
    server.answers = [chat("a"), chat("b"), chat("c", "d")]
    assert [sketch.steps for sketch in sketches(local(server.url("next"), "chat"), n=3)] == [["a"], ["b"], ["c"]]
    assert [(one.payload["n"], one.payload["seed"]) for one in server.requests] == [(3, 11), (2, 12), (1, 13)]


def test_an_empty_answer_is_an_empty_sketch(server: Scripted) -> None:
    server.answers = [chat(None, finish_reason="length")]
    assert sketches(local(server.url("next"), "chat"), n=1) == [Sketch([], is_truncated=True)]


def test_an_answer_without_choices_is_refused(server: Scripted) -> None:
    server.answers = ['{"choices":[]}']
    with pytest.raises(Permanent, match="no choices"):
        sketches(local(server.url("next"), "chat"), n=1)


def test_next_steps_go_on_after_the_steps_so_far(server: Scripted) -> None:
    server.answers = [texts("third", " other third\nfourth", "\n", "")]
    found = candidates(local(server.url("next"), "completions"), ["first", "second"], n=4)
    assert [one.text for one in found] == ["third", "other third"]
    payload = server.requests[0].payload
    assert payload["prompt"].endswith(":\nfirst\nsecond\n")
    assert payload["stop"] == ["\n"]


def test_an_answer_under_a_heading_of_its_own_is_asked_for_too(server: Scripted) -> None:
    server.answers = [texts("# Answer", "third", "# Answer"), texts("4", "5")]
    found = candidates(local(server.url("next"), "completions"), ["first"], n=3)
    assert [one.text for one in found] == ["third", "# Answer\n\n4", "# Answer\n\n5"]
    assert server.requests[1].payload["n"] == 2
    assert server.requests[1].payload["prompt"].endswith("first\n# Answer\n\n")


def test_a_chat_model_is_shown_the_steps_so_far(server: Scripted) -> None:
    server.answers = [chat("# Answer: 4"), chat("one")]
    endpoint = local(server.url("next"), "chat")
    assert [one.text for one in candidates(endpoint, ["first"], n=1)] == ["# Answer\n\n4"]
    assert "one step a line:\nfirst\n" in server.requests[0].payload["messages"][1]["content"]
    candidates(endpoint, [], n=1)
    assert "(nothing yet)" in server.requests[1].payload["messages"][1]["content"]


def test_a_server_that_continues_messages_is_handed_a_begun_one(server: Scripted) -> None:
    server.answers = [chat("second"), chat("first")]
    endpoint = local(server.url("next"), "chat", continues=True)
    candidates(endpoint, ["first"], n=1)
    payload = server.requests[0].payload
    assert payload["messages"][-1] == {"role": "assistant", "content": "first\n"}
    assert payload["continue_final_message"] is True
    assert payload["add_generation_prompt"] is False
    candidates(endpoint, [], n=1)
    assert server.requests[1].payload["messages"][-1] == {"role": "user", "content": PROBLEM}


@pytest.mark.parametrize(("protocol", "n"), [("chat", 0), ("chat", 257), ("telepathy", 1)])
def test_samples_that_cannot_be_asked_for_are_refused(server: Scripted, protocol: str, n: int) -> None:
    async def act() -> None:
        async with Client(endpoint) as client:
            await sample(client, endpoint, PROBLEM, n=n)

    endpoint = local(server.url("ok"), protocol)
    with pytest.raises(Permanent):
        run(act())
    assert server.requests == []


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a\n\n  b  \r\nc", ["a", "b", "c"]),
        ("\n \n", []),
        ("a\n# Answer\n\n4", ["a", "# Answer\n\n4"]),
        ("a\n# Answer: 4", ["a", "# Answer\n\n4"]),
        ("a\n# Answer 4\n", ["a", "# Answer\n\n4"]),
        ("a\n# Answer", ["a", "# Answer"]),
        ("# Answer\n4\n5", ["# Answer\n\n4\n5"]),
        ("# Answers differ\nb", ["# Answers differ", "b"]),
    ],
)
def test_a_text_is_cut_into_steps(text: str, steps: list[str]) -> None:
    assert split(text) == steps


def test_every_generator_says_what_it_is() -> None:
    assert sorted(GENERATORS) == ["chat", "completions"]
    assert all(generator.label and generator.help.endswith(".") for generator in GENERATORS.values())
