import random
from itertools import product

import msgspec
import numpy as np
import pytest

from annotation.verifier.data import data_of, folds
from annotation.verifier.examples import Example, TooFewLabels, rated
from annotation.verifier.measures import auc
from annotation.verifier.report import Report
from annotation.verifier.training import Trained, train
from tests.verifier.conftest import example, examples


def test_it_reports_on_problems_it_has_not_seen(trained: Trained) -> None:
    report = trained.report
    assert (report.training.problems, report.held_out.problems) == (80, 20)
    assert report.training.solutions + report.held_out.solutions == 400
    assert report.auc.value is not None
    assert report.auc.low is not None
    assert report.auc.high is not None
    assert 0.9 < report.auc.low <= report.auc.value <= report.auc.high <= 1
    assert report.first_error.f1.value is not None
    assert report.first_error.f1.value > 0.9
    assert report.first_error.erroneous + report.first_error.correct == report.held_out.solutions
    assert report.calibration.error < 0.1
    assert report.calibration.brier < report.calibration.brier_of_constant
    assert sum(row.steps for row in report.calibration.bins) == report.held_out.steps
    assert {"wrong", "right", "wrong_marks"} & {weight.feature for weight in report.goes_by}


def test_it_hands_out_the_model_of_the_report_with_the_problems_that_has_not_seen(trained: Trained) -> None:
    unseen = [one for one in examples(400) if one.problem_key in trained.held_out]
    assert len(trained.held_out) == trained.report.held_out.problems
    assert len(unseen) == trained.report.held_out.solutions
    scores = trained.tried.score_many((one.problem, one.steps) for one in unseen)
    pairs = [
        (rating != -1, score)
        for one, found in zip(unseen, scores, strict=True)
        for rating, score in zip(one.ratings, found, strict=True)
        if rating is not None
    ]
    area = auc(np.array([correct for correct, _ in pairs]), np.array([score for _, score in pairs]))
    assert area == pytest.approx(trained.report.auc.value)
    assert trained.model.dump() != trained.tried.dump()


def test_the_report_goes_through_json_unchanged(trained: Trained) -> None:
    assert msgspec.json.decode(msgspec.json.encode(trained.report), type=Report) == trained.report


def test_the_same_examples_in_any_order_make_the_same_model() -> None:
    some = examples(80, seed=3)
    shuffled = random.Random(4).sample(some, len(some))
    one, other = train(some, seed=1), train(iter(shuffled), seed=1)
    assert one.model.dump() == other.model.dump()
    assert one.report == other.report


def test_another_seed_holds_out_other_problems() -> None:
    data = data_of(rated(examples(80, seed=3)))
    assert (folds(data, seed=1) != folds(data, seed=2)).any()
    assert train(examples(80, seed=3), seed=1).report != train(examples(80, seed=3), seed=2).report


@pytest.mark.parametrize("kinds", list(product([0, 1, 5, 9], [0, 1, 5, 9], [0, 1, 5, 9])), ids=str)
def test_every_fold_leaves_steps_of_both_kinds(kinds: tuple[int, int, int]) -> None:
    """Problems with wrong steps only, with both kinds, with correct ones only."""
    wrong, both, correct = kinds
    if wrong + both < 2 or both + correct < 2:
        return
    world = [
        Example(f"{kind} {number}", "p", ["a", "b"], ratings)
        for kind, count, ratings in (("w", wrong, [-1]), ("b", both, [1, -1]), ("c", correct, [1, 1]))
        for number in range(count)
    ]
    data = data_of(rated(world))
    for seed in range(5):
        fold = folds(data, seed=seed)[data.problems]
        for one in set(fold):
            assert set(data.correct[fold != one]) == {True, False}


def test_it_trains_on_the_least_there_may_be() -> None:
    rng = random.Random(1)
    some = [example(number % 5, wrong_at=[None, 1][number // 5 % 2], rng=rng) for number in range(20)]
    trained = train(some, seed=0)
    assert trained.report.held_out.problems == 1
    assert trained.report.auc.value is not None
    assert trained.report.auc.low is None
    assert trained.report.auc.reason == "too few held-out problems for an interval"


def refusal(some: list[Example]) -> str:
    with pytest.raises(TooFewLabels) as error:
        train(some, seed=0)
    return str(error.value)


def test_it_refuses_too_few_solutions_saying_what_there_is_and_what_it_needs() -> None:
    assert refusal(examples(19, per_problem=1)).startswith("There are 19 rated solutions of 19 problems; ")
    assert refusal([]) == (
        "There are 0 rated solutions of 0 problems; 0 of these problems have a step rated negative, "
        "0 have one rated positive or neutral. "
        "Needed are 20 rated solutions, and 5 problems with steps of either kind."
    )


def test_it_refuses_one_kind_of_steps_only() -> None:
    rng = random.Random(0)
    assert "0 of these problems have a step rated negative" in refusal(
        [example(number, wrong_at=None, rng=rng) for number in range(40)]
    )
    assert "0 have one rated positive" in refusal([example(number, wrong_at=0, rng=rng) for number in range(40)])


def test_it_refuses_too_few_problems() -> None:
    assert "of 4 problems" in refusal(examples(40, per_problem=10))


def test_solutions_without_a_rating_do_not_count() -> None:
    some = [one._replace(ratings=[None, None, None]) for one in examples(40)]
    assert "There are 0 rated solutions" in refusal(some)


@pytest.mark.parametrize("ratings", [[1, 1, 1, 1], [2, 1, 1], [1, -2]])
def test_it_refuses_ratings_that_are_none(ratings: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^problem problem 0: "):
        train([examples(1)[0]._replace(ratings=ratings)], seed=0)


def test_neutral_counts_as_positive_and_what_follows_the_first_error_is_left_out() -> None:
    (one,) = rated([Example("p", "p", ["a", "b", "c", "d"], [1, 0, -1, 1])])
    assert one.correct == [True, True, False]
    assert one.steps == ["a", "b", "c"]
    assert one.is_complete


def test_a_step_without_a_rating_is_context_and_makes_a_solution_incomplete() -> None:
    gap, begun, prefix = rated(
        [
            Example("p", "p", ["a", "b"], [None, 1]),
            Example("p", "p", ["a", "b"], [1]),
            Example("p", "p", ["a", "b"], [None, -1]),
        ]
    )
    assert [one.is_complete for one in (gap, begun, prefix)] == [False, False, False]
    data = data_of([gap, begun, prefix])
    assert sorted(data.correct) == [False, True, True]
    assert not data.complete.any()


def test_an_alternative_is_a_step_to_learn_from_and_no_solution() -> None:
    own = Example("p", "p", ["a", "b"], [-1])
    instead = Example("p", "p", ["c"], [1], is_whole=False)
    data = data_of(rated([own, instead]))
    assert (len(data.correct), data.complete.sum(), data.whole.sum()) == (2, 1, 1)
    some = examples(40)
    others = [Example(one.problem_key, one.problem, ["It is clear."], [1], is_whole=False) for one in some]
    alone, both = train(some, seed=0).report, train([*some, *others], seed=0).report
    assert both.training.solutions == alone.training.solutions
    assert both.held_out.steps > alone.held_out.steps
    assert (both.first_error.erroneous, both.first_error.correct) == (
        alone.first_error.erroneous,
        alone.first_error.correct,
    )


def test_it_says_why_a_figure_has_no_value() -> None:
    some = [one._replace(ratings=[None, *one.ratings[1:]]) for one in examples(200, seed=8)]
    report = train(some, seed=0).report
    assert report.first_error.f1.value is None
    assert report.first_error.f1.reason == "no held-out solution with an error is rated up to that or to its end"
    assert report.first_error.on_erroneous is None


def test_odds_that_say_nothing_become_a_constant_and_not_an_upside_down_score() -> None:
    rng = random.Random(6)
    some = [Example(f"p{number}", "Prove it.", ["It is clear."], [rng.choice([1, -1])]) for number in range(100)]
    trained = train(some, seed=0)
    (score,) = trained.model.score("Prove it.", ["It is clear."])
    share = sum(one.ratings == [1] for one in some) / len(some)
    assert score == pytest.approx(share, abs=0.05)
    assert trained.report.auc.value == 0.5
