"""How each labeler rates: beside the others, beside gold, and how fast. Pure."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.agreement.against_gold import Judged, held
from annotation.agreement.calendar import date_of, day_of
from annotation.agreement.errors import NONE
from annotation.agreement.figures import Figure, Indices, counted, numbered, ratios, shares, whole_of
from annotation.agreement.labels import Labels

ALONE = "nobody else rated the same steps"
NOTHING = "no step was rated"
NO_ERROR = "no error was found"
NO_GOLD = "no step with gold was rated"
Rule = Callable[..., list[Figure]]
"""How sums become figures."""


class Ways(NamedTuple):
    """How some of the annotations were made. What others say is of the steps that they rated, too."""

    severity: Figure
    """Mean of the others' mean rating minus the labeler's own, in [-2, 2]; above 0 is severer than they are."""
    agreement: Figure
    """Mean share of the others who gave the same rating, in [0, 1]."""
    negative: Figure
    """Share of the ratings."""
    neutral: Figure
    position: Figure
    """Where the first error is, as a share of the solution's steps up to and with it, in (0, 1]; n are errors."""
    seconds: Figure
    """Active time for a rating, in seconds."""


class Profile(NamedTuple):
    labeler: int
    """A membership."""
    annotations: int
    active_ms: int
    last: date
    """In UTC."""
    ways: Ways
    gold: Figure
    """Share of the steps with gold that were rated as gold accepts, with Wilson's interval."""
    found: Figure
    """Share of the solutions with gold in which gold accepts the first error, or that there is none."""


def profiles(labels: Labels, gold: Judged) -> list[Profile]:
    """Of everybody who rated something, the severest first; n are ratings where nothing else is said.

    Those about whom too little is known for an interval come last.
    """
    people, of = numbered(labels.labelers)
    count = len(people)
    last = np.full(count, -np.inf)
    np.maximum.at(last, of, day_of(labels.submitted_at))
    agreed = [whole_of(column, of, count) for column in held(labels, gold)]
    found = zip(
        people.tolist(),
        np.bincount(of, minlength=count).tolist(),
        np.bincount(of, labels.active_ms, minlength=count).astype(np.intp).tolist(),
        map(date_of, last),
        ways(labels, of, count),
        counted(agreed[0], agreed[1], because=NO_GOLD),
        counted(agreed[2], agreed[3], because=NO_GOLD),
        strict=True,
    )
    return sorted((Profile(*one) for one in found), key=severest_first)


def severest_first(profile: Profile) -> tuple[bool, float, int]:
    severity = profile.ways.severity
    return (severity.low is None, np.inf if severity.value is None else -severity.value, profile.labeler)


def extremes(found: list[Profile]) -> list[Profile]:
    """The severest and the most lenient by what is sure of them: the bound of the interval, not the value.

    Nobody where fewer than two have an interval.
    """
    sure = [one for one in found if one.ways.severity.low is not None]
    if len(sure) <= 1:
        return []
    severest = max(sure, key=lambda one: one.ways.severity.low or 0)
    others = [one for one in sure if one is not severest]
    return [severest, min(others, key=lambda one: one.ways.severity.high or 0)]


def ways(labels: Labels, of: Indices, count: int) -> list[Ways]:
    """Of each of `count` parts of the annotations; `of` (annotations,) says which part each is in, -1 in none."""
    size, inside = len(labels.annotations), of >= 0
    each = labels.beside

    def figures(rule: Rule, part: NDArray[Any], whole: NDArray[Any], because: str) -> list[Figure]:
        n = whole_of(whole[inside], of[inside], count)
        return rule(part[inside], whole[inside].astype(np.float64), of[inside], n, because=because)

    errors = labels.errors
    position = np.where(errors == NONE, 0, (errors + 1) / np.maximum(labels.lengths, 1))
    rated = np.bincount(labels.of, minlength=size)
    columns = (
        figures(partial(ratios, within=(-2.0, 2.0)), each["apart"], each["shared"], ALONE),
        figures(shares, each["same"], each["shared"], ALONE),
        figures(shares, each["negative"], each["rated"], NOTHING),
        figures(shares, each["neutral"], each["rated"], NOTHING),
        figures(shares, position, errors != NONE, NO_ERROR),
        figures(partial(ratios, within=(0.0, np.inf)), labels.active_ms / 1000, rated, NOTHING),
    )
    return [Ways(*one) for one in zip(*columns, strict=True)]
