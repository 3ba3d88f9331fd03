"""Fitting the linear model: strength of regularisation, weights, calibration and threshold."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from annotation.verifier.data import Data, Matrix, folds
from annotation.verifier.measures import Flags, Indices, Vector, best_threshold
from annotation.verifier.model import Model, probability

STRENGTHS = (0.01, 0.03, 0.1, 0.3)
"""Tried for `C` of scikit-learn's logistic regression: the smaller, the closer all weights stay to 0."""
LEAST_SPREAD = 0.1
"""Features that hardly vary are not blown up."""
UNDECIDED = 0.5
"""The threshold while there are not solutions of both kinds to choose it on."""
ITERATIONS = 10_000


class Fitted(NamedTuple):
    model: Model
    strength: float


class Scale(NamedTuple):
    """Brings dense features to mean 0 and spread 1, so that one strength suits all."""

    middle: Vector
    spread: Vector

    def matrix(self, data: Data) -> Matrix:
        return hstack([csr_matrix((data.dense - self.middle) / self.spread), data.hashed]).tocsr()


def scale_of(data: Data) -> Scale:
    return Scale(data.dense.mean(axis=0), np.maximum(data.dense.std(axis=0), LEAST_SPREAD))


def fit(data: Data, *, seed: int, strengths: Sequence[float] = STRENGTHS) -> Fitted:
    """Train on all rows. What must be chosen is chosen on scores of problems the scoring model has not seen.

    These come from cross-fitting in five folds by problem: the strength with the least log loss, Platt's slope and
    offset, and the threshold with the greatest F1 for first errors.
    """
    with threadpool_limits(1):  # for vectors this short, threads wait for each other longer than they work
        return fit_alone(data, seed, strengths)


def fit_alone(data: Data, seed: int, strengths: Sequence[float]) -> Fitted:
    scale = scale_of(data)
    matrix = scale.matrix(data)
    fold = folds(data, seed=seed)[data.problems]
    tried = [unseen_odds(matrix, data.correct, fold, strength) for strength in strengths]
    best = int(np.argmin([log_loss(data.correct, odds) for odds in tried]))
    slope, offset = calibration(data.correct, tried[best])
    threshold = threshold_of(data, probability(slope * tried[best] + offset))
    weights, intercept = linear(matrix, data.correct, strengths[best])
    dense = len(scale.middle)
    weights[:dense] /= scale.spread
    intercept -= float(weights[:dense] @ scale.middle)
    return Fitted(Model(slope * intercept + offset, slope * weights, threshold), strengths[best])


def linear(matrix: Matrix, correct: Flags, strength: float) -> tuple[Vector, float]:
    """Weights and intercept."""
    fitted = LogisticRegression(C=strength, max_iter=ITERATIONS).fit(matrix, correct)
    return fitted.coef_[0], float(fitted.intercept_[0])


def unseen_odds(matrix: Matrix, correct: Flags, fold: Indices, strength: float) -> Vector:
    """Log-odds of each row by a model of the other folds."""
    odds = np.zeros(len(correct))
    for one in np.unique(fold):
        weights, intercept = linear(matrix[fold != one], correct[fold != one], strength)
        odds[fold == one] = matrix[fold == one] @ weights + intercept
    return odds


def log_loss(correct: Flags, odds: Vector) -> float:
    """Mean negative log-likelihood, in nats."""
    return float(np.mean(np.logaddexp(0, np.where(correct, -odds, odds))))


def calibration(correct: Flags, odds: Vector) -> tuple[float, float]:
    """Platt's slope and offset. Odds that rank no better than chance get slope 0: all steps score the same."""
    slope, offset = linear(odds[:, None], correct, strength=1.0)
    if slope[0] > 0:
        return float(slope[0]), offset
    share = float(correct.mean())
    return 0.0, float(np.log(share / (1 - share)))


def threshold_of(data: Data, scores: Vector) -> float:
    rows, starts, expected = data.whole_solutions()
    if not len(starts):
        return UNDECIDED
    chosen = best_threshold(expected, scores[rows], starts)
    return UNDECIDED if chosen is None else chosen
