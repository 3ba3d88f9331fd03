"""Words and pairs of words as columns of a sparse matrix, without a vocabulary to keep.

The column of a term is its CRC-32 modulo `BUCKETS`: the same on every machine and in every version of Python.
"""

from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 2**12
MAX_TERMS = 200
"""Terms of a step that are looked at."""
MIXED = np.uint32(0x9E3779B1)
"""Knuth's multiplicative hash: spreads pairs over the buckets."""


class Hashed(NamedTuple):
    """A sparse matrix of `count` rows x `BUCKETS`, as coordinates; the same one may come more than once, to be summed.

    A row has length 1 when all its terms fall into columns of their own.
    """

    count: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    weights: NDArray[np.float64]

    def times(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """The matrix times a vector of `BUCKETS`: one number a row."""
        return np.bincount(self.rows, self.weights * vector[self.columns], minlength=self.count)


@lru_cache(maxsize=2**16)
def code(term: str) -> int:
    return crc32(term.encode())


def codes(terms: list[str]) -> list[int]:
    """A code a term; all numbers are one term, for what they are is the other features' affair."""
    return [code("0" if term[0].isdigit() else term) for term in terms[:MAX_TERMS]]


def hashed(steps: list[list[int]]) -> Hashed:
    """The matrix of steps that are given as codes of terms, each term once and each pair of neighbours once."""
    sizes = np.fromiter(map(len, steps), np.intp, len(steps))
    words = np.fromiter((one for step in steps for one in step), np.uint32, int(sizes.sum()))
    rows = np.repeat(np.arange(len(steps)), sizes)
    neighbours = rows[1:] == rows[:-1] if len(rows) else np.zeros(0, bool)
    pairs = (words[:-1] * MIXED + words[1:])[neighbours]
    columns = np.concatenate([words, pairs]) % BUCKETS
    both = np.concatenate([rows, rows[1:][neighbours]])
    keys = np.unique(both * BUCKETS + columns.astype(np.intp))
    of_rows = keys // BUCKETS
    weights = 1 / np.sqrt(np.bincount(of_rows, minlength=len(steps)))
    return Hashed(len(steps), of_rows, keys % BUCKETS, weights[of_rows])
