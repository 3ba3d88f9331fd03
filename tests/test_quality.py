"""How an annotation agrees with gold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.learning.quality import Agreement, Expected, agreement, first_error_of
from annotation.ratings import RATINGS

ANY = frozenset({0, 1})
GOLD = {
    (0, 0): Expected(frozenset({1})),
    (1, 0): Expected(ANY),
    (2, 0): Expected(frozenset({-1, 0}), can_be_first_error=True),
    (3, 0): Expected(frozenset({-1}), can_be_first_error=True),
}
SOUND = {(0, 0): Expected(frozenset({1})), (2, 0): Expected(ANY)}
AMBIGUOUS = {(0, 0): Expected(frozenset({1})), (1, 0): Expected(frozenset({-1, 1}), can_be_first_error=True)}


def labels(*ratings: int | None) -> dict[tuple[int, int], int | None]:
    return {(step, 0): rating for step, rating in enumerate(ratings)}


@pytest.mark.parametrize(
    ("ratings", "right", "judged", "found"),
    [
        ((1, 0, -1), 3, 3, 1),
        ((1, 1, -1), 3, 3, 1),
        ((1, 1, 0, -1), 4, 4, 1),  # another step that may be the first error
        ((0, 1, -1), 2, 3, 1),
        ((-1,), 0, 1, 0),  # too early: what comes after is missing
        ((1, -1), 1, 2, 0),
        ((1, 1, 1, 1), 2, 4, 0),  # overlooked
        ((1, 1, 0, 1, 1, 1), 3, 4, 0),
        ((1, None, -1), 2, 2, 1),  # not rated is neither right nor wrong
        ((), 0, 0, 0),
    ],
)
def test_it_counts_steps_and_the_first_error(
    ratings: tuple[int | None, ...], right: int, judged: int, found: int
) -> None:
    assert agreement(labels(*ratings), GOLD) == Agreement(right, judged, found, 1)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [((1, 0, 1), Agreement(2, 2, 1, 1)), ((1, -1), Agreement(1, 1, 0, 1)), ((1, 1, 1, 1), Agreement(2, 2, 1, 1))],
)
def test_without_an_error_in_gold_none_is_to_be_found(ratings: tuple[int, ...], expected: Agreement) -> None:
    assert agreement(labels(*ratings), SOUND) == expected


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((1, -1), Agreement(2, 2, 1, 1)),
        ((1, 1, 1), Agreement(2, 2, 1, 1)),  # passed, as gold accepts it
        ((1, 0, 1), Agreement(1, 2, 1, 1)),
        ((-1,), Agreement(0, 1, 0, 1)),
        ((1, 1, -1), Agreement(2, 2, 0, 0)),  # gold does not say what comes after what it lets pass
    ],
)
def test_an_ambiguous_step_may_be_the_first_error_and_may_be_passed(
    ratings: tuple[int, ...], expected: Agreement
) -> None:
    assert agreement(labels(*ratings), AMBIGUOUS) == expected


@pytest.mark.parametrize(("ratings", "found"), [((1, 1, -1), 1), ((1, -1), 1), ((1, 1, 1), 0), ((1, 1, 1, -1), 0)])
def test_an_error_after_an_ambiguous_step_is_to_be_found(ratings: tuple[int, ...], found: int) -> None:
    gold = AMBIGUOUS | {(2, 0): Expected(frozenset({-1}), can_be_first_error=True)}
    got = agreement(labels(*ratings), gold)
    assert (got.found, got.solutions) == (found, 1)


def test_negative_that_is_accepted_but_no_first_error_stops_nobody_rightly() -> None:
    gold = {(0, 0): Expected(frozenset({-1, 0})), (1, 0): Expected(frozenset({1}))}
    assert agreement(labels(-1), gold) == Agreement(1, 1, 0, 1)
    assert agreement(labels(0, 1), gold) == Agreement(2, 2, 1, 1)


def test_whoever_gave_up_found_nothing() -> None:
    assert agreement(labels(1, 0), SOUND, is_finished=False) == Agreement(1, 1, 0, 1)


def test_other_completions_are_judged_too_and_are_no_first_error() -> None:
    gold = {(0, 0): Expected(ANY), (0, 1): Expected(frozenset({-1})), (0, 2): Expected(frozenset({1}))}
    given_ratings = {(0, 0): 1, (0, 1): -1, (0, 2): -1}
    assert agreement(given_ratings, gold) == Agreement(2, 3, 1, 1)


def test_always_positive_does_not_pass() -> None:
    long = {(step, 0): Expected(frozenset({1})) for step in range(9)}
    long[9, 0] = Expected(frozenset({-1}), can_be_first_error=True)
    total = sum((agreement(labels(*[1] * 10), long) for _ in range(30)), Agreement())
    assert total.right / total.judged == 0.9
    assert not total.passes(75)


@pytest.mark.parametrize(
    ("total", "passes"),
    [
        (Agreement(75, 100, 30, 40), True),
        (Agreement(74, 100, 30, 40), False),
        (Agreement(75, 100, 29, 40), False),
        (Agreement(0, 0, 0, 0), False),
        (Agreement(0, 0, 5, 5), False),
    ],
)
def test_both_shares_must_reach_the_mark(total: Agreement, passes: bool) -> None:
    assert total.passes(75) is passes


ratings = st.lists(st.sampled_from([*RATINGS, None]), max_size=8).map(lambda found: labels(*found))
expected = st.tuples(st.frozensets(st.sampled_from(RATINGS), min_size=1), st.booleans())
golds = st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 1)), expected, max_size=8).map(
    lambda found: {
        place: Expected(accepted, is_error and -1 in accepted and place[1] == 0)
        for place, (accepted, is_error) in found.items()
    }
)


@given(ratings, golds)
def test_counts_stay_within_their_bounds(given_ratings, gold) -> None:  # type: ignore[no-untyped-def]
    found = agreement(given_ratings, gold)
    rated = {place for place, rating in given_ratings.items() if rating is not None}
    assert 0 <= found.right <= found.judged <= len(rated & gold.keys())
    assert found.found in {0, found.solutions}


@given(ratings, golds)
def test_what_comes_after_the_first_error_changes_nothing(given_ratings, gold) -> None:  # type: ignore[no-untyped-def]
    errors = [step for (step, _), rating in given_ratings.items() if rating == -1]
    if errors:
        later = {place: rating for place, rating in given_ratings.items() if place[0] <= errors[0]}
        assert agreement(later, gold) == agreement(given_ratings, gold)


@given(st.lists(st.sampled_from(RATINGS), min_size=1, max_size=8))
def test_an_expert_agrees_with_the_gold_made_from_it(given_ratings) -> None:  # type: ignore[no-untyped-def]
    counted = given_ratings[: given_ratings.index(-1) + 1] if -1 in given_ratings else given_ratings
    gold = {(step, 0): Expected(frozenset({one}), one == -1) for step, one in enumerate(counted)}
    assert agreement(labels(*given_ratings), gold) == Agreement(len(counted), len(counted), 1, 1)


@given(golds)
def test_the_highest_rating_that_gold_accepts_is_right_everywhere(gold) -> None:  # type: ignore[no-untyped-def]
    """Unless it is negative where that is no first error."""
    highest = {place: max(expected.accepted) for place, expected in gold.items()}
    error = first_error_of(highest)
    if error is None or gold[error, 0].can_be_first_error:
        found = agreement(highest, gold)
        assert (found.right, found.found, found.solutions) == (found.judged, 1, 1)
