"""Agreement of each two labelers, beside scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.agreement.pairwise import ALIKE, pairs
from tests.agreement.simulated import GOOD, LENIENT, SEVERE, labels_of, nothing, simulated


def rated_by(labels) -> dict[int, dict[tuple[int, int], int]]:
    found: dict[int, dict[tuple[int, int], int]] = {}
    for of, step, rating in zip(labels.of, labels.steps, labels.ratings, strict=True):
        found.setdefault(int(labels.labelers[of]), {})[int(labels.solutions[of]), int(step)] = int(rating)
    return found


def test_each_pair_has_the_kappa_that_scikit_learn_finds() -> None:
    labels, _ = simulated([GOOD, GOOD, SEVERE, LENIENT], solutions=60, overlap=3)
    said, found = rated_by(labels), pairs(labels)
    assert [(pair.one, pair.other) for pair in found] == [(7, 8), (7, 9), (7, 10), (8, 9), (8, 10), (9, 10)]
    for pair in found:
        shared = sorted(said[pair.one].keys() & said[pair.other].keys())
        one, other = ([said[who][unit] for unit in shared] for who in (pair.one, pair.other))
        weighted = cohen_kappa_score(one, other, weights="quadratic", labels=[-1, 0, 1])
        assert pair.kappa.value == pytest.approx(weighted)
        assert pair.unweighted.value == pytest.approx(cohen_kappa_score(one, other, labels=[-1, 0, 1]))
        assert pair.same.value == pytest.approx(np.mean(np.equal(one, other)))
        assert pair.severer.value == pytest.approx(np.mean(other) - np.mean(one))
        assert {pair.kappa.n, pair.same.n, pair.severer.n} == {len(shared)}


def test_two_who_share_nothing_are_no_pair_and_nobody_has_none() -> None:
    assert pairs(nothing()) == []
    apart = labels_of(np.arange(2), np.arange(2), of=np.arange(2), steps=np.zeros(2, int), ratings=np.ones(2, int))
    assert pairs(apart) == []


def test_two_who_only_say_positive_have_no_kappa_and_few_solutions_no_interval() -> None:
    solutions, labelers = np.repeat(np.arange(5), 2), np.tile(np.arange(2), 5)
    labels = labels_of(solutions, labelers, of=np.arange(10), steps=np.zeros(10, int), ratings=np.ones(10, int))
    (pair,) = pairs(labels)
    assert (pair.kappa.value, pair.kappa.because, pair.kappa.n) == (None, ALIKE, 5)
    assert (pair.same.value, pair.same.low) == (1.0, None)


def test_the_interval_of_kappa_holds_the_truth_as_often_as_it_says() -> None:
    """The truth is the kappa over very many solutions. Steps of a solution are independent here."""
    (long,) = pairs(simulated([GOOD, SEVERE], solutions=20_000)[0])
    intervals = [pairs(simulated([GOOD, SEVERE], solutions=120, seed=seed)[0])[0].kappa for seed in range(1, 201)]
    held = sum(one.low <= long.kappa.value <= one.high for one in intervals)
    assert 0.90 <= held / 200 <= 0.99
