"""Measures of agreement between people who put the same units into k categories. Pure.

Most come from a table of counts (units, k): how many raters put a unit into a category. A rater who did not rate
a unit is missing there, and nothing else. Units with one rating agree with nobody; they only tell how often a
category is used, where a measure asks for that. Such measures take a `Tally` and have the shape of its leading
axes, NaN where they are undefined.

Sources: K. Krippendorff, Content Analysis, 4th ed. (2019), chapter 12; K. L. Gwet, Handbook of Inter-Rater
Reliability, 4th ed. (2014), chapters 2 to 4; J. Cohen, Psychological Bulletin 70 (1968), 213-220.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from annotation.agreement.figures import Vector, ratio

Metric = Literal["nominal", "ordinal", "interval"]
Weights = Literal["unweighted", "linear", "quadratic"]
Measure = Callable[[Vector], Vector]
"""From sums to figures, over leading axes."""


class Tally(NamedTuple):
    """Sums over units that the measures are made of."""

    coincidences: Vector
    """(..., k, k): ordered pairs of ratings within units; a unit adds as much as it has ratings."""
    pairs: Vector
    """(..., k, k): the same pairs; each unit with two ratings or more adds 1."""
    shares: Vector
    """(..., k): of each unit, the share of its ratings that fell into a category."""

    @classmethod
    def of(cls, sums: Vector) -> "Tally":
        """From the sums of `features`: (..., 2 k² + k)."""
        k = int((np.sqrt(1 + 8 * sums.shape[-1]) - 1) / 4)
        square = (*sums.shape[:-1], k, k)
        first, second, third = np.split(sums, [k * k, 2 * k * k], axis=-1)
        return cls(first.reshape(square), second.reshape(square), third)


def features(counts: Vector) -> Vector:
    """What each unit adds to a `Tally`: (units, 2 k² + k) from counts (units, k); nothing if nobody rated it.

    Each feature lies in one piece in memory, as they are added up one by one.
    """
    categories = np.ascontiguousarray(counts.T)
    rated = counts.sum(axis=1)
    share, left = 1 / np.maximum(rated, 1), 1 / np.maximum(rated - 1, 1)
    coincidences = [
        one * (other - (row == column)) * left
        for row, one in enumerate(categories)
        for column, other in enumerate(categories)
    ]
    parts = [*coincidences, *(one * share for one in coincidences), *(one * share for one in categories)]
    return np.stack(parts).T


def tally(counts: Vector) -> Tally:
    return Tally.of(features(np.asarray(counts, dtype=np.float64)).sum(axis=0))


def alpha(sums: Tally, metric: Metric = "nominal") -> Vector:
    """Krippendorff's alpha: 1 - observed / expected disagreement, over the ratings that can be paired.

    NaN when nothing can be paired, or all of it is one category.
    """
    used = sums.coincidences.sum(axis=-1)
    distance = distances(used, metric)
    observed = (sums.coincidences * distance).sum(axis=(-2, -1))
    expected = (used[..., :, None] * used[..., None, :] * distance).sum(axis=(-2, -1))
    return np.asarray(1 - (used.sum(axis=-1) - 1) * ratio(observed, expected))


def distances(used: Vector, metric: Metric) -> Vector:
    """Squared differences (..., k, k) between categories that were used as often as `used` (..., k) says."""
    k = used.shape[-1]
    if metric == "nominal":
        return np.asarray(1 - np.eye(k))
    if metric == "interval":
        return np.asarray(np.subtract.outer(np.arange(k), np.arange(k)) ** 2.0)
    middles = np.cumsum(used, axis=-1) - used / 2
    return np.asarray((middles[..., :, None] - middles[..., None, :]) ** 2)


def percent(sums: Tally, weights: Weights = "unweighted") -> Vector:
    """The probability that two of a unit's ratings agree, averaged over the units that have two; in [0, 1]."""
    agreeing = sums.pairs * credit(sums.pairs.shape[-1], weights)
    return ratio(agreeing.sum(axis=(-2, -1)), sums.pairs.sum(axis=(-2, -1)))


def fleiss(sums: Tally, weights: Weights = "unweighted") -> Vector:
    """Fleiss' kappa, for any number of ratings a unit (Gwet 2014, section 2.4). NaN for one category only."""
    used = usage(sums)
    expected = (used[..., :, None] * used[..., None, :] * credit(used.shape[-1], weights)).sum(axis=(-2, -1))
    return corrected(percent(sums, weights), expected)


def gwet(sums: Tally, weights: Weights = "unweighted") -> Vector:
    """Gwet's AC1, or AC2 with weights (Gwet 2014, sections 2.5 and 3.5).

    Where only one category was used, AC1 is 1 by its formula; here it is NaN, as nothing shows that labelers would
    tell another one.
    """
    used = usage(sums)
    k = used.shape[-1]
    expected = credit(k, weights).sum() / (k * (k - 1)) * (used * (1 - used)).sum(axis=-1)
    return np.where(used.max(axis=-1) < 1, corrected(percent(sums, weights), expected), np.nan)


def specific(sums: Tally, category: int) -> Vector:
    """When one rating of a unit is this category, the probability that another one is too; in [0, 1].

    Proportion of specific agreement: Cicchetti and Feinstein, J. Clin. Epidemiol. 43 (1990), 551-558.
    """
    row = sums.coincidences[..., category, :]
    return ratio(row[..., category], row.sum(axis=-1))


def cohen(confusion: Vector, weights: Weights = "unweighted") -> Vector:
    """Cohen's kappa of two raters, from counts (..., k, k): rows are one's categories, columns the other's.

    NaN when they have no unit in common, or when both used the same single category.
    """
    shares = ratio(confusion, confusion.sum(axis=(-2, -1), keepdims=True))
    expected = shares.sum(axis=-1)[..., :, None] * shares.sum(axis=-2)[..., None, :]
    given = credit(confusion.shape[-1], weights)
    return corrected((shares * given).sum(axis=(-2, -1)), (expected * given).sum(axis=(-2, -1)))


def usage(sums: Tally) -> Vector:
    """How often each category is used: the mean over rated units of its share there; (..., k)."""
    return ratio(sums.shares, sums.shares.sum(axis=-1, keepdims=True))


def credit(k: int, weights: Weights) -> Vector:
    """How far two ordered categories agree, (k, k): 1 on the diagonal, 0 for the two ends unless unweighted."""
    if weights == "unweighted":
        return np.eye(k)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return 1 - (apart if weights == "linear" else apart**2)


def corrected(observed: Vector, expected: Vector) -> Vector:
    """The part of what chance leaves open that was agreed on; NaN where chance leaves nothing open."""
    return ratio(observed - expected, np.where(1 - expected > TINY, 1 - expected, 0))


TINY = 1e-12
"""Below this a difference is rounding."""
