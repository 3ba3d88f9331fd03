"""A trained verifier: its weights, and how they are stored.

What is stored is a head of JSON and plain numbers after it. Nothing that is loaded is ever executed, and
scikit-learn is not needed to score.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotation.verifier import features
from annotation.verifier.features import Rows, rows_of
from annotation.verifier.hashing import BUCKETS

Vector = NDArray[np.float64]

MAGIC = b"stepmark verifier\n"
FORMAT = 1
SIZE = len(features.NAMES) + 2 * BUCKETS
BATCH = 500
"""Solutions scored at a time: bounds memory."""
SUREST = 20.0
"""The greatest log-odds: keeps every score inside (0, 1), and their products above 0 for long."""


class BadModel(ValueError):
    """Stored bytes that are no verifier of this version; the message says what is wrong with them."""


class Head(msgspec.Struct, forbid_unknown_fields=True):
    """What is stored before the weights."""

    format: int
    features: int
    names: list[str]
    buckets: int
    intercept: float
    threshold: float
    sha256: str
    """Of the weights, in hexadecimal."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A calibrated linear model of P(correct) of a step, given the problem and the steps up to it."""

    intercept: float
    weights: Vector
    """Of the dense features, then of the words, then of the shapes."""
    threshold: float
    """A solution's first step that scores below it is taken for its first error."""

    def score(self, problem: str, steps: Sequence[str]) -> list[float]:
        """P(correct) of each step, inside (0, 1). Later steps have no say in the score of an earlier one."""
        return list(map(float, self.probabilities(rows_of([(problem, steps)]))))

    def score_many(self, solutions: Iterable[tuple[str, Sequence[str]]]) -> Iterator[list[float]]:
        """The same for many solutions (problem, steps), in their order. Best with those of a problem in a row."""
        waiting = iter(solutions)
        while batch := list(islice(waiting, BATCH)):
            scores = self.probabilities(rows_of(batch)).tolist()
            begin = 0
            for _, steps in batch:
                yield scores[begin : begin + len(steps)]
                begin += len(steps)

    def probabilities(self, rows: Rows) -> Vector:
        """P(correct) of each row."""
        dense, words, shapes = parts(self.weights)
        # Row by row: a matrix product may round differently with the number of rows.
        odds = (rows.dense * dense).sum(axis=1) + rows.words.times(words) + rows.shapes.times(shapes)
        return probability(odds + self.intercept)

    def dump(self) -> bytes:
        body = self.weights.astype("<f8").tobytes()
        head = Head(
            FORMAT,
            features.VERSION,
            list(features.NAMES),
            BUCKETS,
            self.intercept,
            self.threshold,
            sha256(body).hexdigest(),
        )
        return MAGIC + msgspec.json.encode(head) + b"\n" + body

    @classmethod
    def load(cls, data: bytes) -> "Model":
        """The model that was dumped. Raises `BadModel`."""
        if not data.startswith(MAGIC):
            raise BadModel("This is not a verifier of Stepmark: it begins differently.")
        text, _, body = data[len(MAGIC) :].partition(b"\n")
        head = head_of(text)
        if len(body) != 8 * SIZE or sha256(body).hexdigest() != head.sha256:
            raise BadModel("The verifier is damaged: its weights are not those that were stored.")
        weights = np.frombuffer(body, "<f8").astype(np.float64)
        if not np.isfinite(weights).all():
            raise BadModel("The verifier is damaged: some weights are no numbers.")
        return cls(head.intercept, weights, head.threshold)


def head_of(text: bytes) -> Head:
    try:
        head = msgspec.json.decode(text, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadModel(f"The verifier is damaged: its head cannot be read ({error}).") from error
    if head.format != FORMAT:
        raise BadModel(f"The verifier is stored in format {head.format}; this version reads format {FORMAT}.")
    expected = (features.VERSION, list(features.NAMES), BUCKETS)
    if (head.features, head.names, head.buckets) != expected:
        raise BadModel(
            f"The verifier was trained on version {head.features} of the features; "
            f"this is version {features.VERSION}. Train it again."
        )
    return head


def parts(weights: Vector) -> tuple[Vector, Vector, Vector]:
    """The weights of the dense features, the words and the shapes."""
    dense = len(features.NAMES)
    return weights[:dense], weights[dense : dense + BUCKETS], weights[dense + BUCKETS :]


def probability(odds: Vector) -> Vector:
    """The logistic function of log-odds."""
    clipped: Vector = 1 / (1 + np.exp(-np.clip(odds, -SUREST, SUREST)))
    return clipped
