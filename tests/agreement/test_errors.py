"""Where labelers see the first error."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotation.agreement.errors import NONE, pairs


def test_each_two_of_a_solution_are_compared() -> None:
    """Solution 5: labelers at step 2, at step 4, and with none; solution 9: both none; solution 7: one alone."""
    found = pairs(np.array([5, 9, 5, 7, 9, 5]), np.array([2, NONE, 4, 0, NONE, NONE]))
    assert sorted(found.solutions.tolist()) == [5, 5, 5, 9]
    assert (found.exact.sum(), found.both.sum()) == (1, 1)


def test_nobody_twice_is_no_pair() -> None:
    for solutions in ([], [1], [1, 2, 3]):
        found = pairs(np.array(solutions, dtype=np.intp), np.zeros(len(solutions), dtype=np.intp))
        assert len(found.solutions) == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(NONE, 6)), max_size=25))
def test_pairs_are_those_that_a_loop_finds(entries: list[tuple[int, int]]) -> None:
    solutions, errors = np.array(entries, dtype=np.intp).reshape(-1, 2).T
    found = pairs(solutions, errors)
    expected = [(a[0], *sorted((a[1], b[1]))) for a, b in combinations(entries, 2) if a[0] == b[0]]
    listed = zip(*(part.tolist() for part in found), strict=True)
    assert sorted((solution, *sorted(two)) for solution, *two in listed) == sorted(expected)
