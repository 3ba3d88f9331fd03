import time
from math import comb, sqrt

import pytest

from annotation.verifier.best_of_n import Sample, best_of_n

WRONG, RIGHT = Sample(0.2, "7", False), Sample(0.9, "8", True)


def chance_of_best(correct_by_rank: list[bool], n: int) -> float:
    """Exactly: the best of n drawn has rank r when n - 1 others come from those below."""
    size = len(correct_by_rank)
    return sum(comb(size - 1 - rank, n - 1) for rank, right in enumerate(correct_by_rank) if right) / comb(size, n)


def test_it_agrees_with_the_closed_form() -> None:
    ranks = [False, True, True, False, True, False, False, False]
    group = [Sample(1 - rank / 10, str(rank), right) for rank, right in enumerate(ranks)]
    rows = best_of_n([group], ns=[1, 2, 4, 8], seed=1, resamples=20_000)
    for row in rows:
        expected = chance_of_best(ranks, row.n)
        assert row.best.mean == pytest.approx(expected, abs=0.015)
        assert row.best.std == pytest.approx(sqrt(expected * (1 - expected)), abs=0.02)
        assert row.uniform.mean == pytest.approx(3 / 8, abs=0.015)


def test_the_spread_shrinks_with_the_number_of_problems() -> None:
    (one,) = best_of_n([[WRONG, RIGHT]] * 1, ns=[1], seed=0, resamples=4_000)
    (many,) = best_of_n([[WRONG, RIGHT]] * 100, ns=[1], seed=0, resamples=4_000)
    assert one.uniform.std == pytest.approx(0.5, abs=0.01)
    assert many.uniform.std == pytest.approx(0.05, abs=0.005)


def test_score_and_majority_and_chance_by_hand() -> None:
    group = [RIGHT, *[Sample(0.5, "7", False)] * 2]
    first, _, third = best_of_n([group], ns=[1, 2, 3], seed=0, resamples=3_000)
    assert first.best == first.majority == first.uniform
    assert (third.best.mean, third.best.std) == (1, 0)
    assert (third.majority.mean, third.majority.std) == (0, 0)
    assert third.uniform.mean == pytest.approx(1 / 3, abs=0.03)


def test_ties_are_broken_by_lot() -> None:
    group = [Sample(0.5, "7", False), Sample(0.5, "8", True)]
    (row,) = best_of_n([group], ns=[2], seed=0, resamples=4_000)
    assert row.best.mean == pytest.approx(0.5, abs=0.03)
    assert row.majority.mean == pytest.approx(0.5, abs=0.03)


def test_no_answer_does_not_vote_and_no_score_is_not_chosen() -> None:
    group = [Sample(None, None, False), Sample(None, None, False), Sample(0.1, "8", True)]
    (row,) = best_of_n([group], ns=[3], seed=0)
    assert row.majority.mean == row.best.mean == 1
    (nothing,) = best_of_n([[Sample(None, None, False)] * 3], ns=[2], seed=0)
    assert nothing.majority.mean == nothing.best.mean == 0
    (empty,) = best_of_n(
        [[Sample(0.5, "", True), Sample(0.5, None, False), Sample(0.5, None, False)]], ns=[3], seed=0
    )
    assert empty.majority.mean == 1


def test_it_says_how_many_problems_have_fewer_samples() -> None:
    rows = best_of_n([[WRONG, RIGHT], [RIGHT]], ns=[1, 2], seed=0)
    assert [(row.problems, row.short) for row in rows] == [(2, 0), (2, 1)]
    assert rows[1].best.mean == 1


def test_the_same_seed_draws_the_same() -> None:
    groups = [[WRONG, RIGHT, WRONG]] * 5
    assert best_of_n(groups, ns=[1, 2], seed=3) == best_of_n(groups, ns=[1, 2], seed=3)
    assert best_of_n(groups, ns=[1, 2], seed=3) != best_of_n(groups, ns=[1, 2], seed=4)


@pytest.mark.parametrize(
    ("groups", "ns", "resamples"),
    [([], [1], 10), ([[]], [1], 10), ([[RIGHT]], [0], 10), ([[RIGHT]], [1], 0)],
)
def test_it_refuses_what_has_no_figure(groups: list[list[Sample]], ns: list[int], resamples: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        best_of_n(groups, ns=ns, seed=0, resamples=resamples)


def test_hundred_problems_of_a_hundred_samples_take_seconds() -> None:
    group = [Sample(number / 100, str(number % 9), number % 9 == 3) for number in range(100)]
    begin = time.process_time()
    best_of_n([group] * 100, ns=[1, 4, 16, 64], seed=0)
    assert time.process_time() - begin < 20
