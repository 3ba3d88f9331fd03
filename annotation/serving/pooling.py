"""vLLM `/pooling` for process reward models: a row of class probabilities at each separator.

Served as vLLM's docs/models/pooling_models/reward.md has it: Qwen2.5-Math-PRM scores at `<extra_0>` by itself.
Math-Shepherd (layout text, separator ки, positive column 0) needs the pooler configured:
`--pooler-config '{"pooling_type": "STEP", "step_tag_id": 12902, "returned_token_ids": [648, 387]}'`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from annotation.serving.client import Client
from annotation.serving.endpoint import Endpoint
from annotation.serving.errors import Permanent
from annotation.serving.prompts import MATH_INSTRUCTION
from annotation.serving.scored import Scored, is_distribution, shaped, softmax

PATH = "/pooling"
COUNT_HINT = "; perhaps the model does not pool by STEP, or has another separator"


class Item(msgspec.Struct):
    data: list[list[float]]


class Answer(msgspec.Struct):
    data: list[Item]


async def score(client: Client, endpoint: Endpoint, problem: str, steps: Sequence[str]) -> Scored:
    body = await client.post(PATH, request(endpoint, problem, steps))
    return read(body, len(steps), endpoint.positive)


def request(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> dict[str, Any]:
    """What to send. Raises `Permanent` when a text has the separator in it, which would shift the scores.

    Taking it out instead would score another text than the one that people see and rate.
    """
    separator = endpoint.separator
    if not separator.strip():
        raise Permanent("This protocol needs the separator that the model scores at.")
    for index, text in enumerate([problem, *steps]):
        if separator in text:
            where = f"Step {index}" if index else "The problem"
            raise Permanent(f"{where} has the separator {separator} in it, so that scores would be shifted.")
    content = in_chat if endpoint.layout == "chat" else in_text
    return {"model": endpoint.model, "encoding_format": "float", **content(endpoint, problem, steps)}


def in_chat(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> dict[str, Any]:
    """As Qwen2.5-Math-PRM's model card builds it: the whole solution is what the assistant said."""
    separator = endpoint.separator
    messages = [
        {"role": "system", "content": endpoint.instruction or MATH_INSTRUCTION},
        {"role": "user", "content": problem},
        {"role": "assistant", "content": "".join(step + separator for step in steps)},
    ]
    return {"messages": messages}


def in_text(endpoint: Endpoint, problem: str, steps: Sequence[str]) -> dict[str, Any]:
    """As Math-Shepherd's model card builds it: `problem Step 1: … ки\nStep 2: … ки`."""
    numbered = [step if step.startswith("Step ") else f"Step {at}: {step}" for at, step in enumerate(steps, 1)]
    return {"input": f"{problem} " + "\n".join(f"{step} {endpoint.separator}" for step in numbered)}


def read(body: Any, steps: int, positive: int) -> Scored:
    """P(correct) of each row.

    Whether a server has taken the softmax depends on its version (`use_activation`), so when not all rows add up
    to 1 they are taken for logits. A row of one column is a probability as it stands.
    """
    items = shaped(body, Answer).data
    if len(items) != 1:
        raise Permanent(f"{len(items)} results came for one solution.")
    rows = items[0].data
    if len(rows) != steps:
        raise Permanent(f"{len(rows)} rows came for {steps} steps{COUNT_HINT}.")
    width = width_of(rows, positive)
    column = f"column {positive} of {width}"
    if width == 1 or all(is_distribution(row) for row in rows):
        return Scored([row[positive] for row in rows], None, column)
    return Scored([softmax(row)[positive] for row in rows], None, f"{column}, softmax of logits")


def width_of(rows: Sequence[Sequence[float]], positive: int) -> int:
    """How many columns all rows have."""
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise Permanent("The rows have different numbers of columns.")
    (width,) = widths
    if not 0 <= positive < width:
        raise Permanent(f"The rows have {width} columns; there is none of number {positive}, counted from 0.")
    return width
