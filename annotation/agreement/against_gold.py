"""Annotations held against gold, as arrays: the rule is `learning.quality`'s. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.agreement.errors import NONE
from annotation.agreement.figures import Indices
from annotation.agreement.labels import ENDS, Labels


class Judged(NamedTuple):
    """Steps (or alternatives) that gold judges, one entry each."""

    solutions: Indices
    steps: Indices
    completions: Indices
    accepted: NDArray[np.bool_]
    """(entries, 3): whether negative, neutral, positive is accepted."""
    first: NDArray[np.bool_]
    """Whether this may be the first error."""
    sources: Indices
    """Annotations from which gold was made, however many: they are not held against themselves."""

    @property
    def fatal(self) -> NDArray[np.bool_]:
        """Whether this may be the first error, and may not be passed."""
        return np.asarray(self.first & ~self.accepted[:, 1:].any(axis=1))


class Held(NamedTuple):
    """What each annotation adds, arrays (annotations,)."""

    right: Indices
    """Steps rated as gold accepts."""
    judged: Indices
    """Steps that gold judges and the labeler rated."""
    found: Indices
    """1 where gold accepts the first error, or that there is none."""
    solutions: Indices
    """1 where gold says whether it does."""


def held(labels: Labels, gold: Judged) -> Held:
    """Steps after the labeler's first error are missing, and so is what was not rated."""
    size, errors = len(labels.annotations), labels.errors
    judged = np.isin(labels.solutions, gold.solutions) & ~np.isin(labels.annotations, gold.sources)
    kept = np.flatnonzero(judged[labels.of])
    of = labels.of[kept]
    kept, of = kept[before := (errors[of] == NONE) | (labels.steps[kept] <= errors[of])], of[before]
    at = places(gold, labels.solutions[of], labels.steps[kept], labels.completions[kept])
    known = at >= 0
    right = gold.accepted[at[known], labels.ratings[kept[known]] + 1]
    accepted = places(gold, labels.solutions, errors, np.zeros(size, dtype=np.intp))
    has_error = np.isin(labels.solutions, gold.solutions[gold.first])
    can_pass = ~np.isin(labels.solutions, gold.solutions[gold.fatal])
    is_accepted = np.where(errors == NONE, can_pass, np.append(gold.first, False)[accepted])
    told = judged & ~(has_error & can_pass & (errors > last_steps(gold, labels.solutions)))
    found = told & is_accepted & (labels.reasons < ENDS)
    return Held(
        np.bincount(of[known], right, minlength=size).astype(np.intp),
        np.bincount(of[known], minlength=size),
        found.astype(np.intp),
        told.astype(np.intp),
    )


def last_steps(gold: Judged, solutions: Indices) -> Indices:
    """The last step of each solution that gold judges, or `NONE`."""
    known, of = np.unique(np.concatenate([gold.solutions, solutions]), return_inverse=True)
    of_gold, of_solutions = np.split(of, [len(gold.solutions)])
    last = np.full(len(known), NONE)
    np.maximum.at(last, of_gold[own := gold.completions == 0], gold.steps[own])
    return last[of_solutions]


def places(gold: Judged, solutions: Indices, steps: Indices, completions: Indices) -> Indices:
    """Which entry of gold each is, or -1."""
    every = [np.concatenate(both) for both in zip(gold[:3], (solutions, steps, completions), strict=True)]
    number = np.zeros(len(every[0]), dtype=np.intp)
    for column in every:
        known, place = np.unique(column, return_inverse=True)
        number = np.unique(number * len(known) + place, return_inverse=True)[1]
    own, others = np.split(number, [len(gold.solutions)])
    entry = np.full(int(number.max(initial=-1)) + 1, -1)
    entry[own] = np.arange(len(own))
    return entry[others]
