"""Agreement on where the first error is. Pure.

One entry for each annotation that looked for it to the end: its solution, and the index of the step with the first
error, counted from 0, or `NONE`. An annotation that was given up, or calls the problem bad, has no entry.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Indices, Vector

NONE = -1
"""No error was found."""


class Pairs(NamedTuple):
    """Each two annotations of one solution once; arrays with one entry a pair."""

    solutions: Indices
    one: Indices
    """Index of the one's first error, or `NONE`."""
    other: Indices

    @property
    def exact(self) -> Vector:
        """1 where both have the same first error, or both none."""
        return np.asarray(self.one == self.other, dtype=np.float64)

    @property
    def both(self) -> Vector:
        """1 where both found an error, wherever."""
        return np.asarray((self.one != NONE) & (self.other != NONE), dtype=np.float64)


def pairs(solutions: Indices, errors: Indices) -> Pairs:
    """Each two entries with the same solution."""
    order = np.argsort(solutions, kind="stable")
    solutions, errors = solutions[order], errors[order]
    found = [
        (solutions[apart:][same], errors[:-apart][same], errors[apart:][same])
        for apart, same in neighbours(solutions)
    ]
    if not found:
        nothing = np.zeros(0, dtype=np.intp)
        return Pairs(nothing, nothing, nothing)
    return Pairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def neighbours(solutions: Indices) -> Iterator[tuple[int, np.ndarray]]:
    """For sorted solutions, each distance at which there are two entries of one, and where."""
    apart = 1
    while apart < len(solutions) and (same := solutions[apart:] == solutions[:-apart]).any():
        yield apart, same
        apart += 1
