"""Step scores as they come from an adapter, and the one check that all of them pass."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from annotation.serving.errors import Permanent

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Scored(NamedTuple):
    steps: list[float]
    """P(correct) of each step, in [0, 1]."""
    covered: list[float] | None
    """For each step how much of its probability the two labels have; low says that the model answers otherwise."""
    raw_note: str
    """How the scores were read, for people."""


def shaped(body: Any, shape: type[Shape]) -> Shape:
    """The answer as what it should be. Strict: a number is no text, no truth value and not null."""
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as error:
        raise Permanent(f"The answer is not as the protocol has it: {error}.") from None


def checked(scored: Scored, steps: Sequence[str]) -> Scored:
    """The scores, when there is one for each step and each is a probability; raises `Permanent`."""
    check_count(len(scored.steps), len(steps))
    check_probabilities(scored.steps, "score")
    if scored.covered is not None:
        check_count(len(scored.covered), len(steps))
        check_probabilities(scored.covered, "covered share")
    return scored


def check_count(came: int, steps: int) -> None:
    if came != steps:
        raise Permanent(f"{came} scores came for {steps} steps.")


def check_probabilities(values: Sequence[Any], name: str) -> None:
    for index, value in enumerate(values):
        if type(value) not in {float, int}:
            raise Permanent(f"The {name} of step {index + 1} is not a number.")
        if not math.isfinite(value) or not 0 <= value <= 1:
            raise Permanent(f"The {name} of step {index + 1} is {value:g}, which is not between 0 and 1.")


def is_distribution(row: Sequence[float], tolerance: float = 0.01) -> bool:
    """Whether the row is one of probabilities; half-precision models are off by some thousandths."""
    return all(0 <= value <= 1 for value in row) and abs(sum(row) - 1) <= tolerance


def softmax(row: Sequence[float]) -> list[float]:
    highest = max(row)
    powers = [math.exp(value - highest) for value in row]
    return [power / sum(powers) for power in powers]
