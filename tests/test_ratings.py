from hypothesis import given
from hypothesis import strategies as st

from annotation.ratings import counted, finish_reason, first_error, next_step

some_ratings = st.lists(st.sampled_from([-1, 0, 1, None]), min_size=1, max_size=12)


def test_it_finds_the_first_negative_rating() -> None:
    assert first_error([1, 0, -1, 1, -1]) == 2
    assert first_error([1, 0, None]) is None


def test_it_counts_nothing_after_the_first_error() -> None:
    assert counted([1, -1, 1, None]) == [1, -1]
    assert counted([1, None, 0]) == [1, None, 0]


def test_it_goes_to_the_first_step_that_is_not_rated() -> None:
    assert next_step([1, None, None]) == 1
    assert next_step([1, -1, None]) is None
    assert next_step([None, -1]) == 0


def test_it_ends_as_found_error_or_as_solution() -> None:
    assert finish_reason([1, 0, -1, None]) == "found_error"
    assert finish_reason([1, 0, 1]) == "solution"
    assert finish_reason([1, None]) is None


def test_a_neutral_rating_is_not_a_missing_one() -> None:
    assert finish_reason([0]) == "solution"
    assert finish_reason([None]) is None


@given(some_ratings)
def test_it_ends_exactly_when_nothing_is_left_to_rate(ratings: list[int | None]) -> None:
    assert (finish_reason(ratings) is None) == (next_step(ratings) is not None)


@given(some_ratings)
def test_what_counts_holds_at_most_one_error_at_its_end(ratings: list[int | None]) -> None:
    kept = counted(ratings)
    assert -1 not in kept[:-1]
    assert kept == ratings[: len(kept)]
