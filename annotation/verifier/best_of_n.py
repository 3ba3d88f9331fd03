"""Accuracy when one of N samples is chosen: by score, by majority vote, or blindly.

As in the paper's evaluation (openai/prm800k, prm800k/eval): N samples of each problem are drawn without
replacement, again and again; reported are mean and standard deviation of the accuracy over these draws.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.verifier.report import Accuracy

Draws = NDArray[np.intp]
"""Resamples x N: indices of samples in the order they were drawn."""
Hits = NDArray[np.bool_]
"""One a resample: whether the chosen sample is correct."""


class Sample(NamedTuple):
    score: float | None
    """None is never chosen by score unless all are."""
    answer: str | None
    """Equal texts are one answer, so they should be normalised. None does not vote."""
    is_correct: bool


class Row(NamedTuple):
    n: int
    best: Accuracy
    """The sample with the best score."""
    majority: Accuracy
    """The most frequent answer."""
    uniform: Accuracy
    """Any sample."""
    problems: int
    short: int
    """Problems with fewer than N samples, of which all are taken each time."""


def best_of_n(
    groups: Sequence[Sequence[Sample]], *, ns: Sequence[int], seed: int, resamples: int = 400
) -> list[Row]:
    """A row for each N; a group is one problem's samples. Ties are broken by lot.

    Raises `ValueError` without groups, for an empty group, and for an N or a number of resamples below 1.
    """
    if not groups or not all(groups):
        raise ValueError("every problem needs a sample, and there must be a problem")
    if min(*ns, resamples, 1) < 1:
        raise ValueError("N and the number of resamples must be 1 or more")
    random = np.random.default_rng(seed)
    hits = np.zeros((len(ns), 3, resamples))
    for group in groups:
        draws = np.argsort(random.random((resamples, len(group))), axis=1)
        correct = np.array([sample.is_correct for sample in group])
        for index, n in enumerate(ns):
            hits[index] += chosen(group, correct, draws[:, :n], random)
    return [row(n, found / len(groups), groups) for n, found in zip(ns, hits, strict=True)]


def row(n: int, accuracies: NDArray[np.float64], groups: Sequence[Sequence[Sample]]) -> Row:
    best, majority, uniform = (Accuracy(float(one.mean()), float(one.std())) for one in accuracies)
    return Row(n, best, majority, uniform, len(groups), sum(len(group) < n for group in groups))


def chosen(group: Sequence[Sample], correct: Hits, draws: Draws, random: np.random.Generator) -> list[Hits]:
    """Whether the choice by score, by majority and by nothing is correct, in each resample."""
    return [by_score(group, correct, draws), by_majority(group, correct, draws, random), correct[draws[:, 0]]]


def by_score(group: Sequence[Sample], correct: Hits, draws: Draws) -> Hits:
    """The best of those drawn; of equal ones the one drawn first."""
    scores = np.array([-np.inf if sample.score is None else sample.score for sample in group])
    best = scores[draws].argmax(axis=1)
    hits: Hits = correct[draws[np.arange(len(draws)), best]]
    return hits


def by_majority(group: Sequence[Sample], correct: Hits, draws: Draws, random: np.random.Generator) -> Hits:
    """The most frequent answer of those drawn. Without any answer nothing is right."""
    answers = list(dict.fromkeys(sample.answer for sample in group if sample.answer is not None))
    if not answers:
        return np.zeros(len(draws), dtype=bool)
    number: dict[str | None, int] = {answer: index for index, answer in enumerate(answers)}
    votes = np.array([number.get(sample.answer, len(answers)) for sample in group])
    width = len(answers) + 1
    cells = votes[draws] + width * np.arange(len(draws))[:, None]
    counts = np.bincount(cells.ravel(), minlength=width * len(draws)).reshape(-1, width)[:, :-1]
    # Less than one vote, to decide between equal numbers of votes.
    most = (counts + np.where(counts > 0, random.random(counts.shape), 0)).argmax(axis=1)
    right = np.array([any(one.is_correct for one in group if one.answer == answer) for answer in answers])
    hits: Hits = right[most] & (counts.max(axis=1) > 0)
    return hits
