"""One labeler week by week, and where a way of rating changed. Pure."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.agreement.calendar import date_of, day_of, monday_of, week_of
from annotation.agreement.changes import changes
from annotation.agreement.figures import Indices, Vector, ratio
from annotation.agreement.labels import Labels
from annotation.agreement.people import Ways, ways


class Week(NamedTuple):
    monday: date
    annotations: int
    ways: Ways


class Change(NamedTuple):
    """From this day on the labeler rates another way, in the mean of annotations."""

    what: str
    day: date
    before: float
    """Since the change before, or from the beginning."""
    after: float
    """Up to the next change, or to the end."""
    annotations: int
    """In both stretches."""


def weeks(labels: Labels, labeler: int) -> list[Week]:
    """Those in which the labeler submitted something, in their order; `labels` has the others', too."""
    return [week for _, week in by_week(labels, labels.labelers == labeler)]


def by_week(labels: Labels, which: NDArray[np.bool_]) -> list[tuple[int, Week]]:
    """What the annotations `which` are like beside all others, by labeler and by week."""
    week = week_of(labels.submitted_at[which]).astype(np.intp)
    pairs, number = np.unique(np.stack([labels.labelers[which], week], axis=1), axis=0, return_inverse=True)
    of = np.full(len(which), -1)
    of[which] = number.ravel()
    counts = np.bincount(number.ravel(), minlength=len(pairs)).tolist()
    return [
        (labeler, Week(monday_of(monday), count, found))
        for (labeler, monday), count, found in zip(
            pairs.tolist(), counts, ways(labels, of, len(pairs)), strict=True
        )
    ]


def drift(labels: Labels, labeler: int) -> list[Change]:
    """The changes of a labeler's ways, by day."""
    own = np.flatnonzero(labels.labelers == labeler)
    own = own[np.argsort(labels.submitted_at[own], kind="stable")]
    each = labels.beside
    rated = np.bincount(labels.of, minlength=len(labels.annotations))
    series = {
        "severity": ratio(each["apart"], each["shared"]),
        "agreement with others": ratio(each["same"], each["shared"]),
        "negative share": ratio(each["negative"], each["rated"]),
        "neutral share": ratio(each["neutral"], each["rated"]),
        "seconds a rating": ratio(labels.active_ms / 1000, rated),
    }
    moments = labels.submitted_at[own]
    found = chain.from_iterable(changed(name, values[own], moments) for name, values in series.items())
    return sorted(found, key=lambda change: (change.day, change.what))


def changed(what: str, values: Vector, submitted_at: Vector) -> Iterator[Change]:
    known = ~np.isnan(values)
    values, days = values[known], day_of(submitted_at[known])
    ends = changes(values)
    stretches = np.split(values, ends)
    for at, before, after in zip(ends, stretches, stretches[1:], strict=False):
        many = len(before) + len(after)
        yield Change(what, date_of(days[at]), float(before.mean()), float(after.mean()), many)


def lengths(seconds: Vector, characters: Indices, parts: int = 4) -> list[tuple[int, float, float]]:
    """Annotations in `parts` of equal number by the text rated: how many, median characters, median seconds."""
    order = np.argsort(characters, kind="stable")
    return [
        (len(part), float(np.median(characters[part])), float(np.median(seconds[part])))
        for part in np.array_split(order, parts)
        if len(part)
    ]
