"""Training a verifier on the labels so far."""

from collections.abc import Iterable
from typing import NamedTuple

from annotation.verifier.data import data_of, folds
from annotation.verifier.evaluation import report_of
from annotation.verifier.examples import Example, check_enough, rated
from annotation.verifier.fitting import fit
from annotation.verifier.model import Model
from annotation.verifier.report import Report

HELD_OUT = 0
"""The fold of five that is kept from training for the report."""


class Trained(NamedTuple):
    model: Model
    """Trained on all examples."""
    report: Report
    """Of the model below, held against the problems it has not seen."""
    tried: Model
    """Trained the same way on four fifths of the problems: for whatever else is to be measured."""
    held_out: frozenset[str]
    """Keys of the labeled problems that it has not seen."""
    learned: frozenset[str]
    """Keys of those that it has."""


def train(examples: Iterable[Example], *, seed: int) -> Trained:
    """Train, and say how good it is. The same examples and seed give the same model, in whatever order they come.

    Raises `TooFewLabels`, and `ValueError` for ratings that are none.
    """
    found = rated(examples)
    check_enough(found)
    data = data_of(found)
    held_out = folds(data, seed=seed) == HELD_OUT
    training, unseen = data.of_problems(~held_out), data.of_problems(held_out)
    tried = fit(training, seed=seed)
    report = report_of(tried.model, training, unseen, seed=seed, strength=tried.strength)
    served = fit(data, seed=seed, strengths=[tried.strength])
    return Trained(served.model, report, tried.model, frozenset(unseen.keys), frozenset(training.keys))
