"""What each strategy picks, and in which order."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Generation, Pick, Project, Score, Scorer, Solution, User
from annotation.selection import Plan, Strategy, draw, preview
from tests.selection.conftest import grade, new_scorer, score

Pooled = Callable[..., list[Solution]]


def picks(project: Project, max_: User, strategy: Strategy, **settings: Any) -> list[Pick]:
    plan = Plan(strategy=strategy, **{"uniform_share": 0, **settings})
    generation = draw(project=project, plan=plan, actor=max_)
    return list(Pick.objects.filter(generation=generation).select_related("task").order_by("-task__priority"))


def places(found: list[Pick], solutions: list[Solution]) -> list[int]:
    """The picks as places in the list of solutions."""
    ids = [one.pk for one in solutions]
    return [ids.index(pick.task.solution_id) for pick in found]


@pytest.fixture
def ten(pooled: Pooled, scorer: Scorer) -> list[Solution]:
    """Two problems of five solutions, scored -1 to -10, all wrong but every third; the last not graded at all."""
    solutions = pooled(2, 5)
    score(scorer, solutions, [-(one + 1.0) for one in range(10)])
    grade([one for place, one in enumerate(solutions[:9]) if place % 3])
    grade(solutions[0:3:3], "correct")
    grade(solutions[3:4], "undecided")
    return solutions


def test_convincing_picks_the_wrong_answers_that_score_highest(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.CONVINCING, scorer=scorer.pk, size=3)
    assert places(found, ten) == [1, 2, 4]
    assert [(one.reason, one.score, one.rank, one.probability) for one in found] == [
        ("convincing wrong answer", -2, 1, 1),
        ("convincing wrong answer", -3, 2, 1),
        ("convincing wrong answer", -5, 3, 1),
    ]


def test_convincing_takes_so_many_of_each_problem(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.CONVINCING, scorer=scorer.pk, per_problem=2)
    assert sorted(places(found, ten)) == [1, 2, 5, 7]
    assert sorted(one.rank or 0 for one in found) == [1, 1, 2, 2]


def test_with_both_numbers_it_takes_the_best_of_the_best_of_each_problem(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.CONVINCING, scorer=scorer.pk, per_problem=1, size=5)
    assert places(found, ten) == [1, 5]


def test_a_manager_who_overrules_a_grade_changes_what_is_wrong(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    solution = ten[1]
    solution.grade.overruled_to = "correct"
    solution.grade.overruled_at = solution.created_at
    solution.grade.save()
    assert places(picks(project, max_, Strategy.CONVINCING, scorer=scorer.pk, size=2), ten) == [2, 4]


def test_a_mix_has_the_share_of_wrong_answers_and_then_what_scores_highest(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.MIX, scorer=scorer.pk, per_problem=5)
    by_reason = {
        reason: [place for place, one in zip(places(found, ten), found, strict=True) if one.reason == reason]
        for reason in ("convincing wrong answer", "convincing of the rest")
    }
    assert sorted(by_reason["convincing wrong answer"]) == [1, 2, 4, 5, 7, 8]
    assert sorted(by_reason["convincing of the rest"]) == [0, 6]


def test_a_mix_in_all_has_the_share_as_well(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.MIX, scorer=scorer.pk, size=5, mix_share=0.6)
    assert sorted(places(found, ten)) == [0, 1, 2, 3, 4]


def test_a_mix_of_one_of_each_problem_has_both_parts(
    project: Project, max_: User, scorer: Scorer, pooled: Pooled
) -> None:
    solutions = pooled(10, 2)
    score(scorer, solutions, [-(one + 1.0) for one in range(20)])
    grade(solutions[::2], "correct")
    grade(solutions[1::2])
    found = picks(project, max_, Strategy.MIX, scorer=scorer.pk, size=10, per_problem=1)
    assert Counter(one.reason for one in found) == {"convincing wrong answer": 8, "convincing of the rest": 2}
    assert len({place // 2 for place in places(found, solutions)}) == 10


def test_uncertainty_picks_what_is_nearest_to_one_half(
    project: Project, max_: User, scorer: Scorer, pooled: Pooled
) -> None:
    solutions = pooled(1, 4)
    score(scorer, solutions, [-0.01, -0.6, -2_000, -0.9])
    found = picks(project, max_, Strategy.UNCERTAINTY, scorer=scorer.pk, size=4)
    assert places(found, solutions) == [1, 3, 0, 2]
    assert found[-1].score == pytest.approx(0.5)


def test_low_step_picks_right_answers_with_the_lowest_step(
    project: Project, max_: User, scorer: Scorer, pooled: Pooled
) -> None:
    solutions = pooled(1, 4)
    score(scorer, solutions, [-1.0, -1.0, -1.0, -1.0])
    for one, minimum in zip(solutions, [0.9, 0.2, 0.5, 0.1], strict=True):
        Score.objects.filter(solution=one).update(minimum=minimum)
    grade(solutions[:3], "correct")
    grade(solutions[3:], "incorrect")
    assert places(picks(project, max_, Strategy.LOW_STEP, scorer=scorer.pk, size=2), solutions) == [1, 2]


def test_disagreement_picks_where_two_scorers_are_furthest_apart(
    project: Project, max_: User, scorer: Scorer, pooled: Pooled
) -> None:
    solutions, other = pooled(1, 4), new_scorer(project, 2)
    score(scorer, solutions, [-0.1, -0.1, -3.0, -0.1])
    score(other, solutions[:3], [-0.2, -1.0, -0.1])
    plan = {"scorer": scorer.pk, "other_scorer": other.pk, "size": 4}
    assert places(picks(project, max_, Strategy.DISAGREEMENT, **plan), solutions) == [2, 1, 0]


def test_the_same_score_comes_in_the_order_of_ids_whatever_the_seed(
    project: Project, scorer: Scorer, pooled: Pooled
) -> None:
    solutions = pooled(2, 9)
    score(scorer, solutions, [-1.0] * 18)
    grade(solutions)
    for seed in range(5):
        plan = Plan(strategy=Strategy.CONVINCING, scorer=scorer.pk, size=4, uniform_share=0, seed=seed)
        assert {one.solution for one in preview(project, plan).examples} == {one.pk for one in solutions[:4]}


def test_uniform_needs_no_score_and_asks_no_grade(project: Project, max_: User, pooled: Pooled) -> None:
    pooled(2, 5)
    found = picks(project, max_, Strategy.UNIFORM, size=4)
    assert {(one.reason, one.score, one.rank, one.probability) for one in found} == {("uniform", None, None, 0.4)}
    assert len(found) == 4


def test_uniform_of_each_problem_says_how_likely_that_was(project: Project, max_: User, pooled: Pooled) -> None:
    solutions = pooled(1, 8)
    found = picks(project, max_, Strategy.UNIFORM, per_problem=2)
    assert [one.probability for one in found] == [0.25, 0.25]
    assert len(set(places(found, solutions))) == 2


def test_more_than_there_are_takes_them_all(
    project: Project, max_: User, scorer: Scorer, ten: list[Solution]
) -> None:
    found = picks(project, max_, Strategy.CONVINCING, scorer=scorer.pk, size=100, uniform_share=0.5)
    assert sorted(places(found, ten)) == list(range(10))
    assert {one.probability for one in found} == {1}
    assert Generation.objects.get().pool == 10
