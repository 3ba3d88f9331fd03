"""Scores by two label tokens: the problem and the steps so far are asked about, a text for each step."""

from collections.abc import Sequence
from typing import Any

from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.prompts import JUDGE_QUESTION, JUDGED, growing


def request(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> dict[str, Any]:
    """What vLLM's `/generative_scoring` and SGLang's `/v1/score` both take.

    Each item stands for one step and holds all steps before it, so that no text of a step can shift the scores.
    The ids are those of the tokens that follow "Answer:", which mostly begin with a space.
    """
    if endpoint.good_id is None or endpoint.bad_id is None:
        raise Permanent("This protocol needs the token ids of the two labels.")
    return {
        "model": endpoint.model,
        "query": JUDGED.format(problem=problem),
        "items": [text + JUDGE_QUESTION for text in growing(steps)],
        "label_token_ids": [endpoint.good_id, endpoint.bad_id],
        "apply_softmax": True,
        "item_first": False,
    }
