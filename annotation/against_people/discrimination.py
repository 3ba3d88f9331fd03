"""Whether scores tell wrong steps from right ones, and mean what they say. Pure.

One entry a rating: whether it is right (neutral or positive), the score of its step, and its problem; ratings of
one problem depend on each other.
"""

from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import FEWEST, Figure, Flags, Indices, Vector, shares
from annotation.shares import NORMAL

BINS = 10


class Bin(NamedTuple):
    """Ratings of steps whose score lies in [low, high); the last one has its upper end too."""

    low: float
    high: float
    predicted: float | None
    """Mean score; None of no ratings."""
    right: Figure


def auc(right: Flags, scores: Vector, problems: Indices) -> Figure:
    """Area under the ROC curve, with the interval of clustered data; n are ratings.

    There is no interval where all problems are told apart without a miss: that tells no spread.

    The probability that a right step scores above a wrong one, ties counted half. N. A. Obuchowski, Nonparametric
    analysis of clustered ROC curve data, Biometrics 53 (1997), 567-578. `problems` are numbered from 0.
    """
    n, positive = len(right), int(right.sum())
    if not n or positive in (0, n):
        kind = "wrong" if n and positive else "right"
        return Figure(None, n, because=f"no {kind} step has a score" if n else "no rated step has a score")
    below, above = placements(right, scores)
    value = float(below.sum() / positive)
    count = int(problems.max()) + 1
    spread = spread_of(problems, below, right, value, count) + spread_of(problems, above, ~right, value, count)
    one = totals(problems, below, right, value, count)
    other = totals(problems, above, ~right, value, count)
    both = count / max(count - 1, 1) * (one * other).sum() / (positive * (n - positive))
    error = np.sqrt(max(spread + 2 * both, 0.0))
    if count < FEWEST or not error:
        return Figure(value, n)
    return Figure(value, n, max(0.0, value - NORMAL * error), min(1.0, value + NORMAL * error))


def placements(right: Flags, scores: Vector) -> tuple[Vector, Vector]:
    """For each right entry the share of wrong ones scoring below it, for each wrong one that of right ones above.

    0 for the entries of the other kind.
    """
    _, tie = np.unique(scores, return_inverse=True)
    rights, wrongs = np.bincount(tie, right), np.bincount(tie, ~right)
    below = (np.cumsum(wrongs) - wrongs / 2) / wrongs.sum()
    above = 1 - (np.cumsum(rights) - rights / 2) / rights.sum()
    return np.where(right, below[tie], 0), np.where(right, 0, above[tie])


def totals(problems: Indices, values: Vector, which: Flags, mean: float, count: int) -> Vector:
    """What the values of each problem are above the mean, added up: (count,)."""
    return np.bincount(problems, values - mean * which, minlength=count).astype(np.float64)


def spread_of(problems: Indices, values: Vector, which: Flags, mean: float, count: int) -> float:
    """The variance of the mean of one kind of entries, between problems that have some."""
    having = int((np.bincount(problems, which, minlength=count) > 0).sum())
    sums = totals(problems, values, which, mean, count)
    return float(having / max(having - 1, 1) * (sums**2).sum() / which.sum() ** 2)


def calibration(right: Flags, scores: Vector, problems: Indices) -> list[Bin]:
    """The table behind a reliability diagram, ten bins of equal width; n are ratings."""
    of = np.minimum((scores * BINS).astype(np.intp), BINS - 1)
    n = np.bincount(of, minlength=BINS)
    predicted = np.bincount(of, scores, minlength=BINS)
    count = int(problems.max(initial=-1)) + 1
    parts = np.bincount(of * count + problems, right, minlength=BINS * count)
    wholes = np.bincount(of * count + problems, minlength=BINS * count).astype(np.float64)
    found = shares(parts, wholes, np.repeat(np.arange(BINS), count), n, because="no step scored so")
    return [
        Bin(at / BINS, (at + 1) / BINS, float(predicted[at] / n[at]) if n[at] else None, share)
        for at, share in enumerate(found)
    ]
