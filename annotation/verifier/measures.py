"""Figures of a verifier on rated steps. Arrays have one entry a step, solution after solution."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

Interval = tuple[float, float]
RESAMPLES = 1_000
NO_ERROR = -1
"""As ProcessBench writes it."""


class Ranked(NamedTuple):
    """Steps sorted by score, ready for the areas under many curves."""

    order: Indices
    ties: Indices
    """For each step of that order which run of equal scores it belongs to."""
    correct: Vector

    def auc(self, counts: Vector) -> float | None:
        """Area under the ROC curve when step i counts `counts[i]` times; None when a class is missing.

        The probability that a correct step scores above a wrong one, ties counted half (Mann-Whitney).
        """
        weights = counts[self.order]
        positive = np.bincount(self.ties, weights * self.correct)
        negative = np.bincount(self.ties, weights * (1 - self.correct))
        pairs = positive.sum() * negative.sum()
        if pairs == 0:
            return None
        below = np.cumsum(negative) - negative
        return float((positive * (below + negative / 2)).sum() / pairs)


def ranked(correct: Flags, scores: Vector) -> Ranked:
    order = np.argsort(scores, kind="stable")
    sorted_scores = scores[order]
    starts = np.concatenate([[0], (sorted_scores[1:] != sorted_scores[:-1]).astype(np.intp)])
    return Ranked(order, np.cumsum(starts)[: len(order)], correct[order].astype(np.float64))


def auc(correct: Flags, scores: Vector) -> float | None:
    """Area under the ROC curve; None when a class is missing."""
    return ranked(correct, scores).auc(np.ones(len(scores)))


def auc_interval(
    correct: Flags, scores: Vector, problems: Indices, *, seed: int, resamples: int = RESAMPLES
) -> Interval | None:
    """95 % interval by the bootstrap over whole problems, whose steps are not independent of each other.

    `problems` numbers each step's problem from 0 without gaps. None when there is one problem only, or when most
    resamples lack a class.
    """
    sorted_once = ranked(correct, scores)
    return interval([sorted_once.auc(counts) for counts in redrawn(problems, seed, resamples)])


def redrawn(problems: Indices, seed: int, resamples: int) -> Iterator[Vector]:
    """How often each row counts when as many problems as there are get drawn with replacement."""
    count = int(problems.max(initial=-1)) + 1
    random = np.random.default_rng(seed)
    for _ in range(resamples if count > 1 else 0):
        drawn = np.bincount(random.integers(count, size=count), minlength=count)
        yield drawn[problems].astype(np.float64)


def interval(figures: list[float | None]) -> Interval | None:
    """The middle 95 % of a figure over resamples; None when it is undefined in most of them."""
    known = [figure for figure in figures if figure is not None]
    if len(known) <= len(figures) / 2:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def brier(correct: Flags, scores: Vector) -> float:
    """Mean squared difference of probability and outcome; 0 is best."""
    return float(np.mean((scores - correct) ** 2))


class Bin(NamedTuple):
    """Steps whose score lies in [low, high); the last bin has its upper end too."""

    low: float
    high: float
    steps: int
    predicted: float | None
    """Mean score; None of no steps."""
    correct: float | None
    """Share of correct steps."""


def bins(correct: Flags, scores: Vector, count: int = 10) -> list[Bin]:
    """The table behind a reliability diagram, with bins of equal width."""
    index = np.minimum((scores * count).astype(np.intp), count - 1)
    return [
        Bin(
            one / count,
            (one + 1) / count,
            int(inside.sum()),
            mean(scores[inside]),
            mean(correct[inside].astype(np.float64)),
        )
        for one in range(count)
        for inside in [index == one]
    ]


def mean(values: Vector) -> float | None:
    return float(values.mean()) if len(values) else None


def calibration_error(table: list[Bin]) -> float:
    """Expected calibration error: |mean score - share correct| of the bins, weighted by their steps."""
    total = sum(row.steps for row in table)
    gaps = (
        row.steps * abs(row.predicted - row.correct)
        for row in table
        if row.predicted is not None and row.correct is not None
    )
    return sum(gaps) / total


def first_below(scores: Vector, starts: Indices, threshold: float) -> Indices:
    """For each solution the index of its first step below the threshold, `NO_ERROR` of none.

    `starts` has the place of each solution's first step; every solution has one at least.
    """
    if not len(starts):
        return starts
    sizes = np.diff(np.append(starts, len(scores)))
    places = np.arange(len(scores)) - np.repeat(starts, sizes)
    beyond = len(scores)
    first = np.minimum.reduceat(np.where(scores < threshold, places, beyond), starts)
    return np.where(first == beyond, NO_ERROR, first)


class FirstErrors(NamedTuple):
    """ProcessBench's figures (arXiv 2412.06559): None where there is no solution of that kind."""

    f1: float | None
    """Harmonic mean of the two others."""
    on_erroneous: float | None
    """Share of solutions with an error whose first one was found exactly."""
    on_correct: float | None
    """Share of solutions without an error in which none was found."""


def first_errors(expected: Indices, found: Indices) -> FirstErrors:
    """From the index of the first error as expected and as found, one entry a solution."""
    return weighted_first_errors(expected, found, np.ones(len(expected)))


def weighted_first_errors(expected: Indices, found: Indices, counts: Vector) -> FirstErrors:
    """The same when solution i counts `counts[i]` times."""
    hits, erroneous = expected == found, expected != NO_ERROR
    on_erroneous, on_correct = share(hits, counts * erroneous), share(hits, counts * ~erroneous)
    if on_erroneous is None or on_correct is None:
        return FirstErrors(None, on_erroneous, on_correct)
    total = on_erroneous + on_correct
    return FirstErrors(2 * on_erroneous * on_correct / total if total else 0.0, on_erroneous, on_correct)


def share(hits: Flags, counts: Vector) -> float | None:
    total = counts.sum()
    return float((hits * counts).sum() / total) if total else None


def f1_interval(
    expected: Indices, found: Indices, problems: Indices, *, seed: int, resamples: int = RESAMPLES
) -> Interval | None:
    """As `auc_interval`, of the F1 of first errors; `problems` has one entry a solution."""
    every = redrawn(problems, seed, resamples)
    return interval([weighted_first_errors(expected, found, counts).f1 for counts in every])


def best_threshold(expected: Indices, scores: Vector, starts: Indices) -> float | None:
    """The threshold with the greatest F1; None when F1 is undefined."""
    tried = np.unique(np.quantile(scores, np.linspace(0, 1, 101)))
    figures = [first_errors(expected, first_below(scores, starts, threshold)).f1 for threshold in tried]
    known = [-1.0 if figure is None else figure for figure in figures]
    best = int(np.argmax(known))
    return float(tried[best]) if figures[best] is not None else None
