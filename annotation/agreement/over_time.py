"""How labels come in, day by day, and how labelers agree, week by week. Pure."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from annotation.agreement import measures
from annotation.agreement.board import NOT_TWICE, ONE_CLASS
from annotation.agreement.figures import LEFT_OUT, Figure, Indices, Vector, in_groups, jackknifed, summed
from annotation.agreement.labels import REASONS, Labels
from annotation.agreement.measures import Tally

DAY = 86_400
"""Seconds."""
THURSDAY = 3
"""1970-01-01 was one; weeks begin on Mondays."""


class Day(NamedTuple):
    day: date
    """In UTC, of the submit."""
    annotations: int
    labelers: int
    labels: int
    """Ratings of steps."""
    active_ms: int
    negative: int
    neutral: int
    positive: int
    reasons: tuple[int, ...]
    """How many annotations ended for each of `tables.REASONS`."""


class Week(NamedTuple):
    monday: date
    alpha: Figure
    """Ordinal, of the solutions whose last annotation came in this week; n are steps rated twice."""


def days(labels: Labels) -> list[Day]:
    """The days on which something was submitted, in their order."""
    found, of = np.unique(labels.submitted_at // DAY, return_inverse=True)
    count = len(found)
    ratings = np.bincount(of[labels.of] * 3 + labels.ratings + 1, minlength=3 * count).reshape(-1, 3)
    reasons = np.bincount(of * REASONS + labels.reasons, minlength=REASONS * count).reshape(-1, REASONS)
    people = np.unique(np.stack([of, labels.labelers]), axis=1)[0]
    columns = (
        np.bincount(of, minlength=count),
        np.bincount(people, minlength=count),
        ratings.sum(axis=1),
        np.bincount(of, labels.active_ms, minlength=count).astype(np.intp),
        *ratings.T,
    )
    return [
        Day._make([day_of(day), *numbers, tuple(ended)])
        for day, numbers, ended in zip(found, np.stack(columns, axis=1).tolist(), reasons.tolist(), strict=True)
    ]


def weeks(labels: Labels) -> list[Week]:
    units = labels.units
    last = np.full(int(units.clusters.max(initial=-1)) + 1, -np.inf)
    known, of = np.unique(labels.solutions, return_inverse=True)
    latest = np.full(len(known), -np.inf)
    np.maximum.at(latest, of, labels.submitted_at)
    last[units.clusters] = latest[np.searchsorted(known, units.solutions)]
    mondays, week = np.unique(((last // DAY) + THURSDAY) // 7, return_inverse=True)
    n = np.bincount(week[units.clusters], units.counts.sum(axis=1) > 1, minlength=len(mondays)).astype(np.intp)
    figures = alphas(labels, week, n)
    return [Week(day_of(monday * 7 - THURSDAY), figure) for monday, figure in zip(mondays, figures, strict=True)]


def alphas(labels: Labels, part: Indices, n: Indices) -> list[Figure]:
    """Ordinal alpha of each part of the solutions; `part` (solutions with ratings,) says which part each is in."""
    units, parts = labels.units, len(n)
    group = in_groups(len(part))
    cells = (part * LEFT_OUT + group)[units.clusters]
    sums = summed(measures.features(units.counts), cells, parts * LEFT_OUT)
    by_group = sums.reshape(parts, LEFT_OUT, sums.shape[1])
    total = by_group.sum(axis=1)
    found = figures_of(total, total[:, None] - by_group, n, np.bincount(part, minlength=parts))
    return [figure if figure.n else Figure(None, 0, because=NOT_TWICE.format(unit="step")) for figure in found]


def figures_of(total: Vector, without: Vector, n: Indices, solutions: Indices) -> list[Figure]:
    measure = partial(measures.alpha, metric="ordinal")
    return jackknifed(measure(Tally.of(total)), measure(Tally.of(without)), n, solutions, because=ONE_CLASS)


def day_of(day: float) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=int(day))).date()
