"""The steps that labelers disagree on most. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Indices
from annotation.agreement.labels import Labels
from annotation.agreement.measures import distances


class Contested(NamedTuple):
    solution: int
    step: int
    """Counted from 0."""
    completion: int
    negative: int
    neutral: int
    positive: int
    disagreement: float
    """What the step adds to the observed disagreement of interval alpha: squared distances of its pairs of
    ratings, both ways round, divided by its ratings less one."""


def most_contested(labels: Labels, most: int) -> list[Contested]:
    """At most `most` units that not everybody rated alike, those first that lower alpha most."""
    units, (patterns, of) = labels.units, labels.patterns
    rated = patterns.sum(axis=1)
    distance = distances(patterns, "interval")
    apart = np.einsum("pc,cd,pd->p", patterns, distance, patterns) / np.maximum(rated - 1, 1)
    order = first_by(np.lexsort((-rated, -apart)), of, most)
    apart = apart[of[order]]
    return [
        Contested(
            int(units.solutions[at]),
            int(units.steps[at]),
            int(units.completions[at]),
            negative=int(units.counts[at, 0]),
            neutral=int(units.counts[at, 1]),
            positive=int(units.counts[at, 2]),
            disagreement=float(by),
        )
        for at, by in zip(order, apart, strict=True)
        if by > 0
    ]


def first_by(order: Indices, of: Indices, most: int) -> Indices:
    """The first so many units in the order of their patterns, and those of one pattern as they come."""
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    units = np.cumsum(np.bincount(of, minlength=len(order))[order])
    ranks = rank[of]
    near = np.flatnonzero(ranks <= np.searchsorted(units, most))
    return near[np.argsort(ranks[near], kind="stable")][:most]
