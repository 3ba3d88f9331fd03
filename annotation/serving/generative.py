"""vLLM `/generative_scoring`: P(good) / (P(good) + P(bad)) of the token after each item.

Source: vLLM docs/serving/online_serving/generative_scoring.md.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.labels import request
from annotation.serving.scored import Scored, shaped

PATH = "/generative_scoring"


class Item(msgspec.Struct):
    index: int
    score: float


class Answer(msgspec.Struct):
    data: list[Item]


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    return read(await client.post(PATH, request(endpoint, problem, steps)), len(steps))


def read(body: Any, steps: int) -> Scored:
    """The scores by their index, in whatever order they came."""
    items = shaped(body, Answer).data
    if sorted(item.index for item in items) != list(range(steps)):
        raise Permanent(f"{len(items)} scores came for {steps} steps, and not one for each.")
    by_index = {item.index: item.score for item in items}
    return Scored([by_index[index] for index in range(steps)], None, "share of the good label among both")
