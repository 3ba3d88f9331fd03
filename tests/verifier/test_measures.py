import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score

from annotation.verifier.measures import (
    auc,
    auc_interval,
    best_threshold,
    bins,
    brier,
    calibration_error,
    f1_interval,
    first_below,
    first_errors,
)

outcomes = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=60)


@given(outcomes)
def test_the_area_is_that_of_scikit_learn_ties_included(pairs: list[tuple[bool, int]]) -> None:
    correct = np.array([one for one, _ in pairs])
    scores = np.array([score / 9 for _, score in pairs])
    if correct.all() or not correct.any():
        assert auc(correct, scores) is None
    else:
        assert auc(correct, scores) == pytest.approx(roc_auc_score(correct, scores))


def test_an_area_by_hand() -> None:
    # Of six pairs four are in order and one is tied.
    correct = np.array([True, True, True, False, False])
    assert auc(correct, np.array([0.9, 0.5, 0.2, 0.5, 0.1])) == pytest.approx(4.5 / 6)


def test_the_interval_holds_the_area_and_is_wider_when_steps_of_a_problem_go_together() -> None:
    random = np.random.default_rng(0)
    of_problem = np.repeat(random.random(40) < 0.5, 10)
    scores = np.where(of_problem, 0.6, 0.4) + np.repeat(random.normal(0, 0.2, 40), 10)
    area = auc(of_problem, scores)
    clustered = auc_interval(of_problem, scores, np.repeat(np.arange(40), 10), seed=1)
    single = auc_interval(of_problem, scores, np.arange(400), seed=1)
    assert area is not None
    assert clustered is not None
    assert single is not None
    assert clustered[0] < single[0] < area < single[1] < clustered[1]
    assert clustered == auc_interval(of_problem, scores, np.repeat(np.arange(40), 10), seed=1)


def test_one_problem_has_no_interval() -> None:
    correct, scores, problems = np.array([True, False]), np.array([0.7, 0.2]), np.array([0, 0])
    assert auc_interval(correct, scores, problems, seed=1) is None
    assert f1_interval(np.array([-1]), np.array([-1]), np.array([0]), seed=1) is None


@given(outcomes)
def test_bins_and_brier_are_those_of_scikit_learn(pairs: list[tuple[bool, int]]) -> None:
    correct = np.array([one for one, _ in pairs])
    scores = np.array([score / 10 + 0.05 for _, score in pairs])
    table = [row for row in bins(correct, scores) if row.steps]
    shares, means = calibration_curve(correct, scores, n_bins=10)
    assert [row.correct for row in table] == pytest.approx(list(shares))
    assert [row.predicted for row in table] == pytest.approx(list(means))
    assert brier(correct, scores) == pytest.approx(brier_score_loss(correct, scores, labels=[False, True]))


def test_a_calibration_error_by_hand() -> None:
    correct = np.array([True, False, True, True])
    scores = np.array([0.95, 0.95, 0.95, 0.35])
    table = bins(correct, scores)
    assert (table[9].steps, table[3].steps) == (3, 1)
    assert (table[0].predicted, table[0].correct) == (None, None)
    assert calibration_error(table) == pytest.approx((3 * (0.95 - 2 / 3) + 0.65) / 4)


def test_the_ends_of_the_scale_are_in_the_outer_bins() -> None:
    table = bins(np.array([False, True]), np.array([0.0, 1.0]))
    assert (table[0].steps, table[9].steps) == (1, 1)


def test_it_finds_the_first_step_below_the_threshold() -> None:
    scores = np.array([0.9, 0.2, 0.1, 0.9, 0.8, 0.3])
    starts = np.array([0, 3, 5])
    assert first_below(scores, starts, 0.5).tolist() == [1, -1, 0]
    assert first_below(np.zeros(0), np.zeros(0, dtype=np.intp), 0.5).tolist() == []


def test_f1_is_the_harmonic_mean_of_both_accuracies_as_in_processbench() -> None:
    expected = np.array([2, 0, 1, 3, -1, -1])
    found = np.array([2, 0, 3, -1, -1, 0])
    figures = first_errors(expected, found)
    assert (figures.on_erroneous, figures.on_correct) == (0.5, 0.5)
    assert figures.f1 == 0.5
    assert first_errors(np.array([1, -1]), np.array([1, 0])).f1 == 0
    assert first_errors(np.array([1, 0, -1]), np.array([1, 1, -1])).f1 == pytest.approx(2 * 0.5 * 1 / 1.5)


def test_f1_is_undefined_without_solutions_of_either_kind() -> None:
    assert first_errors(np.array([1]), np.array([1])) == (None, 1.0, None)
    assert first_errors(np.array([-1]), np.array([-1])) == (None, None, 1.0)


def test_the_threshold_is_the_one_that_does_best() -> None:
    scores = np.array([0.9, 0.8, 0.3, 0.9, 0.7, 0.4])
    starts = np.array([0, 3])
    threshold = best_threshold(np.array([2, -1]), scores, starts)
    assert threshold is not None
    assert 0.3 < threshold <= 0.4
    assert best_threshold(np.array([2, 1]), scores, starts) is None
