"""Rated solutions as a matrix, and its division by problems."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]

from annotation.verifier.examples import Rated
from annotation.verifier.features import rows_of
from annotation.verifier.hashing import BUCKETS, Hashed
from annotation.verifier.measures import NO_ERROR, Flags, Indices

Matrix = Any
"""A scipy.sparse.csr_matrix, which has no types."""


class Data(NamedTuple):
    """Rated steps, one row each, solution after solution."""

    dense: NDArray[np.float64]
    hashed: Matrix
    correct: Flags
    problems: Indices
    """The number of each row's problem, from 0 without gaps."""
    solutions: Indices
    """The same of its solution."""
    complete: Flags
    """One a solution: rated without a gap up to the first error or to the end."""
    whole: Flags
    """One a solution: not an alternative after the beginning of one."""
    keys: list[str]
    """One a problem."""

    def of_problems(self, wanted: Flags) -> "Data":
        """The rows of some problems, numbered anew."""
        rows = wanted[self.problems]
        solutions = np.unique(self.solutions[rows])
        return Data(
            self.dense[rows],
            self.hashed[rows],
            self.correct[rows],
            numbered(self.problems[rows]),
            numbered(self.solutions[rows]),
            self.complete[solutions],
            self.whole[solutions],
            [key for key, is_wanted in zip(self.keys, wanted, strict=True) if is_wanted],
        )

    def whole_solutions(self) -> tuple[Flags, Indices, Indices]:
        """Which rows are of complete solutions; where among them each solution starts; its first error."""
        rows = self.complete[self.solutions]
        starts = np.flatnonzero(np.diff(self.solutions[rows], prepend=-1))
        sizes = np.diff(np.append(starts, int(rows.sum())))
        last = starts + sizes - 1
        # Nothing is rated after the first error, so it is the last step.
        return rows, starts, np.where(self.correct[rows][last], NO_ERROR, sizes - 1)


def numbered(values: Indices) -> Indices:
    """The values as numbers from 0 without gaps, in their order."""
    return np.unique(values, return_inverse=True)[1]


def data_of(found: Sequence[Rated]) -> Data:
    """One row for each rated step; the steps that are not rated are context."""
    # Solutions of one problem in a row are read faster.
    found = sorted(found, key=lambda one: (one.problem_key, one.problem, one.steps, str(one.correct)))
    rows = rows_of((one.problem, one.steps) for one in found)
    flags = [correct for one in found for correct in one.correct]
    is_rated = np.array([correct is not None for correct in flags])
    keys = sorted({one.problem_key for one in found})
    number = {key: index for index, key in enumerate(keys)}
    sizes = [len(one.correct) for one in found]
    return Data(
        rows.dense[is_rated],
        hstack([sparse(rows.words), sparse(rows.shapes)]).tocsr()[is_rated],
        np.array([bool(correct) for correct in flags])[is_rated],
        np.repeat([number[one.problem_key] for one in found], sizes)[is_rated],
        np.repeat(np.arange(len(found)), sizes)[is_rated],
        np.array([one.is_complete for one in found]),
        np.array([one.is_whole for one in found]),
        keys,
    )


def sparse(hashed: Hashed) -> Matrix:
    return csr_matrix((hashed.weights, (hashed.rows, hashed.columns)), shape=(hashed.steps, BUCKETS))


def folds(data: Data, *, seed: int, count: int = 5) -> Indices:
    """A fold for each problem, so that every fold's rest has steps of both kinds.

    Problems are shuffled by a hash of key and seed within three groups: only wrong steps, both kinds, only correct
    ones. Dealing them out in that order spreads the problems of either kind over as many folds as there can be.
    """
    wrong = np.bincount(data.problems, ~data.correct, minlength=len(data.keys)) > 0
    right = np.bincount(data.problems, data.correct, minlength=len(data.keys)) > 0
    group = right.astype(int) - wrong
    order = sorted(range(len(data.keys)), key=lambda one: (group[one], place(data.keys[one], seed)))
    fold = np.zeros(len(order), dtype=np.intp)
    fold[order] = np.arange(len(order)) % count
    return fold


def place(key: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{key}".encode(), digest_size=8).digest()
