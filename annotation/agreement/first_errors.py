"""How far apart two labelers see the first error, and step by step how often it is there. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.board import error_pairs
from annotation.agreement.errors import NONE
from annotation.agreement.figures import Figure, Indices, Vector, numbered, shares, whole_of
from annotation.agreement.labels import Labels

NEITHER = "no two labelers found an error in the same solution"
NOBODY = "nobody came that far"
MOST_APART = 30
"""Steps; what is farther apart is counted with these."""


class Distance(NamedTuple):
    apart: int
    """Steps; `MOST_APART` stands for more, too."""
    pairs: int
    """Of annotations of one solution that both found an error."""
    share: Figure
    """Of all such pairs, which n counts; its interval takes solutions as independent."""


class Place(NamedTuple):
    """A step, counted from 0.

    Discrete hazard: Singer and Willett, Applied Longitudinal Data Analysis (2003), chapter 10.
    """

    step: int
    at_risk: int
    """Annotations that had found no error before the step, and whose solution has it."""
    found: int
    """Those of them that found their first error there."""
    hazard: Figure
    """`found / at_risk`; its interval takes solutions as independent."""


def distances(labels: Labels) -> list[Distance]:
    """From 0 to the greatest that there is."""
    found = error_pairs(labels)
    both = found.both == 1
    apart = np.minimum(np.abs(found.one - found.other)[both], MOST_APART)
    solution = numbered(found.solutions[both])[1]
    count, clusters = int(apart.max(initial=-1)) + 1, int(solution.max(initial=-1)) + 1
    counts = np.bincount(apart, minlength=count)
    parts = np.bincount(apart * clusters + solution, minlength=count * clusters)
    wholes = np.tile(np.bincount(solution, minlength=clusters), count).astype(np.float64)
    of, n = np.repeat(np.arange(count), clusters), np.full(count, len(apart))
    found_apart = shares(parts, wholes, of, n, because=NEITHER)
    return [Distance(at, *one) for at, one in enumerate(zip(counts.tolist(), found_apart, strict=True))]


def places(labels: Labels) -> list[Place]:
    """Each step that somebody came to, in order.

    An annotation without an error leaves after the last step (censored).
    """
    which = labels.looked_for_errors
    errors, lengths = labels.errors[which], labels.lengths[which]
    last = np.where(errors == NONE, lengths - 1, errors)
    solution = numbered(labels.solutions[which])[1]
    clusters = int(solution.max(initial=-1)) + 1
    step = positions(last + 1)
    at_risk, row = numbered(step * clusters + np.repeat(solution, last + 1))
    rows = np.bincount(row, minlength=len(at_risk))
    found = at(errors[errors != NONE] * clusters + solution[errors != NONE], at_risk)
    count = int(last.max(initial=-1)) + 1
    of = at_risk // max(clusters, 1)
    n, hits = whole_of(rows, of, count), whole_of(found, of, count)
    hazards = shares(found, rows.astype(np.float64), of, n, because=NOBODY)
    columns = zip(n.tolist(), hits.tolist(), hazards, strict=True)
    return [Place(step, *one) for step, one in enumerate(columns)]


def positions(sizes: Indices) -> Indices:
    """0, 1, ... up to each size less one, one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def at(keys: Indices, known: Indices) -> Vector:
    """How many of the keys there are of each known one."""
    return np.bincount(np.searchsorted(known, keys), minlength=len(known)).astype(np.float64)
