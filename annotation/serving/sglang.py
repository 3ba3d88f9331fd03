"""SGLang `/v1/score`: for each item the probabilities of the labels, in the order they were asked for."""

from collections.abc import Sequence
from typing import Any

import msgspec

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.labels import request
from annotation.serving.scored import Scored, is_distribution, shaped

PATH = "/v1/score"


class Answer(msgspec.Struct):
    scores: list[tuple[float, float]]


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    return read(await client.post(PATH, request(endpoint, problem, steps)))


def read(body: Any) -> Scored:
    """The first of each pair. The softmax was asked for, so that a pair that does not add up to 1 is wrong."""
    pairs = shaped(body, Answer).scores
    for index, pair in enumerate(pairs):
        if not is_distribution(pair):
            raise Permanent(f"The two shares for step {index + 1} do not add up to 1.")
    return Scored([good for good, _ in pairs], None, "share of the good label among both")
