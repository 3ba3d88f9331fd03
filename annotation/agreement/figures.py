"""A figure with its n and its interval, or the reason why there is none. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.shares import NORMAL, wilson

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

RESAMPLES = 1_000
SEED = 0
"""Of the resamples: the same rows give the same interval."""
GROUPS = 2_000
"""The standard error of a standard error from 2,000 groups is 1.6 %."""
LEFT_OUT = 20
"""Groups of a jackknife: its standard error rests on so many figures."""
STUDENT = 2.093
"""Such standard errors to either side that hold 95 %: Student's t with one degree of freedom less."""
FEWEST = 10
"""Clusters (annotations or solutions) from which on a figure has an interval."""
LEAST_WIDTH = 1e-9
"""Of an interval; less is rounding."""
CLOSE = 8
"""A table of so many times the values is still faster made than they are sorted."""


@dataclass(frozen=True)
class Figure:
    """`value` is None when the figure is undefined, and `because` says why."""

    value: float | None
    n: int
    """Of what was looked at; whoever makes the figure says of what."""
    low: float | None = None
    high: float | None = None
    because: str = ""


@dataclass(frozen=True)
class Sample:
    """Sums that figures are made of, as they are and as they would be for other solutions."""

    total: Vector
    """(features,)"""
    drawn: Vector
    """(resamples, features)"""

    def figure(
        self, compute: Callable[[Vector], Vector], *, n: int, clusters: int, because: str, is_share: bool = False
    ) -> Figure:
        """A figure with the middle 95 % of it over the resamples.

        `compute` takes sums (..., features) to figures (...), NaN where undefined; `because` is why it is then.
        It rests on so many `clusters`: no interval for less than `FEWEST`, or when most resamples are undefined.
        Where all resamples are alike nothing tells the error; a share has Wilson's interval for the clusters then.
        """
        value = float(compute(self.total))
        if np.isnan(value):
            return Figure(None, n, because=because)
        low, high = middle(compute(self.drawn)) if clusters >= FEWEST else (None, None)
        if low is None or high is None or high - low > LEAST_WIDTH:
            return Figure(value, n, low, high)
        return Figure(value, n, *wilson(value * clusters, clusters)) if is_share else Figure(value, n)


def sampled(sums: Vector, *, resamples: int = RESAMPLES) -> Sample:
    """From what each cluster adds to the sums, shape (clusters, features), by the bootstrap over whole clusters.

    Ratings of one solution depend on each other, so solutions are drawn with replacement, not ratings (Field and
    Welsh, Bootstrapping clustered data, J. R. Statist. Soc. B 69 (2007), 369-390). Many clusters are put together
    at random into `GROUPS` first, which are then drawn: that costs the interval less precision than the number of
    resamples does.
    """
    random = np.random.default_rng(SEED)
    if len(sums) > GROUPS:
        sums = summed(sums, random.permutation(len(sums)) % GROUPS)
    if not len(sums):
        sums = np.zeros((1, sums.shape[1]))
    count = len(sums)
    drawn = np.stack([np.bincount(random.integers(count, size=count), minlength=count) for _ in range(resamples)])
    return Sample(sums.sum(axis=0), drawn.astype(np.float64) @ sums)


def summed(features: Vector, clusters: Indices, count: int = 0) -> Vector:
    """Rows (n, features) added up within clusters, numbered from 0, at least `count`: (clusters, features)."""
    count = max(count, int(clusters.max(initial=-1)) + 1)
    return np.stack([np.bincount(clusters, column, minlength=count) for column in features.T], axis=1)


def summed_alike(kinds: Vector, kind: Indices, clusters: Indices, count: int) -> Vector:
    """As `summed`, of many rows (n,) that are of few `kinds` (kinds, features): which one each is."""
    if len(kinds) * count > CLOSE * len(kind):
        return summed(kinds[kind], clusters, count)
    cells = np.bincount(clusters * len(kinds) + kind, minlength=count * len(kinds))
    return np.asarray(cells.reshape(count, len(kinds)).astype(np.float64) @ kinds)


def numbered(values: Indices) -> tuple[Indices, Indices]:
    """The different ones, in order, and which of them each value is."""
    if not is_close(values):
        return np.unique(values, return_inverse=True)
    least, is_there = there(values)
    return np.flatnonzero(is_there) + least, (np.cumsum(is_there) - 1)[values - least]


def distinct(values: Indices) -> Indices:
    """The different ones, in order."""
    if not is_close(values):
        ordered = np.sort(values)  # for a million whole numbers faster than numpy's `unique`
        return np.asarray(ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0])
    least, is_there = there(values)
    return np.flatnonzero(is_there) + least


def is_close(values: Indices) -> bool:
    """Whether a table of what lies between the least and the greatest is faster than a sort."""
    return len(values) > 0 and int(values.max()) - int(values.min()) < CLOSE * len(values)


def there(values: Indices) -> tuple[int, NDArray[np.bool_]]:
    """The least, and for each number from it on whether it is among the values."""
    least = int(values.min())
    is_there = np.zeros(int(values.max()) - least + 1, dtype=np.bool_)
    is_there[values - least] = True
    return least, is_there


def whole_of(values: NDArray[Any], of: Indices, count: int) -> Indices:
    """Numbers added up within `count` parts, as whole numbers."""
    return np.bincount(of, values, minlength=count).astype(np.intp)


def ratios(
    part: Vector | Indices,
    whole: Vector,
    of: Indices,
    n: Indices,
    *,
    because: str,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> list[Figure]:
    """For each of several people `sum(part) / sum(whole)`, from what each annotation adds (annotations,).

    `of` is whose annotation it is, numbered from 0, and `n` what is looked at of each. Intervals are normal ones
    of the error of `linearised`; none below `FEWEST` annotations, where they would be too narrow, and none where
    all are alike, so that nothing tells the error. No bound lies outside of `within`.
    """
    values, errors, kept = linearised(part, whole, of, len(n))
    return [
        Figure(None, int(size), because=because)
        if np.isnan(value)
        else Figure(float(value), int(size))
        if many < FEWEST or error < LEAST_WIDTH
        else Figure(float(value), int(size), *bounds(value, NORMAL * error, within))
        for value, error, many, size in zip(values, errors, kept, n, strict=True)
    ]


def shares(part: Vector | Indices, whole: Vector, of: Indices, n: Indices, *, because: str) -> list[Figure]:
    """As `ratios`, for shares: bounds lie in [0, 1], and 0 of many is not taken for never.

    Wilson's interval for as many independent draws as would have the same error; where all are alike, and nothing
    tells the error, for one of each annotation (N. Dean and M. Pagano, Evaluating confidence interval methods for
    binomial proportions in clustered surveys, J. Surv. Stat. Methodol. 3 (2015), 484-503).
    """
    values, errors, kept = linearised(part, whole, of, len(n))
    draws = np.where(errors > 0, ratio(values * (1 - values), errors**2), kept)
    return [
        Figure(None, int(size), because=because)
        if np.isnan(value)
        else Figure(float(value), int(size))
        if many < FEWEST
        else Figure(float(value), int(size), *wilson(float(value * drawn), float(drawn)))
        for value, drawn, many, size in zip(values, draws, kept, n, strict=True)
    ]


def linearised(part: Vector | Indices, whole: Vector, of: Indices, count: int) -> tuple[Vector, Vector, Indices]:
    """`sum(part) / sum(whole)` of each of `count`, its standard error, and how many annotations have a whole.

    Annotations are independent of each other (Cochran, Sampling Techniques, 3rd ed. (1977), section 6.8, for large
    populations).
    """
    total = np.bincount(of, whole, minlength=count)
    values = ratio(np.bincount(of, part, minlength=count), total)
    kept = whole_of(whole != 0, of, count)
    squares = np.bincount(of, np.nan_to_num(part - values[of] * whole) ** 2, minlength=count)
    return values, ratio(np.sqrt(squares * ratio(kept, kept - 1)), total), kept


def jackknifed(
    values: Vector,
    without: Vector,
    n: Indices,
    clusters: Indices,
    *,
    because: str,
    within: tuple[float, float] = (-1.0, 1.0),
) -> list[Figure]:
    """Several figures with the interval of the delete-a-group jackknife (Kott, J. Off. Stat. 17 (2001), 521-526).

    `values` are the figures (figures,), `without` what each is without one group of its clusters, shape (figures,
    groups), `clusters` how many it rests on; no interval below `FEWEST` of them, or where leaving a group out
    leaves it undefined, or always the same. No bound lies outside of `within`.
    """
    groups = without.shape[1]
    apart = without - without.mean(axis=1, keepdims=True)
    errors = np.sqrt((groups - 1) / groups * (apart**2).sum(axis=1))
    return [
        Figure(None, int(size), because=because)
        if np.isnan(value)
        else Figure(float(value), int(size))
        if many < FEWEST or np.isnan(error) or error < LEAST_WIDTH
        else Figure(float(value), int(size), *bounds(value, STUDENT * error, within))
        for value, error, many, size in zip(values, errors, clusters, n, strict=True)
    ]


def bounds(value: float, reach: float, within: tuple[float, float]) -> tuple[float, float]:
    least, greatest = within
    return max(least, float(value - reach)), min(greatest, float(value + reach))


def counted(part: Indices, whole: Indices, *, because: str) -> list[Figure]:
    """Several shares `part / whole` of what is independent, with Wilson's interval; n are the wholes."""
    return [
        Figure(int(one) / int(of), int(of), *wilson(int(one), int(of))) if of else Figure(None, 0, because=because)
        for one, of in zip(part, whole, strict=True)
    ]


def in_groups(clusters: int) -> Indices:
    """At random one of `LEFT_OUT` groups for each cluster: (clusters,)."""
    return np.random.default_rng(SEED).permutation(clusters) % LEFT_OUT


def middle(values: Vector) -> tuple[float, float] | tuple[None, None]:
    """Bounds of the middle 95 %."""
    known = values[~np.isnan(values)]
    if len(known) <= len(values) / 2:
        return None, None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def ratio(part: Vector | Indices, whole: Vector | Indices) -> Vector:
    """`part / whole`, NaN where the whole is 0."""
    result: Vector = np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole != 0)
    return result
