"""What the true rating of each step may be, judged by how each labeler uses the ratings. Pure.

A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Appl.
Statist. 28 (1979), 20-28. A step has a true rating that nobody sees, and a labeler says each rating with a
probability that depends on the true one only. That the ratings are ordered is in the prior: before anything is
known of a labeler, a rating next to the true one is likelier than the opposite one. So this is the maximum of the
posterior, not of the likelihood, and a labeler with three ratings is not taken to be infallible.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.agreement.figures import (
    LEFT_OUT,
    Figure,
    Indices,
    Vector,
    distinct,
    in_groups,
    jackknifed,
    numbered,
)
from annotation.agreement.labels import Labels

ALONE = "nobody else rated the same steps"
ONE_CLASS = "all ratings are the same"
METHOD = "Dawid-Skene, ordered prior"
PRIOR = np.array([[4, 1, 0.25], [1, 4, 1], [0.25, 1, 4]])
"""What each labeler is taken to have said before: rows are true ratings, columns what was said. Our choice."""
ROUNDS = 300
CLOSE = 1e-5
"""Probabilities that change by less have settled."""
NEAR = 1e-4
"""The same where only the error of a figure rests on it, which is a hundred times as large."""
LEAST = 1.0
"""So many of a labeler's ratings must be of steps with a true rating, to say what the labeler calls those."""


class Truth(NamedTuple):
    people: Indices
    """Memberships."""
    confusions: Vector
    """(people, 3, 3): the probability of what is said (columns) given the true rating (rows)."""
    classes: Vector
    """(3,): how frequent each true rating is."""
    steps: Vector
    """(units, 3): the probability of each true rating, in the order of `Labels.units`; these are soft labels."""
    has_settled: bool

    @property
    def severity(self) -> Vector:
        """By how much each labeler rates lower than the truth on average, (people,), in [-2, 2]."""
        return np.asarray(self.classes @ [-1, 0, 1] - self.said @ [-1, 0, 1])

    @property
    def accuracy(self) -> Vector:
        """(people,): the probability that what is said is the true rating."""
        return np.asarray(np.einsum("t,ptt->p", self.classes, self.confusions))

    @property
    def said(self) -> Vector:
        """(people, 3): how often each says each rating, were all steps before everybody."""
        return np.asarray(self.classes @ self.confusions)


class Person(NamedTuple):
    """What a labeler is judged to be; n are ratings of steps that others rated, too."""

    labeler: int
    """A membership."""
    accuracy: Figure
    """The probability that what is said is the true rating."""
    severity: Figure
    """By how much lower than the truth the labeler rates, in [-2, 2]."""
    confusion: Vector | None
    """(3, 3), a row NaN of which the labeler rated no step; None of one whose steps nobody else rated.

    Both would be the prior alone.
    """


class Patterns(NamedTuple):
    """Units about which the same labelers said the same are one pattern."""

    of_unit: Indices
    """(units,)"""
    many: Vector
    """(patterns,): how many units."""
    starts: Indices
    """(patterns,): where the entries of each begin."""
    cells: Indices
    """(entries,): labeler * 3 + rating, from 0."""

    @property
    def of(self) -> Indices:
        """(entries,): which pattern each is of."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(self.cells))))


def truth(labels: Labels) -> Truth:
    return judged(labels)[0]


def judged(labels: Labels) -> tuple[Truth, list[Person]]:
    """The truth, and each of its people; their intervals leave groups of solutions out."""
    people, who = numbered(labels.labelers)
    units, place = labels.places
    cells = who[labels.of[labels.counted]] * 3 + labels.ratings[labels.counted] + 1
    found = patterns(place, cells)
    posterior, confusions, classes, has_settled = settled(found, found.many, begun(found), len(people))
    result = Truth(people, confusions, classes, posterior[found.of_unit], has_settled)
    group = in_groups(int(units.clusters.max(initial=-1)) + 1)[units.clusters]
    others = [without(found, group == out, posterior, result) for out in range(LEFT_OUT)]
    shared = units.counts.sum(axis=1)[place] > 1
    n = np.bincount(cells[shared] // 3, minlength=len(people))
    pairs = distinct(units.clusters[place[shared]] * len(people) + cells[shared] // 3)
    solutions = np.bincount(pairs % max(len(people), 1), minlength=len(people))
    accuracies = np.stack([other.accuracy for other in others], axis=1)
    severities = np.stack([other.severity for other in others], axis=1)
    is_one_class = len(distinct(cells % 3)) <= 1
    met = np.where((n > 0) & (not is_one_class), 1.0, np.nan)
    why = ONE_CLASS if is_one_class else ALONE
    heard = counted(found.cells, found.of, posterior * found.many[:, None], len(people)).sum(axis=2)
    rows = np.where(heard[:, :, None] < LEAST, np.nan, confusions)
    columns = (
        people.tolist(),
        jackknifed(result.accuracy * met, accuracies, n, solutions, because=why, within=(0, 1)),
        jackknifed(result.severity * met, severities, n, solutions, because=why, within=(-2, 2)),
        [confusion if known == 1 else None for confusion, known in zip(rows, met, strict=True)],
    )
    return result, [Person(*one) for one in zip(*columns, strict=True)]


def without(found: Patterns, left_out: NDArray[np.bool_], posterior: Vector, near: Truth) -> Truth:
    """As if some units were not there; from where it settles with them."""
    many = found.many - np.bincount(found.of_unit[left_out], minlength=len(found.many))
    _, confusions, classes, has_settled = settled(found, many, posterior, len(near.people), NEAR)
    return near._replace(confusions=confusions, classes=classes, has_settled=has_settled)


def patterns(place: Indices, cells: Indices) -> Patterns:
    """From which unit each rating is of, and its cell. Exact: a pattern is built up one rating at a time."""
    width = int(cells.max(initial=0)) + 2
    cells, sizes = np.sort(place * width + cells) % width, np.bincount(place)
    first = np.cumsum(sizes) - sizes
    number = np.zeros(len(sizes), dtype=np.intp)
    for depth in range(int(sizes.max(initial=0))):
        said = np.where(sizes > depth, cells[np.minimum(first + depth, len(cells) - 1)] + 1, 0)
        number = numbered(number * width + said)[1]
    many = np.bincount(number)
    example = np.zeros(len(many), dtype=np.intp)
    example[number] = np.arange(len(number))
    lengths = sizes[example]
    starts = np.cumsum(lengths) - lengths
    entries = np.repeat(first[example] - starts, lengths) + np.arange(lengths.sum())
    return Patterns(number, many.astype(np.float64), starts, cells[entries])


def begun(found: Patterns) -> Vector:
    """The shares of what was said about each pattern: (patterns, 3)."""
    said = added(np.eye(3)[found.cells % 3], found.starts)
    return np.asarray(said / np.maximum(said.sum(axis=1, keepdims=True), 1))


def settled(
    found: Patterns, many: Vector, posterior: Vector, people: int, close: float = CLOSE
) -> tuple[Vector, Vector, Vector, bool]:
    """Posterior (patterns, 3), confusions and classes, by maximisation and expectation in turn."""
    of = found.of
    confusions, classes = maximised(found.cells, of, posterior * many[:, None], people)
    for _ in range(ROUNDS):
        posterior = expected(found, confusions, classes)
        before = confusions
        confusions, classes = maximised(found.cells, of, posterior * many[:, None], people)
        if np.abs(confusions - before).max(initial=0) < close:
            return posterior, confusions, classes, True
    return posterior, confusions, classes, False


def expected(found: Patterns, confusions: Vector, classes: Vector) -> Vector:
    by_cell = np.log(confusions).transpose(0, 2, 1).reshape(-1, 3)
    logs = added(by_cell[found.cells], found.starts) + np.log(classes)
    # Column by column: along an axis of three numpy's own maximum and sum take several times as long.
    most = np.maximum(np.maximum(logs[:, 0], logs[:, 1]), logs[:, 2])
    odds = np.exp(logs - most[:, None])
    return np.asarray(odds / (odds @ np.ones(3))[:, None])


def maximised(cells: Indices, of: Indices, weighted: Vector, people: int) -> tuple[Vector, Vector]:
    counts = counted(cells, of, weighted, people) + PRIOR
    classes = weighted.sum(axis=0) + 1
    return counts / counts.sum(axis=2, keepdims=True), classes / classes.sum()


def counted(cells: Indices, of: Indices, weighted: Vector, people: int) -> Vector:
    """(people, 3, 3): how often each is expected to have said each rating (columns) of each true one (rows)."""
    by_cell = [np.bincount(cells, weighted[of, true], minlength=people * 3) for true in range(3)]
    return np.stack(by_cell).reshape(3, people, 3).transpose(1, 0, 2).astype(np.float64)


def added(values: Vector, starts: Indices) -> Vector:
    return np.add.reduceat(values, starts, axis=0) if len(starts) else np.zeros((0, values.shape[1]))


def majority(counts: Vector) -> Indices:
    """The rating that most gave, -1, 0 or 1, of counts (units, 3); `TIED` where several are first."""
    most = counts.max(axis=1, keepdims=True)
    return np.where((counts == most).sum(axis=1) == 1, counts.argmax(axis=1) - 1, TIED)


TIED = 9


def first_error(truth: Vector, steps: int) -> Vector:
    """The probability that the first error is at each step, and last that there is none: (steps + 1,).

    From soft labels (rated steps, 3) of the first steps of one solution, as if its steps were independent. Steps
    that nobody rated come after errors everybody saw; they are taken to have none.
    """
    wrong = np.zeros(steps)
    wrong[: len(truth)] = truth[:, 0]
    before = np.concatenate([[1.0], np.cumprod(1 - wrong)])
    return np.append(before[:-1] * wrong, before[-1])
