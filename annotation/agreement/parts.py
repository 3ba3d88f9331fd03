"""How labelers agree in each part of the work: week by week, generation by generation. Pure."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from annotation.agreement import measures
from annotation.agreement.board import NOT_TWICE, ONE_CLASS
from annotation.agreement.calendar import monday_of, week_of
from annotation.agreement.figures import LEFT_OUT, Figure, Indices, in_groups, jackknifed, numbered
from annotation.agreement.labels import NO_GENERATION, Labels
from annotation.agreement.measures import Tally


class Week(NamedTuple):
    monday: date
    alpha: Figure
    """Ordinal, of the solutions whose first annotation came in this week; n are steps rated twice.

    By the first one: whoever is asked for one more opinion later on does not take the solution out of its week.
    """


class Generation(NamedTuple):
    number: int | None
    """None: in no generation."""
    annotations: int
    alpha: Figure


def weeks(labels: Labels) -> list[Week]:
    known, of = numbered(labels.solutions)
    first = np.full(len(known), np.inf)
    np.minimum.at(first, of, labels.submitted_at)
    mondays, week = np.unique(week_of(first), return_inverse=True)
    return [
        Week(monday_of(monday), figure)
        for monday, figure in zip(mondays, alphas(labels, known, week, len(mondays)), strict=True)
    ]


def by_generation(labels: Labels) -> list[Generation]:
    """A solution that is in two generations is looked at in each by itself."""
    numbers, generation = numbered(labels.generations)
    solutions, of = numbered(labels.solutions)
    known, solution = numbered(of * len(numbers) + generation)
    if len(known) == len(solutions):
        figures = alphas(labels, solutions, known % len(numbers), len(numbers))
    else:
        apart = replace(labels, solutions=solution)
        figures = alphas(apart, np.arange(len(known)), known % len(numbers), len(numbers))
    counts = np.bincount(generation, minlength=len(numbers)).tolist()
    return [
        Generation(None if number == NO_GENERATION else number, count, figure)
        for number, count, figure in zip(numbers.tolist(), counts, figures, strict=True)
    ]


def alphas(labels: Labels, solutions: Indices, part: Indices, parts: int) -> list[Figure]:
    """Ordinal alpha of each part; `part` says for each of the `solutions`, sorted, in which it is."""
    units = labels.units
    at = np.searchsorted(solutions, units.solutions)
    sums = labels.added(part[at] * LEFT_OUT + in_groups(len(part))[at], parts * LEFT_OUT)
    by_group = sums.reshape(parts, LEFT_OUT, sums.shape[1])
    total = by_group.sum(axis=1)
    n = np.bincount(part[at], units.counts.sum(axis=1) > 1, minlength=parts).astype(np.intp)
    measure = partial(measures.alpha, metric="ordinal")
    found = jackknifed(
        measure(Tally.of(total)),
        measure(Tally.of(total[:, None] - by_group)),
        n,
        np.bincount(part, minlength=parts),
        because=ONE_CLASS,
    )
    return [figure if figure.n else Figure(None, 0, because=NOT_TWICE.format(unit="step")) for figure in found]
