"""How far apart first errors are, and where they are."""

from itertools import combinations

import numpy as np
import pytest

from annotation.agreement.first_errors import MOST_APART, distances, places
from annotation.agreement.labels import Labels
from tests.agreement.simulated import GOOD, LENIENT, SEVERE, labels_of, nothing, simulated


def of_errors(errors: list[tuple[int, int | None]], length: int) -> Labels:
    """Each a solution and where one more labeler found its first error, or None."""
    solutions = np.array([solution for solution, _ in errors])
    ratings = np.array([[-1 if step == error else 1 for step in range(length)] for _, error in errors])
    count = len(errors)
    labels = labels_of(
        solutions,
        np.arange(count),
        of=np.repeat(np.arange(count), length),
        steps=np.tile(np.arange(length), count),
        ratings=ratings.ravel(),
    )
    labels.grown[:] = False
    return labels


def test_pairs_are_counted_by_how_far_they_lie_apart() -> None:
    labels = of_errors([(1, 2), (1, 4), (1, None), (2, 3), (2, 3), (3, 0), (4, None), (4, None)], 6)
    found = distances(labels)
    assert [(one.apart, one.pairs, one.share.value) for one in found] == [(0, 1, 0.5), (1, 0, 0), (2, 1, 0.5)]
    assert {one.share.n for one in found} == {2}


def test_what_is_far_apart_is_counted_together() -> None:
    found = distances(of_errors([(1, 0), (1, 40), (2, 0), (2, 50)], 60))
    assert [(one.apart, one.pairs) for one in found if one.pairs] == [(MOST_APART, 2)]


def test_distances_are_those_that_a_loop_finds() -> None:
    labels, _ = simulated([GOOD, SEVERE, LENIENT], solutions=60, steps=6, overlap=3)
    labels.grown[:] = False
    rows = list(zip(labels.solutions, labels.errors, strict=True))
    apart = [abs(a[1] - b[1]) for a, b in combinations(rows, 2) if a[0] == b[0] and a[1] >= 0 and b[1] >= 0]
    found = distances(labels)
    assert [one.pairs for one in found] == np.bincount(apart).tolist()
    assert sum(one.share.value or 0 for one in found) == pytest.approx(1)
    for one in found:
        assert one.share.low is not None
        assert one.share.low <= one.share.value <= one.share.high


def test_the_hazard_counts_who_came_that_far() -> None:
    """Three annotations of four steps: an error at the first, one at the third, and none."""
    found = places(of_errors([(1, 0), (1, 2), (2, None)], 4))
    assert [(one.step, one.at_risk, one.found) for one in found] == [(0, 3, 1), (1, 2, 0), (2, 2, 1), (3, 1, 0)]
    assert [one.hazard.value for one in found] == [1 / 3, 0, 1 / 2, 0]


def test_a_hazard_that_is_the_same_everywhere_is_found_everywhere() -> None:
    """One in five at each step; of 400 solutions that two rate, most intervals hold it."""
    random = np.random.default_rng(4)
    first = random.geometric(0.2, size=(400, 2)) - 1
    errors = [(at, int(one) if one < 8 else None) for at, both in enumerate(first) for one in both]
    held = [one.hazard.low <= 0.2 <= one.hazard.high for one in places(of_errors(errors, 8))]
    assert sum(held) >= 7


def test_no_annotation_has_neither() -> None:
    assert distances(nothing()) == places(nothing()) == []
