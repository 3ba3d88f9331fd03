"""Caps, the uniform slice, and what its probabilities are good for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from annotation.models import Completion, Pick, Project, Scorer, Solution, User
from annotation.selection import Plan, Strategy, draw, preview
from annotation.selection.drawing import picked
from tests.selection.conftest import grade, score

Pooled = Callable[..., list[Solution]]


@pytest.fixture
def pool(pooled: Pooled, scorer: Scorer) -> list[Solution]:
    """Three problems of nine solutions, all wrong; the first problem's score highest, then the second's."""
    solutions = pooled(3, 9)
    score(scorer, solutions, [-(one + 1.0) for one in range(27)])
    grade(solutions)
    return solutions


def plan_of(scorer: Scorer, **settings: Any) -> Plan:
    return Plan(**{"strategy": Strategy.CONVINCING, "scorer": scorer.pk, "uniform_share": 0, **settings})


def drawn(project: Project, plan: Plan, solutions: list[Solution]) -> list[int]:
    """What the plan picks, as places in the list, in the order of the queue."""
    ids = {one.pk: place for place, one in enumerate(solutions)}
    with picked(project, plan) as (cursor, _, _):
        cursor.execute("SELECT solution FROM selection_pick ORDER BY place")
        return [ids[solution] for (solution,) in cursor.fetchall()]


def share_prefixes(solutions: list[Solution], groups: int) -> None:
    """Every so-many-th solution of a problem begins with the same two steps."""
    for place, one in enumerate(solutions):
        text = f"Begin way {place % groups}."
        Completion.objects.filter(solution=one, step__lt=2).update(text=text)


def test_no_more_of_a_problem_than_its_cap(project: Project, scorer: Scorer, pool: list[Solution]) -> None:
    assert drawn(project, plan_of(scorer, size=5, per_problem=2), pool) == [0, 1, 9, 10, 18]


def test_no_more_of_a_beginning_than_its_cap(project: Project, scorer: Scorer, pool: list[Solution]) -> None:
    share_prefixes(pool, 3)
    plan = plan_of(scorer, size=8, prefix_steps=2, prefix_cap=1)
    assert drawn(project, plan, pool) == [0, 1, 2, 9, 10, 11, 18, 19]
    longer = plan_of(scorer, size=8, prefix_steps=3, prefix_cap=1)
    assert drawn(project, longer, pool) == list(range(8))


def test_both_caps_hold_together(project: Project, scorer: Scorer, pool: list[Solution]) -> None:
    share_prefixes(pool, 2)
    plan = plan_of(scorer, size=27, prefix_steps=2, prefix_cap=2, per_problem=3)
    assert drawn(project, plan, pool) == [0, 1, 2, 9, 10, 11, 18, 19, 20]


def test_the_caps_hold_over_both_parts_of_a_mix(project: Project, scorer: Scorer, pooled: Pooled) -> None:
    solutions = pooled(2, 9)
    score(scorer, solutions, [-(one + 1.0) for one in range(18)])
    grade(solutions[::2])
    grade(solutions[1::2], "correct")
    plan = plan_of(scorer, strategy=Strategy.MIX, size=8, mix_share=0.5, per_problem=3)
    assert sorted(drawn(project, plan, solutions)) == [0, 2, 4, 9, 10, 11]


def test_it_looks_as_far_down_the_order_as_the_caps_make_it(
    project: Project, scorer: Scorer, pooled: Pooled
) -> None:
    solutions = pooled(9, 9)
    score(scorer, solutions, [-(one + 1.0) for one in range(81)])
    grade(solutions)
    assert drawn(project, plan_of(scorer, size=2, per_problem=1), solutions) == [0, 9]
    assert drawn(project, plan_of(scorer, size=9, per_problem=1), solutions) == list(range(0, 81, 9))


def test_the_slice_has_its_share_and_the_probability_of_the_rest(
    project: Project, max_: User, scorer: Scorer, pool: list[Solution]
) -> None:
    generation = draw(project=project, plan=plan_of(scorer, size=10, uniform_share=0.2), actor=max_)
    found = Pick.objects.filter(generation=generation).order_by("rank")
    assert [one.rank for one in found] == [1, 2, 3, 4, 5, 6, 7, 8, None, None]
    assert [one.probability for one in found][-2:] == [2 / 19, 2 / 19]
    assert [one.reason for one in found][-2:] == ["uniform", "uniform"]
    assert generation.pool == 27


def test_beside_so_many_of_each_problem_the_slice_has_its_share_of_all(
    project: Project, scorer: Scorer, pool: list[Solution]
) -> None:
    found = preview(project, plan_of(scorer, per_problem=3, uniform_share=0.25)).reasons
    assert [(one.reason, one.tasks) for one in found] == [("convincing wrong answer", 9), ("uniform", 3)]


def test_the_caps_do_not_bend_the_slice(project: Project, scorer: Scorer, pooled: Pooled) -> None:
    solutions = pooled(1, 9)
    score(scorer, solutions, [-1.0] * 9)
    grade(solutions)
    plan = plan_of(scorer, size=9, uniform_share=0.5, per_problem=1)
    assert [(one.tasks, one.least_probability) for one in preview(project, plan).reasons] == [(1, 1), (5, 5 / 8)]


SEEDS = 400


def estimates(project: Project, plans: list[Plan]) -> list[float]:
    """Horvitz-Thompson estimates of the mean over the pool of a number that goes with neither score nor id."""
    found = []
    for plan in plans:
        with picked(project, plan) as (cursor, pool, _):
            cursor.execute("SELECT sum((solution * 7919 % 101) / probability) FROM selection_pick")
            found.append(cursor.fetchone()[0] / pool)
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {"size": 10, "uniform_share": 0.4},
        {"size": 8, "uniform_share": 0.5, "per_problem": 2},
        {"per_problem": 1, "uniform_share": 0.7},
        {"strategy": Strategy.UNIFORM, "size": 9},
        {"strategy": Strategy.UNIFORM, "per_problem": 2},
        {"strategy": Strategy.UNIFORM, "per_problem": 4, "size": 7},
    ],
)
def test_re_weighted_estimates_are_right_on_average(
    project: Project, scorer: Scorer, pool: list[Solution], settings: dict[str, Any]
) -> None:
    truth = sum(one.pk * 7919 % 101 for one in pool) / len(pool)
    found = estimates(project, [plan_of(scorer, seed=seed, **settings) for seed in range(SEEDS)])
    mean = sum(found) / SEEDS
    error = (sum((one - mean) ** 2 for one in found) / (SEEDS - 1) / SEEDS) ** 0.5
    assert error > 0
    assert abs(mean - truth) < 4 * error


def test_each_of_the_rest_comes_in_as_often_as_its_probability_says(
    project: Project, scorer: Scorer, pool: list[Solution]
) -> None:
    times = dict.fromkeys(range(27), 0)
    for seed in range(SEEDS):
        for place in drawn(project, plan_of(scorer, size=10, uniform_share=0.7, seed=seed), pool):
            times[place] += 1
    assert [times[place] for place in range(3)] == [SEEDS] * 3
    expected = SEEDS * 7 / 24
    spread = (expected * (1 - 7 / 24)) ** 0.5
    assert all(abs(times[place] - expected) < 4.5 * spread for place in range(3, 27))


def test_a_share_of_the_picks_wants_more_annotations(
    project: Project, max_: User, scorer: Scorer, pool: list[Solution]
) -> None:
    plan = plan_of(scorer, size=20, overlap_share=0.25, overlap_wanted=3)
    assert preview(project, plan).annotations == 5 * 3 + 15
    draw(project=project, plan=plan, actor=max_)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.wanted, count(DISTINCT t.id), count(*) FROM annotation_task t"
            " JOIN annotation_place p ON p.task_id = t.id GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [(1, 15, 15), (3, 5, 15)]
