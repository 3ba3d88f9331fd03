"""Holding a verifier against problems it has not seen."""

import numpy as np

from annotation.verifier import measures
from annotation.verifier.data import Data, numbered
from annotation.verifier.features import NAMES
from annotation.verifier.measures import Interval, Vector
from annotation.verifier.model import Model, parts, probability
from annotation.verifier.report import BinRow, Calibration, Figure, FirstError, Report, Sizes, Weight

SHOWN = 12
"""Features a report names."""


def report_of(model: Model, training: Data, held_out: Data, *, seed: int, strength: float) -> Report:
    """Hold a model trained on one part against the other."""
    scores = scores_of(model, held_out)
    return Report(
        seed,
        strength,
        sizes(training),
        sizes(held_out),
        auc_of(held_out, scores, seed),
        calibration_of(held_out, scores, float(training.correct.mean())),
        first_error_of(held_out, scores, model.threshold, seed),
        goes_by(model, training),
    )


def scores_of(model: Model, data: Data) -> Vector:
    dense = len(NAMES)
    odds = data.dense @ model.weights[:dense] + data.hashed @ model.weights[dense:]
    return probability(odds + model.intercept)


def sizes(data: Data) -> Sizes:
    return Sizes(len(data.keys), int(data.whole.sum()), len(data.correct), int((~data.correct).sum()))


def auc_of(data: Data, scores: Vector, seed: int) -> Figure:
    missing = "negative" if data.correct.all() else "positive or neutral"
    return figure_of(
        measures.auc(data.correct, scores),
        measures.auc_interval(data.correct, scores, data.problems, seed=seed),
        f"no step of the held-out problems is rated {missing}",
    )


def figure_of(value: float | None, interval: Interval | None, missing: str) -> Figure:
    """A figure, with a reason for what it lacks."""
    if value is None:
        return Figure(None, reason=missing)
    if interval is None:
        return Figure(value, reason="too few held-out problems for an interval")
    return Figure(value, *interval)


def calibration_of(data: Data, scores: Vector, base: float) -> Calibration:
    table = measures.bins(data.correct, scores)
    return Calibration(
        measures.calibration_error(table),
        measures.brier(data.correct, scores),
        measures.brier(data.correct, np.full(len(scores), base)),
        [BinRow(*row) for row in table],
    )


def first_error_of(data: Data, scores: Vector, threshold: float, seed: int) -> FirstError:
    rows, starts, expected = data.whole_solutions()
    found = measures.first_below(scores[rows], starts, threshold)
    shares = measures.first_errors(expected, found)
    erroneous = int((expected != measures.NO_ERROR).sum())
    which = "without" if erroneous else "with"
    figure = figure_of(
        shares.f1,
        measures.f1_interval(expected, found, numbered(data.problems[rows][starts]), seed=seed),
        f"no held-out solution {which} an error is rated up to that or to its end",
    )
    kinds = (erroneous, len(expected) - erroneous)
    return FirstError(figure, shares.on_erroneous, shares.on_correct, *kinds, threshold)


def goes_by(model: Model, training: Data) -> list[Weight]:
    dense, _, _ = parts(model.weights)
    influence = dense * training.dense.std(axis=0)
    order = np.argsort(-np.abs(influence), kind="stable")[:SHOWN]
    return [Weight(NAMES[index], float(influence[index])) for index in order]
