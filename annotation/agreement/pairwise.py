"""How each two labelers agree with each other. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement import measures
from annotation.agreement.errors import neighbours
from annotation.agreement.figures import LEFT_OUT, Figure, Indices, Vector, in_groups, jackknifed, ratio
from annotation.agreement.labels import Labels
from annotation.agreement.measures import Measure

ALIKE = "both used the same single rating"


class Pair(NamedTuple):
    """Two labelers and the steps (or alternatives) that both rated, which n counts."""

    one: int
    """A membership; the lesser of the two."""
    other: int
    kappa: Figure
    """Cohen's, with quadratic weights."""
    unweighted: Figure
    same: Figure
    """Share of the same rating."""
    severer: Figure
    """How much lower the one rated on average than the other, in [-2, 2]."""


def pairs(labels: Labels) -> list[Pair]:
    """Each two who rated a step in common, once."""
    members, confusions, solutions = met(labels)
    total = confusions.sum(axis=1)
    without = total[:, None] - confusions
    n = total.sum(axis=(-2, -1)).astype(np.intp)

    def each(measure: Measure, because: str = "") -> list[Figure]:
        return jackknifed(measure(total), measure(without), n, solutions, because=because)

    return [
        Pair(*found)
        for found in zip(
            members[:, 0].tolist(),
            members[:, 1].tolist(),
            each(lambda c: measures.cohen(c, "quadratic"), ALIKE),
            each(measures.cohen, ALIKE),
            each(same),
            each(severer),
            strict=True,
        )
    ]


def met(labels: Labels) -> tuple[Indices, Vector, Indices]:
    """Who met whom (pairs, 2), what they said, (pairs, groups of solutions, 3, 3), and in how many solutions.

    Rows are the ratings of the one, columns those of the other.
    """
    people, who = np.unique(labels.labelers, return_inverse=True)
    units, place = labels.places
    group = in_groups(int(units.clusters.max(initial=-1)) + 1)[units.clusters]
    by, rating = who[labels.of[labels.counted]], labels.ratings[labels.counted] + 1
    order = np.lexsort((by, place))
    unit, by, rating = place[order], by[order], rating[order]
    keys, clusters = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for apart, both in neighbours(unit):
        one, other, where = by[:-apart][both], by[apart:][both], unit[apart:][both]
        pair = one * len(people) + other
        keys.append((pair * LEFT_OUT + group[where]) * 9 + rating[:-apart][both] * 3 + rating[apart:][both])
        clusters.append(np.unique(pair * (len(units.clusters) + 1) + units.clusters[where]))
    cells, counts = np.unique(np.concatenate(keys), return_counts=True)
    found, number = np.unique(cells // (LEFT_OUT * 9), return_inverse=True)
    confusions = np.zeros((len(found), LEFT_OUT * 9))
    confusions[number, cells % (LEFT_OUT * 9)] = counts
    shared = np.unique(np.concatenate(clusters)) // (len(units.clusters) + 1)
    solutions = np.bincount(np.searchsorted(found, shared), minlength=len(found))
    members = np.stack([people[found // len(people)], people[found % len(people)]], axis=1)
    return members, confusions.reshape(-1, LEFT_OUT, 3, 3), solutions


def same(confusions: Vector) -> Vector:
    return ratio(np.trace(confusions, axis1=-2, axis2=-1), confusions.sum(axis=(-2, -1)))


def severer(confusions: Vector) -> Vector:
    lower = np.subtract.outer(np.arange(3), np.arange(3)).T
    return ratio((confusions * lower).sum(axis=(-2, -1)), confusions.sum(axis=(-2, -1)))
