"""Intervals by the bootstrap over solutions."""

import numpy as np
import pytest

from annotation.agreement.figures import Sample, jackknifed, ratio, ratios, sampled, shares, summed
from annotation.agreement.measures import Tally, features, percent
from annotation.shares import wilson


def share_of(sample: Sample, clusters: int = 40, **more: bool):
    return sample.figure(
        lambda sums: ratio(sums[..., 0], sums[..., 1]), n=1, clusters=clusters, because="nothing is there", **more
    )


def test_the_interval_of_a_share_is_the_binomial_one() -> None:
    """60 of 200 independent items: 0.30 ± 1.96 sqrt(0.3 * 0.7 / 200), which is 0.236 to 0.364."""
    sums = np.stack([np.repeat([1.0, 0.0], [60, 140]), np.ones(200)], axis=1)
    found = share_of(sampled(sums))
    assert found.value == pytest.approx(0.3)
    assert (found.low, found.high) == (pytest.approx(0.236, abs=0.01), pytest.approx(0.364, abs=0.01))


def test_ratings_of_one_solution_count_together() -> None:
    """Ten steps of a solution that all agree, or all do not, tell no more than one: the interval is as for 50."""
    agreeing, apart = [[2.0, 0.0, 0.0]] * 10, [[1.0, 0.0, 1.0]] * 10
    counts = np.array((agreeing + apart) * 25)
    solutions = np.repeat(np.arange(50), 10)

    def width(clusters):
        found = sampled(summed(features(counts), clusters)).figure(
            lambda sums: percent(Tally.of(sums)), n=500, clusters=50, because=""
        )
        assert found.value == pytest.approx(0.5)
        return found.high - found.low

    assert width(solutions) == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(50), rel=0.1)
    assert width(np.arange(500)) == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(500), rel=0.1)


def test_the_same_rows_have_the_same_interval() -> None:
    sums = np.random.default_rng(3).random((40, 2)) + np.array([0, 1])
    assert share_of(sampled(sums)) == share_of(sampled(sums))


def test_an_undefined_figure_says_why_and_few_solutions_have_no_interval() -> None:
    nothing = share_of(sampled(np.zeros((5, 2))))
    assert (nothing.value, nothing.low, nothing.because) == (None, None, "nothing is there")
    assert share_of(sampled(np.zeros((0, 2)))).because == "nothing is there"
    sums = np.stack([np.arange(9.0), np.full(9, 10.0)], axis=1)
    few = share_of(sampled(sums), clusters=9)
    assert (few.value, few.low, few.high) == (pytest.approx(0.4), None, None)
    assert share_of(sampled(np.vstack([sums, sums])), clusters=18).low is not None


def test_where_nothing_varies_a_share_has_the_interval_of_its_solutions_and_others_have_none() -> None:
    alike = sampled(np.full((40, 2), 3.0))
    assert share_of(alike, is_share=True).low == pytest.approx(wilson(40, 40)[0])
    certain = share_of(alike)
    assert (certain.value, certain.low, certain.high) == (1, None, None)


def test_rows_are_added_up_within_clusters() -> None:
    found = summed(np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]), np.array([1, 0, 1]))
    assert found.tolist() == [[2.0, 20.0], [5.0, 50.0]]


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says() -> None:
    """Clusters of unequal size whose parts depend on each other, of two people."""
    random = np.random.default_rng(5)
    held = []
    for _ in range(400):
        whole = random.integers(1, 12, size=120).astype(np.float64)
        part = whole * (random.random(120) < 0.3)
        of = np.arange(120) % 2
        for one in ratios(part, whole, of, np.bincount(of), because="none"):
            assert one.low is not None
            assert one.high is not None
            held.append(one.low <= 0.3 <= one.high)
    assert 0.91 <= np.mean(held) <= 0.98


def test_a_ratio_without_whole_is_undefined_and_one_of_few_has_no_interval() -> None:
    few, none = ratios(
        np.array([1.0, 0, 0]), np.array([2.0, 2, 0]), np.array([0, 0, 1]), np.array([4, 0]), because="nothing"
    )
    assert (few.value, few.low, few.high, few.n) == (0.25, None, None, 4)
    assert (none.value, none.because) == (None, "nothing")


def test_no_bound_lies_where_no_figure_can_be() -> None:
    """Near an end of what there is, an interval of a kappa, a share and a severity would reach beyond it."""
    values, without = np.array([0.9, -0.9]), np.array([[0.5, 1.0] * 10, [-0.5, -1.0] * 10])
    for most in (1, 2):
        high, low = jackknifed(
            values, without, np.array([40, 40]), np.array([40, 40]), because="", within=(-most, most)
        )
        assert (high.high, low.low) == (most, -most)
        assert high.low < 0.9 < high.high
    (share,) = jackknifed(values[:1] / 9, without[:1], np.array([40]), np.array([40]), because="", within=(0, 1))
    assert share.low == 0
    part, whole, of = np.tile([19.0, 20.0, 18.0, 20.0], 3), np.full(12, 10.0), np.zeros(12, dtype=int)
    (one,) = ratios(part, whole, of, np.array([120]), because="none", within=(-2, 1.95))
    assert (one.value, one.high) == (pytest.approx(1.925), 1.95)


@pytest.mark.parametrize("truth", [0.02, 0.3, 0.97])
def test_the_interval_of_a_share_holds_a_rare_truth_too_and_is_a_share(truth: float) -> None:
    """Clusters of unequal size whose parts depend on each other. Normal bounds hold 0.02 in half of these."""
    random = np.random.default_rng(6)
    held = []
    for _ in range(600):
        whole = random.integers(1, 12, size=40).astype(np.float64)
        part = whole * (random.random(40) < truth)
        (one,) = shares(part, whole, np.zeros(40, dtype=int), np.array([40]), because="none")
        assert 0 <= one.low <= one.value <= one.high <= 1
        held.append(one.low <= truth <= one.high)
    assert np.mean(held) >= 0.92


def test_never_among_many_is_no_certain_never() -> None:
    """Of 40 solutions none: as for 0 of 40 independent ones."""
    (one,) = shares(np.zeros(40), np.full(40, 8.0), np.zeros(40, dtype=int), np.array([320]), because="none")
    assert (one.value, one.low) == (0, 0)
    assert one.high == pytest.approx(wilson(0, 40)[1])
