"""What a verifier learns from, and whether it is enough."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotation.ratings import NEGATIVE, RATINGS

MIN_SOLUTIONS = 20
MIN_PROBLEMS = 5
"""With steps of either kind: some are held out, the others are folded for calibration."""


class TooFewLabels(ValueError):
    """There is not enough to learn from; the message says what there is and what is needed."""


class Example(NamedTuple):
    """One rated solution, or a beginning of one with an alternative as its last step."""

    problem_key: str
    """Says which solutions are of one problem: these are held out together."""
    problem: str
    steps: Sequence[str]
    ratings: Sequence[int | None]
    """One a step from the first on: -1, 0 or 1; None is not rated. What follows the first -1 is left out."""
    is_whole: bool = True
    """Whether it is a solution, and not a beginning of one with an alternative as its last step."""


class Rated(NamedTuple):
    """An example as it is learned from."""

    problem_key: str
    problem: str
    steps: Sequence[str]
    """Those with a rating, and those before them."""
    correct: list[bool | None]
    """One a step; neutral counts as correct, as in the paper."""
    is_complete: bool
    """A whole solution, rated without a gap up to the first error, or to the end."""
    is_whole: bool

    @property
    def first_error(self) -> int | None:
        return self.correct.index(False) if False in self.correct else None


def rated(examples: Iterable[Example]) -> list[Rated]:
    """The examples with a rating. Raises `ValueError` for ratings that are none, or more than there are steps."""
    return [one for one in map(rated_of, examples) if any(correct is not None for correct in one.correct)]


def rated_of(example: Example) -> Rated:
    ratings = list(example.ratings)
    check(example, ratings)
    if NEGATIVE in ratings:
        ratings = ratings[: ratings.index(NEGATIVE) + 1]
    correct = [None if rating is None else rating != NEGATIVE for rating in ratings]
    ends = NEGATIVE in ratings or len(ratings) == len(example.steps)
    steps = list(example.steps[: len(ratings)])
    is_complete = example.is_whole and ends and None not in correct
    return Rated(example.problem_key, example.problem, steps, correct, is_complete, example.is_whole)


def check(example: Example, ratings: list[int | None]) -> None:
    if len(ratings) > len(example.steps):
        raise ValueError(f"problem {example.problem_key}: {len(ratings)} ratings of {len(example.steps)} steps")
    for rating in ratings:
        if rating is not None and rating not in RATINGS:
            raise ValueError(f"problem {example.problem_key}: {rating!r} is no rating")


def check_enough(found: Sequence[Rated]) -> None:
    """Raise `TooFewLabels` unless a model can be trained and held against solutions it has not seen."""
    solutions = sum(one.is_whole for one in found)
    problems = len({one.problem_key for one in found})
    negative = len({one.problem_key for one in found if False in one.correct})
    positive = len({one.problem_key for one in found if True in one.correct})
    if solutions < MIN_SOLUTIONS or min(problems, negative, positive) < MIN_PROBLEMS:
        raise TooFewLabels(
            f"There are {solutions} rated solutions of {problems} problems; {negative} of these problems have "
            f"a step rated negative, {positive} have one rated positive or neutral. Needed are {MIN_SOLUTIONS} "
            f"rated solutions, and {MIN_PROBLEMS} problems with steps of either kind."
        )
