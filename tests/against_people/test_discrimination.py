"""Scores beside ratings, as arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from annotation.against_people.discrimination import auc, calibration
from annotation.against_people.picks import difference, rows_of


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=60))
def test_the_area_is_what_scikit_learn_finds(entries: list[tuple[bool, int, int]]) -> None:
    right, scores, problems = (np.array(column) for column in zip(*entries, strict=True))
    found = auc(right, scores / 4, np.unique(problems, return_inverse=True)[1])
    if right.all() or not right.any():
        assert found.value is None
        assert found.because == f"no {'wrong' if right.all() else 'right'} step has a score"
    else:
        assert found.value == pytest.approx(roc_auc_score(right, scores))
        assert found.n == len(entries)


def test_nothing_has_no_area_and_no_calibration() -> None:
    nothing = np.zeros(0)
    assert auc(nothing > 0, nothing, nothing.astype(int)).because == "no rated step has a score"
    assert all(
        one.right.because == "no step scored so" for one in calibration(nothing > 0, nothing, nothing.astype(int))
    )


def drawn(problems: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Five ratings a problem; some problems are hard, and score low whether right or wrong."""
    random = np.random.default_rng(seed)
    hard = np.repeat(random.normal(0, 1, problems), 5)
    right = random.random(5 * problems) < 0.7
    scores = 1 / (1 + np.exp(-(right + hard + random.normal(0, 1, 5 * problems))))
    return right, scores, np.repeat(np.arange(problems), 5)


def test_the_interval_holds_the_true_area_as_often_as_it_says() -> None:
    true = auc(*drawn(100_000, 0)).value
    intervals = [auc(*drawn(60, seed)) for seed in range(1, 401)]
    held = sum(one.low <= true <= one.high for one in intervals)
    assert 0.91 <= held / 400 <= 0.98


def test_each_bin_has_its_ratings() -> None:
    right, scores, problems = drawn(200, 5)
    table = calibration(right, scores, problems)
    assert sum(one.right.n for one in table) == len(right)
    for one in table:
        inside = (scores >= one.low) & ((scores < one.high) | (one.high == 1))
        assert one.right.n == inside.sum()
        if one.right.n:
            assert one.predicted == pytest.approx(scores[inside].mean())
            assert one.right.value == pytest.approx(right[inside].mean())
    assert calibration(np.array([True]), np.array([1.0]), np.array([0]))[-1].right.n == 1


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_the_difference_of_two_shares_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """His examples a, b and g; method 10."""
    found = difference(one, other)
    assert found.value == pytest.approx(one[0] / one[1] - other[0] / other[1])
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_picks_are_held_against_the_uniform_ones_of_their_generation() -> None:
    rows = list(rows_of({(2, "convincing"): (9, 10), (2, "uniform"): (3, 10), (1, "convincing"): (4, 5)}))
    assert [row.more.value for row in rows] == [pytest.approx(0.6), None, None]
    assert rows[2].more.because == "nothing that was drawn uniformly is labeled"
