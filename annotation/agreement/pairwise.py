"""How each two labelers agree with each other. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement import measures
from annotation.agreement.errors import neighbours
from annotation.agreement.figures import (
    LEFT_OUT,
    Figure,
    Indices,
    Vector,
    distinct,
    in_groups,
    jackknifed,
    numbered,
    ratio,
)
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

    def each(measure: Measure, within: tuple[float, float], because: str = "") -> list[Figure]:
        return jackknifed(measure(total), measure(without), n, solutions, because=because, within=within)

    return [
        Pair(*found)
        for found in zip(
            members[:, 0].tolist(),
            members[:, 1].tolist(),
            each(lambda c: measures.cohen(c, "quadratic"), (-1, 1), ALIKE),
            each(measures.cohen, (-1, 1), ALIKE),
            each(same, (0, 1)),
            each(severer, (-2, 2)),
            strict=True,
        )
    ]


class Meetings(NamedTuple):
    """Each two ratings of one unit by two labelers, one entry each."""

    pair: Indices
    """Number of the one labeler, times the number of labelers, plus that of the other."""
    unit: Indices
    said: Indices
    """The one's rating (0, 1, 2) times 3, plus the other's."""


def met(labels: Labels) -> tuple[Indices, Vector, Indices]:
    """Who met whom (pairs, 2), what they said, (pairs, groups of solutions, 3, 3), and in how many solutions.

    Rows are the ratings of the one, columns those of the other.
    """
    people, who = numbered(labels.labelers)
    clusters = labels.units.clusters
    pair, unit, said = meetings(labels, who, len(people))
    present = np.bincount(pair, minlength=len(people) ** 2) > 0
    found, number = np.flatnonzero(present), (np.cumsum(present) - 1)[pair]
    group = in_groups(int(clusters.max(initial=-1)) + 1)[clusters]
    cells = (number * LEFT_OUT + group[unit]) * 9 + said
    confusions = np.bincount(cells, minlength=len(found) * LEFT_OUT * 9).astype(np.float64)
    shared = distinct(number * (len(clusters) + 1) + clusters[unit]) // (len(clusters) + 1)
    members = np.stack([people[found // len(people)], people[found % len(people)]], axis=1)
    solutions = np.bincount(shared, minlength=len(found))
    return members, confusions.reshape(-1, LEFT_OUT, 3, 3), solutions


def meetings(labels: Labels, who: Indices, people: int) -> Meetings:
    """Of the ratings that count; `who` (annotations,) has the number of the labeler."""
    by, rating = who[labels.of[labels.counted]], labels.ratings[labels.counted] + 1
    sorted_by_unit = np.sort((labels.places[1] * people + by) * 3 + rating)
    unit, by, rating = sorted_by_unit // (3 * people), sorted_by_unit // 3 % people, sorted_by_unit % 3
    parts = [
        (
            by[:-apart][both] * people + by[apart:][both],
            unit[apart:][both],
            rating[:-apart][both] * 3 + rating[apart:][both],
        )
        for apart, both in neighbours(unit)
    ]
    if not parts:
        return Meetings(*3 * [np.zeros(0, dtype=np.intp)])
    return Meetings(*map(np.concatenate, zip(*parts, strict=True)))


def same(confusions: Vector) -> Vector:
    return ratio(np.trace(confusions, axis1=-2, axis2=-1), confusions.sum(axis=(-2, -1)))


def severer(confusions: Vector) -> Vector:
    lower = np.subtract.outer(np.arange(3), np.arange(3)).T
    return ratio((confusions * lower).sum(axis=(-2, -1)), confusions.sum(axis=(-2, -1)))
