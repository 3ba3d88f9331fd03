"""The protocols that score steps."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from annotation.serving import chat, generative, plain, pooling, sglang
from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.prompts import JUDGE_INSTRUCTION
from annotation.serving.scored import Scored, checked

Scoring = Callable[[Client, Endpoint, str, Sequence[str]], Awaitable[Scored]]


class Scorer(NamedTuple):
    label: str
    help: str
    """For the manager's form."""
    fields: tuple[str, ...]
    """The fields of `Endpoint` that matter to this protocol, besides URL, model, key and limits."""
    score: Scoring
    suggested: Mapping[str, str] = {}
    """What the form may begin with, where that is not the default of `Endpoint`."""


SCORERS: dict[str, Scorer] = {
    "plain": Scorer(
        "Stepmark /score",
        "Your own server: it gets a problem and its steps, and answers with a probability for each step.",
        (),
        plain.score,
    ),
    "pooling": Scorer(
        "vLLM /pooling",
        "A process reward model that vLLM serves. Qwen2.5-Math-PRM: separator <extra_0>, column 1, layout chat. "
        "Math-Shepherd: separator ки, column 0, layout text.",
        ("separator", "layout", "positive", "instruction"),
        pooling.score,
    ),
    "generative": Scorer(
        "vLLM /generative_scoring",
        "A language model asked for + or - after each step; give the ids of the two tokens.",
        ("good_id", "bad_id"),
        generative.score,
    ),
    "sglang": Scorer(
        "SGLang /v1/score",
        "A language model asked for + or - after each step; give the ids of the two tokens.",
        ("good_id", "bad_id"),
        sglang.score,
    ),
    "chat": Scorer(
        "Chat completions",
        "A chat model that answers each step with + or -; needs logprobs, or a number of votes to sample.",
        ("good", "bad", "votes", "instruction"),
        chat.score,
        {"instruction": JUDGE_INSTRUCTION},
    ),
}


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    """P(correct) of each step, checked. Raises `Transient` and `Permanent`; then nothing may be stored."""
    if endpoint.protocol not in SCORERS:
        raise Permanent("There is no such protocol for a scorer.")
    if not steps:
        raise Permanent("There are no steps to score.")
    return checked(await SCORERS[endpoint.protocol].score(client, endpoint, problem, steps), steps)
