"""The figures of one slice of labels, each with its n, its interval and what it is of. Pure."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.agreement import measures
from annotation.agreement.errors import NONE, Pairs, pairs
from annotation.agreement.figures import Figure, Indices, Sample, Vector, distinct, ratio, sampled, summed
from annotation.agreement.labels import Labels
from annotation.agreement.measures import Tally

NEGATIVE, NEUTRAL, POSITIVE = range(3)
NOT_TWICE = "no {unit} was rated by two labelers"
ONE_CLASS = "all ratings are the same, so agreement cannot be told from chance"
PAIRS = "pairs of annotations"
NEVER = "nobody rated a step {rating} that somebody else rated too"


class Line(NamedTuple):
    """One figure of a board."""

    name: str
    figure: Figure
    of: str
    """What its n counts."""


STEP_MEASURES: dict[str, Callable[[Tally], Vector]] = {
    "Krippendorff's alpha, ordinal": partial(measures.alpha, metric="ordinal"),
    "Krippendorff's alpha, nominal": partial(measures.alpha, metric="nominal"),
    "Krippendorff's alpha, interval": partial(measures.alpha, metric="interval"),
    "Fleiss' kappa": measures.fleiss,
    "Gwet's AC1": measures.gwet,
    "Gwet's AC2, quadratic weights": partial(measures.gwet, weights="quadratic"),
}
CLASSES = {
    "Agreement on negative": NEGATIVE,
    "Agreement on neutral": NEUTRAL,
    "Agreement on positive": POSITIVE,
}


def of_steps(labels: Labels) -> list[Line]:
    """On the ratings of steps. n is how many steps (or alternatives) two labelers or more have rated."""
    counts, sample = labels.units.counts, step_sample(labels)
    n, clusters = twice(labels, counts[:, 0] >= 0)
    why = ONE_CLASS if n else NOT_TWICE.format(unit="step")
    lines = [
        Line(name, tallied(sample, measure, n, clusters, why), "steps rated twice")
        for name, measure in STEP_MEASURES.items()
    ]
    same = tallied(sample, measures.percent, n, clusters, why, is_share=True)
    lines.append(Line("Percent agreement", same, "steps rated twice"))
    for name, category in CLASSES.items():
        why = NEVER.format(rating=name.rpartition(" ")[2])
        measure = partial(measures.specific, category=category)
        figure = tallied(sample, measure, *twice(labels, counts[:, category] > 0), why, is_share=True)
        lines.append(Line(name, figure, "such steps rated twice"))
    return lines


def step_sample(labels: Labels) -> Sample:
    clusters = labels.units.clusters
    return sampled(labels.added(clusters, int(clusters.max(initial=-1)) + 1))


def tallied(
    sample: Sample,
    measure: Callable[[Tally], Vector],
    n: int,
    clusters: int,
    because: str,
    *,
    is_share: bool = False,
) -> Figure:
    return sample.figure(
        lambda sums: measure(Tally.of(sums)), n=n, clusters=clusters, because=because, is_share=is_share
    )


def twice(labels: Labels, which: NDArray[np.bool_]) -> tuple[int, int]:
    """Of the units `which`, how many two labelers or more have rated, and in how many solutions those are."""
    units = labels.units
    found = which & (units.counts.sum(axis=1) > 1)
    return int(found.sum()), len(distinct(units.clusters[found]))


def of_finish_reasons(labels: Labels) -> list[Line]:
    """On how annotations ended. n is how many solutions have been rated by two labelers or more."""
    counts = labels.reason_counts
    sample = sampled(measures.features(counts))
    n = int((counts.sum(axis=1) > 1).sum())
    why = "all annotations ended alike" if n else NOT_TWICE.format(unit="solution")
    alpha = tallied(sample, measures.alpha, n, n, why)
    same = tallied(sample, measures.percent, n, n, why, is_share=True)
    return [
        Line("Finish reason: alpha, nominal", alpha, "solutions rated twice"),
        Line("Finish reason: same", same, "solutions rated twice"),
    ]


def of_first_errors(labels: Labels) -> list[Line]:
    """On where the first error is. n is how many pairs of annotations of one solution there are."""
    found = error_pairs(labels)
    distance = np.abs(found.one - found.other) * found.both
    columns = [np.ones(len(found.one)), found.exact, found.both, found.both * found.exact, distance]
    none = (found.one == NONE) & (found.other == NONE)
    of = np.unique(found.solutions, return_inverse=True)[1]
    sample = sampled(summed(np.stack([*columns, none.astype(np.float64)], axis=1), of))
    paired, both = clusters_of(found.solutions), clusters_of(found.solutions[found.both == 1])
    why = NOT_TWICE.format(unit="solution")
    no_two = "no two labelers found an error in the same solution"
    shares: list[tuple[str, Callable[[Vector], Vector], tuple[int, int], str]] = [
        ("First error: same step, or none", lambda s: ratio(s[..., 1], s[..., 0]), paired, why),
        ("First error: whether there is one", lambda s: ratio(s[..., 2] + s[..., 5], s[..., 0]), paired, why),
        ("First error: same step, where both found one", lambda s: ratio(s[..., 3], s[..., 2]), both, no_two),
    ]
    lines = [
        Line(name, sample.figure(compute, n=n, clusters=clusters, because=because, is_share=True), PAIRS)
        for name, compute, (n, clusters), because in shares
    ]
    apart = sample.figure(lambda s: ratio(s[..., 4], s[..., 2]), n=both[0], clusters=both[1], because=no_two)
    return [*lines, Line("First error: steps apart, where both found one", apart, PAIRS)]


def clusters_of(solutions: Indices) -> tuple[int, int]:
    """How many entries there are, and of how many solutions."""
    return len(solutions), len(distinct(solutions))


def error_pairs(labels: Labels) -> Pairs:
    which = labels.looked_for_errors
    return pairs(labels.solutions[which], labels.errors[which])


def of_repeats(labels: Labels) -> list[Line]:
    """Of labelers with themselves, on solutions that they were given again; n steps rated again."""
    solutions, before, after = labels.repeats
    confusions = np.zeros((len(before), 9))
    confusions[np.arange(len(before)), before * 3 + after] = 1
    sample, (n, clusters) = sampled(summed(confusions, solutions)), clusters_of(solutions)
    why = "nobody was given the same solution twice"

    def same(sums: Vector) -> Vector:
        return ratio(sums[..., [0, 4, 8]].sum(axis=-1), sums.sum(axis=-1))

    def kappa(sums: Vector) -> Vector:
        return measures.cohen(sums.reshape(*sums.shape[:-1], 3, 3), "quadratic")

    as_before = sample.figure(same, n=n, clusters=clusters, because=why, is_share=True)
    weighted = sample.figure(kappa, n=n, clusters=clusters, because=ONE_CLASS if n else why)
    return [
        Line("Self-agreement: same rating", as_before, "steps rated again"),
        Line("Self-agreement: kappa, quadratic weights", weighted, "steps rated again"),
    ]


def lines(labels: Labels) -> list[Line]:
    return [*of_steps(labels), *of_first_errors(labels), *of_finish_reasons(labels), *of_repeats(labels)]
