"""Chat completions as a scorer: each step is a turn, and the model answers it with + or -.

The growing chat is RLHFlow's (as in ProcessBench's run_eval_prm_rlhflow.py): the steps before are taken to have
been answered with the good label. P(correct) is the good label's probability over that of both, and how much both
have of the whole is kept: little of it says that the model answers something else. A server that tells no
probabilities can be asked `votes` times instead, which counts in steps of 1 / votes.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.openai import CHAT, ChatAnswer, ChatChoice, Likely, choices
from annotation.serving.scored import Scored, shaped
from annotation.serving.together import together

MOST_LIKELY = 20
"""vLLM's and OpenAI's limit of top_logprobs."""
VOTE_TOKENS = 4
AROUND = " \t\r\nĠ▁Ċ"
"""Stands around a token that is the same answer: spaces, and how tokenizers write them."""


class Judged(NamedTuple):
    score: float
    covered: float
    votes: int


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    asked = conversations(endpoint, problem, steps)
    judged = await together(judge(client, endpoint, messages) for messages in asked)
    voted = sum(one.votes > 0 for one in judged)
    note = f"{voted} of {len(judged)} steps by {endpoint.votes} votes" if voted else "logprobs of the first token"
    return Scored([one.score for one in judged], [one.covered for one in judged], note)


def conversations(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> list[list[dict[str, str]]]:
    """For each step the messages that end with it."""
    messages = [{"role": "system", "content": endpoint.instruction}] if endpoint.instruction else []
    found = []
    for index, step in enumerate(steps):
        messages.append({"role": "user", "content": step if index else f"{problem} {step}"})
        found.append(list(messages))
        messages.append({"role": "assistant", "content": endpoint.good})
    return found


async def judge(client: Client, endpoint: Endpoint, messages: list[dict[str, str]]) -> Judged:
    body = await client.post(CHAT, request(endpoint, messages))
    likely = likely_of(body)
    if likely:
        return read(likely, endpoint.good, endpoint.bad)
    if not endpoint.votes:
        raise Permanent("No logprobs came; a number of votes would do without them.")
    voted = await choices(client, CHAT, lambda count, _: vote_request(endpoint, messages, count), endpoint.votes)
    return counted([choice.said for choice in voted], endpoint.good, endpoint.bad)


def request(endpoint: Endpoint, messages: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "model": endpoint.model,
        "messages": messages,
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": True,
        "top_logprobs": MOST_LIKELY,
    }


def vote_request(endpoint: Endpoint, messages: list[dict[str, str]], count: int) -> dict[str, Any]:
    return {
        "model": endpoint.model,
        "messages": messages,
        "max_tokens": VOTE_TOKENS,
        "temperature": 1,
        "n": count,
    }


def likely_of(body: Any) -> list[Likely]:
    """What may stand first in the answer; empty when the server does not tell."""
    found: list[ChatChoice] = shaped(body, ChatAnswer).choices
    if len(found) != 1:
        raise Permanent(f"{len(found)} choices came where one was asked for.")
    content = found[0].logprobs and found[0].logprobs.content
    if not content:
        return []
    first = content[0]
    listed = {one.token for one in first.top_logprobs}
    return [*first.top_logprobs, *([] if first.token in listed else [Likely(first.token, first.logprob)])]


def read(likely: Iterable[Likely], good: str, bad: str) -> Judged:
    """The good label's share of both. "+" and " +" are two tokens and one answer."""
    shares = {good: 0.0, bad: 0.0}
    for token, logprob in {one.token: one.logprob for one in likely}.items():
        answer = token.strip(AROUND)
        if answer in shares:
            shares[answer] += math.exp(min(logprob, 1.0))
    covered = sum(shares.values())
    if covered > 1.01:
        raise Permanent("The probabilities of the two labels add up to more than 1.")
    if not covered:
        raise Permanent(f"Neither {good} nor {bad} is among the likely answers to a step.")
    return Judged(shares[good] / covered, min(covered, 1.0), votes=0)


def counted(answers: Sequence[str], good: str, bad: str) -> Judged:
    """The share of good answers among those that are an answer at all."""
    texts = [answer.strip(AROUND) for answer in answers]
    for_it = sum(text.startswith(good) for text in texts)
    against = sum(text.startswith(bad) for text in texts)
    if not for_it + against:
        raise Permanent(f"None of {len(texts)} sampled answers begins with {good} or {bad}.")
    return Judged(for_it / (for_it + against), (for_it + against) / len(texts), votes=len(texts))
