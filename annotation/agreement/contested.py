"""The steps that labelers disagree on most. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.labels import Labels
from annotation.agreement.measures import distances


class Contested(NamedTuple):
    solution: int
    step: int
    """Counted from 0."""
    completion: int
    negative: int
    neutral: int
    positive: int
    disagreement: float
    """What the step adds to the observed disagreement of interval alpha: squared distances of its pairs of
    ratings, both ways round, divided by its ratings less one."""


def most_contested(labels: Labels, most: int) -> list[Contested]:
    """At most `most` units that not everybody rated alike, those first that lower alpha most."""
    units = labels.units
    rated = units.counts.sum(axis=1)
    distance = distances(units.counts, "interval")
    apart = np.einsum("uc,cd,ud->u", units.counts, distance, units.counts) / np.maximum(rated - 1, 1)
    order = np.lexsort((units.completions, units.steps, units.solutions, -rated, -apart))[:most]
    return [
        Contested(
            int(units.solutions[at]),
            int(units.steps[at]),
            int(units.completions[at]),
            negative=int(units.counts[at, 0]),
            neutral=int(units.counts[at, 1]),
            positive=int(units.counts[at, 2]),
            disagreement=float(apart[at]),
        )
        for at in order
        if apart[at] > 0
    ]
