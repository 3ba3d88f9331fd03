"""When a labeler is paused or flagged. Pure: what is known of a labeler, and what follows from it."""

from typing import NamedTuple

from annotation.shares import wilson

FEWEST = 10
"""Solutions with gold from which on somebody can be paused, however wrong they are."""
SURE = 2.576
"""Of the 99 % interval, as everybody is looked at again and again."""
LOOKED_AT = 30
"""The last annotations of a labeler."""
LEAST = 20
"""Of them, and of the others', that patterns take."""
CHANCE = 0.001
"""Below it a pattern is no chance."""


class Pace(NamedTuple):
    """How somebody's last annotations were made; speeds in milliseconds for a character of what was rated."""

    annotations: int
    slow: float
    """Three quarters of them were made at less."""
    same: int | None
    """The rating that all their ratings are; None when they are several."""


class Crowd(NamedTuple):
    """The last annotations of the others."""

    annotations: int
    fast: float
    """A tenth of them were made at less."""
    same: dict[int, int]
    """By rating how many have this one only."""


def is_below(found: int, solutions: int, percent: int) -> bool:
    """Whether agreement with gold is surely below the mark: the upper bound of Wilson's 99 % interval is.

    Three unlucky solutions are never enough. `percent` 0 pauses nobody.
    """
    return solutions >= FEWEST and 100 * wilson(found, solutions, SURE)[1] < percent


def too_fast(own: Pace, others: Crowd) -> str | None:
    """Why somebody is too fast, in a sentence.

    Three quarters of their annotations are faster than nine tenths of the others'.
    """
    if min(own.annotations, others.annotations) < LEAST or own.slow >= others.fast:
        return None
    return (
        f"Three quarters of the last {own.annotations} annotations took less than {100 * own.slow / 1000:.2f} s"
        f" for 100 characters; only a tenth of the others' {others.annotations} took less than"
        f" {100 * others.fast / 1000:.2f} s."
    )


def never_changing(own: Pace, others: Crowd) -> str | None:
    """Why somebody's ratings are no ratings: all the same, where others' would not be."""
    if own.same is None or min(own.annotations, others.annotations) < LEAST:
        return None
    alike = others.same.get(own.same, 0)
    if ((alike + 1) / (others.annotations + 1)) ** own.annotations >= CHANCE:
        return None
    word = {-1: "negative", 0: "neutral", 1: "positive"}[own.same]
    return (
        f"All ratings of the last {own.annotations} annotations are {word}; of the others' last"
        f" {others.annotations} annotations {alike} are like that."
    )
