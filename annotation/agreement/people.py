"""How each labeler rates beside the others. Pure."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Figure, ratios
from annotation.agreement.labels import Labels

ALONE = "nobody else rated the same steps"
NOTHING = "no step was rated"


class Profile(NamedTuple):
    """Figures of one labeler. What others say is of the steps that they rated, too."""

    labeler: int
    """A membership."""
    annotations: int
    severity: Figure
    """Mean of the others' mean rating minus the labeler's own, in [-2, 2]; above 0 is severer than they are."""
    agreement: Figure
    """Mean share of the others who gave the same rating, in [0, 1]."""
    negative: Figure
    """Share of the labeler's ratings."""
    neutral: Figure


def profiles(labels: Labels) -> list[Profile]:
    """Of everybody who rated something, the severest first; n are steps (or alternatives)."""
    people, of = np.unique(labels.labelers, return_inverse=True)
    units, place = labels.places
    annotation, rating = labels.of[labels.counted], labels.ratings[labels.counted]
    whose, count, size = of[annotation], len(people), len(labels.annotations)

    counts = units.counts[place]
    others = counts.sum(axis=1) - 1
    shared = others > 0
    apart = (counts @ [-1, 0, 1] - rating) / np.maximum(others, 1) - rating
    same = (counts[np.arange(len(rating)), rating + 1] - 1) / np.maximum(others, 1)

    def each(values: np.ndarray, where: np.ndarray, because: str) -> list[Figure]:
        n = np.bincount(whose[where], minlength=count)
        part = np.bincount(annotation[where], values[where], minlength=size)
        whole = np.bincount(annotation[where], minlength=size).astype(np.float64)
        return ratios(part, whole, of, n, because=because)

    all_of_it = np.ones(len(rating), dtype=np.bool_)
    columns = zip(
        people.tolist(),
        np.bincount(of, minlength=count).tolist(),
        each(apart, shared, ALONE),
        each(same, shared, ALONE),
        each(rating == -1, all_of_it, NOTHING),
        each(rating == 0, all_of_it, NOTHING),
        strict=True,
    )
    return sorted((Profile(*one) for one in columns), key=severest_first)


def severest_first(profile: Profile) -> tuple[float, int]:
    value = profile.severity.value
    return (np.inf if value is None else -value, profile.labeler)
