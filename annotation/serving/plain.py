"""Stepmark's own protocol: `POST /score {problem, steps} -> {scores}`; docs/score-protocol.md describes it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.scored import Scored, shaped

PATH = "/score"


class Answer(msgspec.Struct):
    scores: list[float]


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    return read(await client.post(PATH, request(endpoint, problem, steps)))


def request(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> dict[str, Any]:
    model = {"model": endpoint.model} if endpoint.model else {}
    return {**model, "problem": problem, "steps": list(steps)}


def read(body: Any) -> Scored:
    return Scored(shaped(body, Answer).scores, None, "scores as they came")
