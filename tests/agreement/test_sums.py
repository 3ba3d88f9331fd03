"""Numbering and adding up, which must be exact whichever way is the faster one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.agreement.figures import distinct, numbered, summed, summed_alike


@given(st.lists(st.integers(-50, 50) | st.integers(-(2**40), 2**40)))
def test_numbers_are_those_of_numpy_whether_they_lie_close_or_not(values: list[int]) -> None:
    given_ones = np.array(values, dtype=np.intp)
    known, of = np.unique(given_ones, return_inverse=True)
    assert [one.tolist() for one in numbered(given_ones)] == [known.tolist(), of.tolist()]
    assert distinct(given_ones).tolist() == known.tolist()


@pytest.mark.parametrize("parts", [2, 1_000])
def test_rows_of_few_kinds_add_up_to_the_same(parts: int) -> None:
    random = np.random.default_rng(5)
    kinds, kind, part = random.normal(size=(4, 3)), random.integers(4, size=90), random.integers(parts, size=90)
    assert summed_alike(kinds, kind, part, parts) == pytest.approx(summed(kinds[kind], part, parts))
