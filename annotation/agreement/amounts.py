"""How much was labeled, day by day, and how it came out. Pure."""

from datetime import date
from typing import NamedTuple

import numpy as np

from annotation.agreement.calendar import date_of, day_of
from annotation.agreement.figures import Figure, counted, distinct, numbered, shares
from annotation.agreement.labels import REASONS, Labels

NOTHING = "nothing was submitted"


class Day(NamedTuple):
    day: date
    """Of the submit, in UTC."""
    annotations: int
    labelers: int
    labels: int
    """Ratings of steps and of alternatives."""
    negative: int
    neutral: int
    positive: int
    active_ms: int


def days(labels: Labels) -> list[Day]:
    """Those on which something was submitted, in their order."""
    found, of = np.unique(day_of(labels.submitted_at), return_inverse=True)
    count = len(found)
    ratings = np.bincount(of[labels.of] * 3 + labels.ratings + 1, minlength=3 * count).reshape(-1, 3)
    width = int(labels.labelers.max(initial=0)) + 1
    people = distinct(of * width + labels.labelers) // width
    columns = (
        np.bincount(of, minlength=count),
        np.bincount(people, minlength=count),
        ratings.sum(axis=1),
        *ratings.T,
        np.bincount(of, labels.active_ms, minlength=count).astype(np.intp),
    )
    numbers = np.stack(columns, axis=1).tolist()
    return [Day._make([date_of(day), *row]) for day, row in zip(found, numbers, strict=True)]


def classes(labels: Labels) -> list[Figure]:
    """The share of negative, of neutral and of positive ratings; n are all ratings, clusters the solutions."""
    solutions, of = numbered(labels.solutions)
    counts = np.bincount(of[labels.of] * 3 + labels.ratings + 1, minlength=3 * len(solutions)).reshape(-1, 3)
    whole = counts.sum(axis=1).astype(np.float64)
    together, n = np.zeros(len(solutions), dtype=np.intp), np.array([len(labels.of)])
    return [shares(part, whole, together, n, because=NOTHING)[0] for part in counts.T]


def reasons(labels: Labels) -> list[tuple[int, Figure]]:
    """How many annotations ended for each of `tables.REASONS`, and their share with Wilson's interval."""
    counts = np.bincount(labels.reasons, minlength=REASONS)
    found = counted(counts, np.full(REASONS, counts.sum()), because=NOTHING)
    return list(zip(counts.tolist(), found, strict=True))
