"""Agreement, beside what others compute, the definitions pair by pair, and hand-computed cases."""

from itertools import permutations
from typing import get_args

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from annotation.agreement import measures
from annotation.agreement.figures import Vector
from annotation.agreement.measures import (
    Metric,
    Weights,
    alpha,
    cohen,
    credit,
    fleiss,
    gwet,
    percent,
    specific,
    tally,
)

CHANCE_CORRECTED = [
    *(lambda sums, one=one: alpha(sums, one) for one in get_args(Metric)),
    *(lambda sums, one=one: fleiss(sums, one) for one in get_args(Weights)),
    *(lambda sums, one=one: gwet(sums, one) for one in get_args(Weights)),
]

RELIABILITY = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
"""Four observers, twelve units, five values: the example of Krippendorff's "Computing alpha" (2011)."""


def counts_of(ratings: list[list[int | None]], values: range) -> Vector:
    return np.array([[unit.count(value) for value in values] for unit in zip(*ratings, strict=True)], dtype=float)


EXAMPLE = tally(counts_of(RELIABILITY, range(1, 6)))


@pytest.mark.parametrize(
    ("found", "published"),
    [
        (alpha(EXAMPLE, "nominal"), 0.743),
        (alpha(EXAMPLE, "ordinal"), 0.815),
        (alpha(EXAMPLE, "interval"), 0.849),
        (percent(EXAMPLE), 0.818),
        (fleiss(EXAMPLE), 0.761),
        (gwet(EXAMPLE), 0.775),
    ],
)
def test_the_published_example_comes_out_as_published(found: float, published: float) -> None:
    assert found == pytest.approx(published, abs=0.0005)


def test_fleiss_own_example_comes_out_as_published() -> None:
    """Thirty patients, six psychiatrists each, in brief: the ten subjects that Wikipedia works through."""
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    assert fleiss(tally(np.array(counts))) == pytest.approx(0.210, abs=0.0005)


ratings = arrays(np.int8, st.tuples(st.integers(2, 5), st.integers(2, 12)), elements=st.integers(-1, 2))
"""(raters, units); 2 stands for "not rated"."""


def counted(rated: np.ndarray) -> Vector:
    return np.stack([(rated == value).sum(axis=0) for value in (-1, 0, 1)], axis=1).astype(float)


@given(ratings)
def test_alpha_is_what_the_krippendorff_library_says(rated: np.ndarray) -> None:
    counts = counted(rated)
    paired = counts[counts.sum(axis=1) > 1]
    for metric in get_args(Metric):
        found = alpha(tally(counts), metric)
        if (paired.sum(axis=0) > 0).sum() < 2:
            assert np.isnan(found)
        else:
            outside = krippendorff.alpha(
                value_counts=paired, value_domain=np.array([-1, 0, 1]), level_of_measurement=metric
            )
            assert found == pytest.approx(outside, abs=1e-9)


@given(ratings)
def test_percent_and_expected_agreement_are_what_counting_pairs_gives(rated: np.ndarray) -> None:
    units = [[value for value in unit if value != 2] for unit in rated.T.tolist()]
    for weights in get_args(Weights):
        given_credit = credit(3, weights)
        each = [
            np.mean([given_credit[a + 1, b + 1] for a, b in permutations(unit, 2)])
            for unit in units
            if len(unit) > 1
        ]
        observed = percent(tally(counted(rated)), weights)
        assert observed == pytest.approx(np.mean(each)) if each else np.isnan(observed)
        shares = [[unit.count(value) / len(unit) for value in (-1, 0, 1)] for unit in units if unit]
        used = np.mean(shares or [[1, 0, 0]], axis=0)
        if each and max(used) < 1:
            by_chance = sum(used[a] * used[b] * given_credit[a, b] for a in range(3) for b in range(3))
            found = fleiss(tally(counted(rated)), weights)
            assert found == pytest.approx((observed - by_chance) / (1 - by_chance), abs=1e-9)
            by_gwet = given_credit.sum() / 6 * sum(share * (1 - share) for share in used)
            found = gwet(tally(counted(rated)), weights)
            assert found == pytest.approx((observed - by_gwet) / (1 - by_gwet), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_kappa_is_what_scikit_learn_says(pairs: list[tuple[int, int]]) -> None:
    confusion = np.zeros((3, 3))
    np.add.at(confusion, tuple(zip(*pairs, strict=True)), 1)
    one, other = zip(*pairs, strict=True)
    for weights in get_args(Weights):
        found = cohen(confusion, weights)
        if len({*one, *other}) == 1:
            assert np.isnan(found)
        else:
            name = None if weights == "unweighted" else weights
            assert found == pytest.approx(cohen_kappa_score(one, other, labels=[0, 1, 2], weights=name), abs=1e-9)


def test_what_two_labelers_say_of_a_class_is_dice_of_it() -> None:
    """40 both negative, 10 only one, 50 both positive: 2 * 40 / (2 * 40 + 10)."""
    sums = tally(np.array([[2, 0, 0]] * 40 + [[1, 0, 1]] * 10 + [[0, 0, 2]] * 50))
    assert specific(sums, 0) == pytest.approx(80 / 90)
    assert specific(sums, 2) == pytest.approx(100 / 110)
    assert np.isnan(specific(sums, 1))


@pytest.mark.parametrize("measure", CHANCE_CORRECTED)
def test_perfect_agreement_is_one_and_one_class_is_undefined(measure) -> None:
    assert measure(tally(np.array([[2, 0, 0], [0, 3, 0], [0, 0, 2], [0, 0, 1]]))) == pytest.approx(1)
    assert np.isnan(measure(tally(np.array([[0, 0, 2], [0, 0, 3], [0, 0, 1]]))))
    assert np.isnan(measure(tally(np.array([[0, 0, 1], [1, 0, 0]]))))
    assert np.isnan(measure(tally(np.zeros((0, 3)))))


@pytest.mark.parametrize("measure", CHANCE_CORRECTED)
def test_random_ratings_agree_no_more_than_chance(measure) -> None:
    random = np.random.default_rng(7)
    counts = random.multinomial(3, [1 / 3, 1 / 3, 1 / 3], size=20_000)
    assert measure(tally(counts)) == pytest.approx(0, abs=0.02)


def test_not_rated_is_missing_and_not_neutral() -> None:
    """The third labeler rated nothing of the second unit: as if they were not there."""
    one = alpha(tally(np.array([[2, 0, 1], [0, 0, 2], [1, 0, 1]])))
    as_neutral = alpha(tally(np.array([[2, 0, 1], [0, 1, 2], [1, 1, 1]])))
    assert one != pytest.approx(as_neutral)
    assert one == pytest.approx(alpha(tally(np.array([[2, 0, 1], [0, 0, 2], [1, 0, 1], [0, 0, 0], [0, 1, 0]]))))


def test_sums_of_parts_are_the_sums_of_the_whole() -> None:
    counts = np.random.default_rng(1).integers(0, 4, size=(50, 3)).astype(float)
    parts = measures.features(counts[:20]).sum(axis=0) + measures.features(counts[20:]).sum(axis=0)
    assert alpha(measures.Tally.of(parts), "ordinal") == pytest.approx(alpha(tally(counts), "ordinal"))
