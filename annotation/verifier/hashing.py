"""Terms and pairs of terms as columns of a sparse matrix, without a vocabulary to keep.

The column of a term is its CRC-32 modulo `BUCKETS`: the same on every machine and in every version of Python.
"""

from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Codes = NDArray[np.uint32]

BUCKETS = 2**12
MAX_TERMS = 200
"""Terms of a step that are looked at."""
MIXED = np.uint32(0x9E3779B1)
"""Knuth's multiplicative hash: spreads pairs over the buckets."""


class Hashed(NamedTuple):
    """A sparse matrix of `steps` rows x `BUCKETS`, as coordinates. Rows have length 1, those without terms 0."""

    steps: int
    rows: Rows
    columns: Rows
    weights: NDArray[np.float64]

    def times(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """The matrix times a vector of `BUCKETS`: one number a row."""
        sums = np.bincount(self.rows, self.weights * vector[self.columns], minlength=self.steps)
        return sums.astype(np.float64, copy=False)


@lru_cache(maxsize=2**16)
def code(term: str) -> int:
    return crc32(term.encode())


def codes(terms: list[str]) -> list[int]:
    """A code a term; all numbers are one term, for what they are is the other features' affair."""
    return [code("0" if term[0].isdigit() else term) for term in terms[:MAX_TERMS]]


def hashed(steps: list[list[int]], *, pairs: bool) -> Hashed:
    """The matrix of steps given as codes of terms: each term once, and each pair of neighbours if wanted."""
    sizes = np.fromiter(map(len, steps), np.intp, len(steps))
    terms = np.fromiter(chain.from_iterable(steps), np.uint32, int(sizes.sum()))
    rows = np.repeat(np.arange(len(steps)), sizes)
    if pairs:
        rows, terms = with_neighbours(rows, terms)
    cells = np.unique(rows * BUCKETS + (terms % BUCKETS).astype(np.intp))
    rows, columns = np.divmod(cells, BUCKETS)
    lengths = np.sqrt(np.bincount(rows, minlength=len(steps)))
    return Hashed(len(steps), rows, columns, 1 / lengths[rows])


def with_neighbours(rows: Rows, terms: Codes) -> tuple[Rows, Codes]:
    """The terms, and after them the pairs of neighbours in the same row."""
    same = rows[1:] == rows[:-1]
    pairs = (terms[:-1] * MIXED + terms[1:])[same]
    return np.concatenate([rows, rows[1:][same]]), np.concatenate([terms, pairs])
