"""Ratings of steps and what follows from them for a solution.

A rating is -1 (negative), 0 (neutral) or +1 (positive); None is "not rated", never the same as neutral.
The rules are those of PRM800K's phase 2: work on a solution ends at the first negative step. In a project whose
labelers rate all steps (`stops` is false) it goes on to the last one.
"""

import sys
from collections.abc import Sequence
from math import fsum, log
from typing import Literal, NamedTuple

Rating = Literal[-1, 0, 1]

NEGATIVE: Rating = -1
NEUTRAL: Rating = 0
POSITIVE: Rating = 1
RATINGS: tuple[Rating, ...] = (NEGATIVE, NEUTRAL, POSITIVE)
SMALLEST = sys.float_info.min


def first_error(ratings: Sequence[Rating | None]) -> int | None:
    """Index of the first negative rating, counted from 0; None when there is none."""
    return ratings.index(NEGATIVE) if NEGATIVE in ratings else None


def counted(ratings: Sequence[Rating | None], *, stops: bool = True) -> list[Rating | None]:
    """The ratings that count: up to and with the first negative one, if work stops there."""
    error = first_error(ratings) if stops else None
    return list(ratings if error is None else ratings[: error + 1])


def next_step(ratings: Sequence[Rating | None], *, stops: bool = True) -> int | None:
    """Index of the step to rate next; None when the solution is done."""
    that_count = counted(ratings, stops=stops)
    return that_count.index(None) if None in that_count else None


def finish_reason(
    ratings: Sequence[Rating | None], *, stops: bool = True
) -> Literal["found_error", "solution"] | None:
    """How a solution with these ratings ends, one entry a step: None while a step is still to be rated."""
    if next_step(ratings, stops=stops) is not None:
        return None
    return "solution" if first_error(ratings) is None else "found_error"


class SolutionScore(NamedTuple):
    """A solution's score from P(correct) of each step."""

    product: float
    """Natural logarithm of the product, 0 at best."""
    minimum: float
    last: float


def solution_score(steps: Sequence[float]) -> SolutionScore:
    """`steps` has P(positive) + P(neutral) of each step, in [0, 1]; a product of many is kept as a logarithm.

    A step of probability 0 counts as the smallest float, so that solutions with one can still be ordered.
    Source: "Let's Verify Step by Step", section 2.6 and appendix F.
    """
    product = fsum(log(max(step, SMALLEST)) for step in steps)
    return SolutionScore(product, min(steps), steps[-1])
