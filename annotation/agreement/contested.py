"""The steps that labelers disagree on most. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Indices, Vector
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
    order = first_of(ranks(-apart, -rated)[of], most)
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


def ranks(*columns: Vector) -> Indices:
    """Where each row comes by the first column, then by the next; rows that are alike have the same rank."""
    rows = np.stack(columns)
    order = np.lexsort(rows[::-1])
    is_next = (np.diff(rows[:, order], prepend=rows[:, order[:1]]) != 0).any(axis=0)
    found = np.empty_like(order)
    found[order] = np.cumsum(is_next)
    return found


def first_of(rank: Indices, most: int) -> Indices:
    """The first so many in the order of their ranks, and within a rank as they come."""
    last = np.searchsorted(np.cumsum(np.bincount(rank)), most)
    near = np.flatnonzero(rank <= last)
    return near[np.argsort(rank[near], kind="stable")][:most]
