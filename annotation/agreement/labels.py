"""What labelers said of the steps, as arrays, and what of it counts. Pure."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from annotation.agreement.errors import NONE
from annotation.agreement.figures import Indices, Vector, numbered, summed_alike
from annotation.agreement.measures import features

NO_GENERATION = -32_768
"""Of an annotation whose task is in no generation: loaded, or phase 1."""
REASONS = 4
"""Why annotations ended: how many entries `tables.REASONS` has."""
ENDS = 2
"""So many of them, the first ones, are of work that was brought to its end."""


@dataclass(frozen=True)
class Units:
    """What can be agreed on: (solution, step, completion), one row each, by solution."""

    clusters: Indices
    """Number of the solution, from 0."""
    solutions: Indices
    steps: Indices
    completions: Indices
    counts: Vector
    """(units, 3): how many labelers rated it negative, neutral, positive."""


@dataclass(frozen=True)
class Labels:
    """Annotations, one entry each, and the ratings in them, one entry each in the arrays from `of` on."""

    annotations: Indices
    solutions: Indices
    labelers: Indices
    lengths: Indices
    """Steps of the solution."""
    grown: NDArray[np.bool_]
    """Solutions that grow go on after a negative completion; they have no first error."""
    generations: Indices
    reasons: Indices
    """Index into `tables.REASONS`."""
    active_ms: Indices
    submitted_at: Vector
    """Seconds since 1970."""
    of: Indices
    """Whose rating it is: index into the arrays above."""
    steps: Indices
    completions: Indices
    ratings: Indices
    """-1, 0, 1; what was not rated has no entry."""

    @cached_property
    def errors(self) -> Indices:
        """Of each annotation the step that it calls the first error, or `NONE`."""
        beyond = np.iinfo(np.intp).max
        first = np.full(len(self.annotations), beyond)
        negative = (self.ratings == -1) & (self.completions == 0) & ~self.grown[self.of]
        np.minimum.at(first, self.of[negative], self.steps[negative])
        return np.where(first == beyond, NONE, first)

    @cached_property
    def is_first(self) -> NDArray[np.bool_]:
        """Of several annotations of a solution by one labeler, the one that was submitted first."""
        order = np.lexsort((self.annotations, self.submitted_at, self.labelers, self.solutions))
        again = (np.diff(self.solutions[order]) == 0) & (np.diff(self.labelers[order]) == 0)
        first = np.empty(len(order), dtype=np.bool_)
        first[order] = np.concatenate([np.ones(min(1, len(order)), dtype=np.bool_), ~again])
        return first

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Ratings that count: a labeler's first of the unit, and none after the error that they saw."""
        errors = self.errors[self.of]
        return np.asarray(self.is_first[self.of] & ((errors == NONE) | (self.steps <= errors)))

    @cached_property
    def units(self) -> Units:
        return self.places[0]

    @cached_property
    def places(self) -> tuple[Units, Indices]:
        """The units, and for each rating that counts which of them it is of."""
        which = self.counted
        solutions, of = numbered(self.solutions)
        completions = int(self.completions.max(initial=0)) + 1
        steps = int(self.steps.max(initial=0)) + 1
        keys = (of[self.of[which]] * steps + self.steps[which]) * completions + self.completions[which]
        units, place = numbered(keys)
        counts = np.bincount(place * 3 + self.ratings[which] + 1, minlength=3 * len(units)).reshape(-1, 3)
        clusters = units // (steps * completions)
        found = Units(
            clusters=numbered(clusters)[1],
            solutions=solutions[clusters],
            steps=units // completions % steps,
            completions=units % completions,
            counts=counts.astype(np.float64),
        )
        return found, place

    @cached_property
    def patterns(self) -> tuple[Vector, Indices]:
        """The few ways in which units were rated, counts (patterns, 3), and which of them each unit was."""
        counts = self.units.counts.astype(np.intp)
        width = int(counts.max(initial=0)) + 1
        known, of = numbered((counts[:, 0] * width + counts[:, 1]) * width + counts[:, 2])
        return np.stack([known // width**2, known // width % width, known % width], axis=1).astype(np.float64), of

    def added(self, parts: Indices, count: int) -> Vector:
        """Sums of `measures.features` over the units in each of `count` parts; `parts` says which, (units,)."""
        patterns, of = self.patterns
        return summed_alike(features(patterns), of, parts, count)

    @cached_property
    def beside(self) -> dict[str, Vector]:
        """What each annotation adds to sums over its ratings that count, by name: (annotations,) each.

        How many were "rated", and of these "shared" with others, "negative" and "neutral"; by how much they lie
        below the others' mean ("apart"), and the share of the others who said the "same".
        """
        units, place = self.places
        annotation, rating = self.of[self.counted], self.ratings[self.counted]
        others = (units.counts.sum(axis=1) - 1)[place]
        total = (units.counts @ [-1.0, 0.0, 1.0])[place]
        alike = units.counts.ravel()[place * 3 + rating + 1]
        shared = others > 0
        apart = np.where(shared, (total - rating) / np.maximum(others, 1) - rating, 0)
        same = (alike - 1) / np.maximum(others, 1)
        columns = {
            "rated": np.ones(len(rating)),
            "shared": shared,
            "apart": apart,
            "same": same,
            "negative": rating == -1,
            "neutral": rating == 0,
        }
        size = len(self.annotations)
        return {
            name: np.bincount(annotation, values, minlength=size).astype(np.float64)
            for name, values in columns.items()
        }

    @cached_property
    def looked_for_errors(self) -> NDArray[np.bool_]:
        """Annotations that say where the first error is, or that there is none."""
        return self.is_first & ~self.grown & (self.reasons < ENDS)

    @cached_property
    def reason_counts(self) -> Vector:
        """(solutions, 4): how many labelers ended their work for which reason."""
        which = self.is_first
        of = np.unique(self.solutions[which], return_inverse=True)[1]
        count = int(of.max(initial=-1)) + 1
        counts = np.bincount(of * REASONS + self.reasons[which], minlength=REASONS * count)
        return counts.reshape(count, REASONS).astype(np.float64)

    @cached_property
    def repeats(self) -> tuple[Indices, Indices, Indices]:
        """Units that a labeler rated again: number of the solution, and both ratings as 0, 1, 2 for -1, 0, 1.

        Each later annotation beside the first one; in either, what comes after the error it saw is missing.
        """
        twice = np.isin(self.solutions, self.solutions[~self.is_first])
        errors = self.errors[self.of]
        kept = np.flatnonzero(twice[self.of] & ((errors == NONE) | (self.steps <= errors)))
        keys = np.stack([self.solutions[self.of], self.labelers[self.of], self.steps, self.completions])[:, kept]
        order = np.lexsort((self.submitted_at[self.of[kept]], *keys[::-1]))
        keys, kept = keys[:, order], kept[order]
        is_again = np.concatenate([[False], (np.diff(keys) == 0).all(axis=0)])[: len(kept)]
        first = np.maximum.accumulate(np.where(is_again, 0, np.arange(len(kept))))
        again = np.flatnonzero(is_again)
        clusters = np.unique(keys[0, again], return_inverse=True)[1]
        return clusters, self.ratings[kept[first[again]]] + 1, self.ratings[kept[again]] + 1

    def only(self, which: NDArray[np.bool_]) -> "Labels":
        """Of some of the annotations."""
        of_these = which[self.of]
        number = np.cumsum(which) - 1
        return Labels(
            **{name: getattr(self, name)[which] for name in OF_ANNOTATIONS},
            of=number[self.of[of_these]],
            **{name: getattr(self, name)[of_these] for name in ("steps", "completions", "ratings")},
        )


OF_ANNOTATIONS = (
    "annotations",
    "solutions",
    "labelers",
    "lengths",
    "grown",
    "generations",
    "reasons",
    "active_ms",
    "submitted_at",
)
