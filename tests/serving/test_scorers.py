"""Each protocol's answer read as its server means it."""

import json
import math
from typing import Any

import pytest

from annotation.serving import Permanent
from annotation.serving.scorers import SCORERS
from tests.serving.calls import PROBLEM, STEPS, local, scored
from tests.serving.scripted import Scripted

FOUR = ["one", "two", "three", "four"]
IDS = {"good_id": 10, "bad_id": 12}


def test_vllm_scores_of_a_process_reward_model_are_the_second_column(server: Scripted) -> None:
    found = scored(local(server.url("golden"), "pooling", model="qwen"), FOUR).steps
    assert found == [0.99951, 0.18127, 0.97461, 0.99951]
    assert math.prod(found) == pytest.approx(0.176494, abs=5e-7)
    assert min(found) == 0.18127
    assert next(index for index, score in enumerate(found) if score < 0.5) == 1


def test_the_column_of_the_right_answer_can_be_the_first(server: Scripted) -> None:
    found = scored(local(server.url("golden"), "pooling", positive=0), FOUR)
    assert found.steps == [0.000636, 0.81885, 0.02554, 0.000438]


def test_a_process_reward_model_reads_the_solution_with_a_separator_after_each_step(server: Scripted) -> None:
    scored(local(server.url("golden"), "pooling", model="qwen"), FOUR)
    (request,) = server.requests
    assert request.payload["model"] == "qwen"
    assert [message["role"] for message in request.payload["messages"]] == ["system", "user", "assistant"]
    assert request.payload["messages"][1]["content"] == PROBLEM
    assert request.payload["messages"][2]["content"] == "one<extra_0>two<extra_0>three<extra_0>four<extra_0>"


def test_math_shepherd_reads_one_text_of_numbered_steps(server: Scripted) -> None:
    endpoint = local(server.url("golden"), "pooling", layout="text", separator="ки", positive=0)
    scored(endpoint, ["one", "Step 2: two", "three", "four"])
    text = f"{PROBLEM} Step 1: one ки\nStep 2: two ки\nStep 3: three ки\nStep 4: four ки"
    assert server.requests[0].payload["input"] == text


def pooled(server: Scripted, rows: Any, **options: Any) -> list[float]:
    server.answers = [json.dumps({"data": [{"index": 0, "data": rows}]})]
    return scored(local(server.url("next"), "pooling", **options)).steps


def test_rows_that_do_not_add_up_to_one_are_logits(server: Scripted) -> None:
    assert pooled(server, [[0.0, 0.0], [-2.0, 2.0]]) == pytest.approx([0.5, 1 / (1 + math.exp(-4))])


def test_huge_logits_are_no_overflow(server: Scripted) -> None:
    assert pooled(server, [[-1e30, 1e30], [1e30, -1e30]]) == [1.0, 0.0]


def test_a_single_column_is_a_probability(server: Scripted) -> None:
    assert pooled(server, [[0.25], [1]], positive=0) == [0.25, 1.0]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[0.1, 0.9]], "1 rows came for 2 steps"),
        ([[0.1, 0.9]] * 3, "3 rows came for 2 steps"),
        ([[0.1, 0.9], [1.0]], "different numbers of columns"),
        ([[], []], "none of number 1"),
        ([[0.5], [0.5]], "none of number 1"),
        ([0.5, 0.5], r"Expected `array`, got `float`"),
        ([[0.1, "0.9"], [0.1, 0.9]], "Expected `float`, got `str`"),
        ([[0.1, True], [0.1, 0.9]], "Expected `float`, got `bool`"),
        ([[0.1, None], [0.1, 0.9]], "Expected `float`, got `null`"),
        ("AACAPwAAgD8=", "Expected `array`, got `str`"),
    ],
)
def test_rows_that_are_not_one_for_each_step_are_refused(server: Scripted, rows: Any, reason: str) -> None:
    with pytest.raises(Permanent, match=reason):
        pooled(server, rows)


@pytest.mark.parametrize(("problem", "steps"), [("p", ["a", "b <extra_0> c"]), ("p <extra_0>", ["a", "b"])])
def test_a_separator_in_a_text_is_refused_before_anything_is_sent(
    server: Scripted, problem: str, steps: list[str]
) -> None:
    with pytest.raises(Permanent, match="has the separator <extra_0> in it"):
        scored(local(server.url("golden"), "pooling"), steps, problem)
    assert server.requests == []


def test_vllm_scores_of_label_tokens_come_by_index(server: Scripted) -> None:
    endpoint = local(server.url("golden"), "generative", **IDS)
    assert scored(endpoint).steps == [0.95, 0.12]
    payload = server.requests[0].payload
    assert payload["label_token_ids"] == [10, 12]
    assert PROBLEM in payload["query"]
    assert [item.count("=") for item in payload["items"]] == [1, 1]
    assert payload["items"][1].startswith("2 + 2 = 4\n\nSo it is 4.\n\n")


@pytest.mark.parametrize(
    ("indexes", "is_fine"), [([1, 0], True), ([0, 0], False), ([1, 2], False), ([0], False), ([0, 1, 2], False)]
)
def test_scores_in_another_order_are_put_right_and_others_refused(
    server: Scripted, indexes: list[int], is_fine: bool
) -> None:
    server.answers = [json.dumps({"data": [{"index": index, "score": index / 10} for index in indexes]})]
    endpoint = local(server.url("next"), "generative", **IDS)
    if is_fine:
        assert scored(endpoint).steps == [0.0, 0.1]
    else:
        with pytest.raises(Permanent, match="not one for each"):
            scored(endpoint)


def test_sglang_scores_are_the_share_of_the_first_label(server: Scripted) -> None:
    assert scored(local(server.url("golden"), "sglang", **IDS)).steps == [0.0237, 0.0284]
    assert server.requests[0].path == "/v1/score"


@pytest.mark.parametrize(
    "scores", [[[0.5, 0.4], [0.5, 0.5]], [[0.5], [0.5]], [0.5, 0.5], [[2.0, -1.0], [0.5, 0.5]]]
)
def test_sglang_scores_that_are_no_pairs_of_shares_are_refused(server: Scripted, scores: Any) -> None:
    server.answers = [json.dumps({"scores": scores})]
    with pytest.raises(Permanent):
        scored(local(server.url("next"), "sglang", **IDS))


@pytest.mark.parametrize("protocol", ["generative", "sglang"])
def test_label_tokens_need_their_ids(server: Scripted, protocol: str) -> None:
    with pytest.raises(Permanent, match="token ids"):
        scored(local(server.url("golden"), protocol))


def test_chat_scores_are_the_share_of_plus_and_say_how_much_that_covers(server: Scripted) -> None:
    found = scored(local(server.url("golden"), "chat"))
    plus, minus = math.exp(-0.05), math.exp(-3.2)
    assert found.steps == pytest.approx([plus / (plus + minus)] * 2)
    assert found.covered == pytest.approx([plus + minus] * 2)


def test_chat_takes_the_steps_before_for_right(server: Scripted) -> None:
    scored(local(server.url("golden"), "chat", instruction="Judge.", parallel=1))
    turns = [[one["content"] for one in request.payload["messages"]] for request in server.requests]
    first = f"{PROBLEM} 2 + 2 = 4"
    assert turns == [["Judge.", first], ["Judge.", first, "+", "So it is 4."]]


def chat_answer(listed: dict[str, float], token: str = "+") -> str:
    top = [{"token": one, "logprob": math.log(share)} for one, share in listed.items()]
    content = [{"token": token, "logprob": math.log(listed.get(token, 0.5)), "top_logprobs": top}]
    return json.dumps({"choices": [{"message": {"content": token}, "logprobs": {"content": content}}]})


def test_tokens_that_differ_by_a_space_are_one_answer(server: Scripted) -> None:
    server.answers = [chat_answer({"+": 0.25, " +": 0.25, "-": 0.1, "\u2581-": 0.15, "?": 0.2})]
    found = scored(local(server.url("next"), "chat"), ["a"])
    assert found.steps == pytest.approx([0.5 / 0.75])
    assert found.covered == pytest.approx([0.75])


def test_the_chosen_token_counts_when_it_is_not_among_the_likely_ones(server: Scripted) -> None:
    server.answers = [chat_answer({"-": 0.25}, token="+")]
    assert scored(local(server.url("next"), "chat"), ["a"]).steps == pytest.approx([0.5 / 0.75])


def test_an_answer_that_is_neither_is_refused(server: Scripted) -> None:
    server.answers = [chat_answer({"Yes": 0.9, "No": 0.1}, token="Yes")]
    with pytest.raises(Permanent, match=r"Neither \+ nor -"):
        scored(local(server.url("next"), "chat"), ["a"])


def voted(*answers: str) -> str:
    return json.dumps({"choices": [{"message": {"content": answer}} for answer in answers]})


def test_without_logprobs_votes_are_counted(server: Scripted) -> None:
    server.answers = [voted("+"), voted("+", " -", "+ fine", "what?")]
    found = scored(local(server.url("next"), "chat", votes=4), ["a"])
    assert found.steps == pytest.approx([2 / 3])
    assert found.covered == [0.75]
    assert found.raw_note == "1 of 1 steps by 4 votes"
    assert server.requests[1].payload["n"] == 4


def test_a_server_that_gives_one_vote_at_a_time_is_asked_again(server: Scripted) -> None:
    server.answers = [voted("+"), voted("+"), voted("-"), voted("+")]
    assert scored(local(server.url("next"), "chat", votes=3), ["a"]).steps == pytest.approx([2 / 3])


def test_without_logprobs_and_votes_there_is_no_score(server: Scripted) -> None:
    server.answers = [voted("+")]
    with pytest.raises(Permanent, match="No logprobs came"):
        scored(local(server.url("next"), "chat"), ["a"])


def test_votes_that_are_no_answers_are_refused(server: Scripted) -> None:
    server.answers = [voted("yes"), voted("yes", "no")]
    with pytest.raises(Permanent, match="None of 2 sampled answers"):
        scored(local(server.url("next"), "chat", votes=2), ["a"])


def test_plain_scores_come_as_they_are(server: Scripted) -> None:
    assert scored(local(server.url("golden"))).steps == [0.99951, 0.18127]
    assert server.requests[0].payload == {"problem": PROBLEM, "steps": STEPS}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("nan", "not JSON"),
        ("infinity", "not JSON"),
        ("1e999", "out of range"),
        ("text", "Expected `float`, got `str`"),
        ("true", "Expected `float`, got `bool`"),
        ("null", "Expected `float`, got `null`"),
        ("nested", "Expected `float`, got `array`"),
        ("huge", "out of range"),
        ("none", "Expected `array`, got `null`"),
        ("short", "1 scores came for 2 steps"),
        ("long", "3 scores came for 2 steps"),
        ("empty", "0 scores came for 2 steps"),
        ("above", "score of step 2 is .*not between 0 and 1"),
        ("below", "score of step 2 is .*not between 0 and 1"),
    ],
)
def test_scores_that_are_not_one_probability_for_each_step_are_refused(
    server: Scripted, script: str, reason: str
) -> None:
    with pytest.raises(Permanent, match=reason):
        scored(local(server.url(script)))


def test_a_solution_without_steps_and_a_protocol_that_is_none_are_refused(server: Scripted) -> None:
    with pytest.raises(Permanent, match="no steps"):
        scored(local(server.url("ok")), [])
    with pytest.raises(Permanent, match="no such protocol"):
        scored(local(server.url("ok"), "telepathy"))


def test_every_scorer_says_what_it_is() -> None:
    assert sorted(SCORERS) == ["chat", "generative", "plain", "pooling", "sglang"]
    assert all(scorer.label and scorer.help.endswith(".") for scorer in SCORERS.values())
