"""Which steps come first in the list of contested ones."""

from itertools import permutations

import pytest

from annotation.agreement.contested import most_contested
from annotation.agreement.labels import Labels
from tests.agreement.simulated import GOOD, LENIENT, SEVERE, nothing, simulated


def apart(counts: list[int]) -> float:
    """Squared distances of all pairs of ratings, both ways round, divided by the ratings less one."""
    said = [rating for rating, count in zip((-1, 0, 1), counts, strict=True) for _ in range(int(count))]
    return sum((one - other) ** 2 for one, other in permutations(said, 2)) / max(len(said) - 1, 1)


def in_order(labels: Labels) -> list[tuple[int, int]]:
    """Solution and step of the contested units, sorted one by one."""
    units = labels.units
    rows = [
        (-apart(counts), -sum(counts), solution, step)
        for counts, solution, step in zip(units.counts.tolist(), units.solutions, units.steps, strict=True)
    ]
    return [(int(solution), int(step)) for by, _, solution, step in sorted(rows) if by < 0]


@pytest.mark.parametrize("most", [1, 7, 50, 10_000])
def test_the_most_contested_come_first_and_equal_ones_in_their_order(most: int) -> None:
    labels, _ = simulated([GOOD, SEVERE, LENIENT], solutions=60, overlap=3, seed=3)
    found = most_contested(labels, most)
    assert [(one.solution, one.step) for one in found] == in_order(labels)[:most]
    for one in found:
        assert one.disagreement == pytest.approx(apart([one.negative, one.neutral, one.positive]))


def test_nothing_is_contested_where_nothing_was_said() -> None:
    assert most_contested(nothing(), 10) == []
