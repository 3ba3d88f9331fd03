"""A generation from the preview to the labelers."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from annotation import labeling
from annotation.learning import course, gold
from annotation.learning.gold import Judgement
from annotation.models import (
    Annotation,
    AuditEntry,
    Generation,
    Pick,
    Place,
    Problem,
    Project,
    Scorer,
    Solution,
    Task,
    User,
)
from annotation.selection import BadPlan, Plan, Strategy, close, draw, preview
from tests.conftest import labeler, rated
from tests.selection.conftest import grade, new_scorer, score

Pooled = Callable[..., list[Solution]]


@pytest.fixture
def pool(pooled: Pooled, scorer: Scorer) -> list[Solution]:
    """Three problems of eight solutions, all wrong, scored between P = 0.96 and P = 0.04."""
    solutions = pooled(3, 8)
    score(scorer, solutions, [-0.04 - 0.13 * one for one in range(24)])
    grade(solutions)
    return solutions


@pytest.fixture
def plan(scorer: Scorer) -> Plan:
    return Plan(strategy=Strategy.CONVINCING, scorer=scorer.pk, size=10, seed=5, uniform_share=0.2)


def with_gold(solutions: Sequence[Solution]) -> None:
    for one in solutions:
        gold.write(actor=None, solution=one, judgements=[Judgement(0, 0, frozenset({1}))])


def in_queue_order(generation: Generation) -> list[Any]:
    tasks = Task.objects.filter(pick__generation=generation).order_by("-priority", "id")
    return list(tasks.values_list("solution_id", "reason", "wanted", "is_quality_control", "pick__probability"))


def do_all(user: User, project: Project) -> list[int]:
    """Rate all there is for a labeler; the solutions in the order in which they came."""
    done = []
    while lease := labeling.lease_next(labeler=labeler(user, project).pk):
        labeling.submit(lease=lease, marks=rated({0: -1}))
        done.append(lease.solution)
    return done


def test_it_queues_what_was_picked_and_says_why(
    project: Project, max_: User, plan: Plan, scorer: Scorer, pool: list[Solution]
) -> None:
    generation = draw(project=project, plan=plan, actor=max_)
    assert (generation.number, generation.pool, generation.seed, generation.scorer) == (1, 24, 5, scorer)
    assert msgspec.convert(generation.settings, Plan) == plan
    picks = Pick.objects.filter(generation=generation).select_related("task")
    assert {one.task.solution_id for one in picks if one.rank} == {one.pk for one in pool[:8]}
    assert all(one.task.generation == 1 and one.task.is_open and one.task.reason == one.reason for one in picks)
    assert Place.objects.filter(task__pick__generation=generation, labeler=None).count() == 10
    trail = AuditEntry.objects.get(verb="draw generation")
    assert (trail.actor, trail.project, trail.data["tasks"]) == (max_, project, 10)


def test_a_preview_shows_what_is_drawn_and_writes_nothing(
    project: Project, max_: User, plan: Plan, pool: list[Solution]
) -> None:
    seen = preview(project, plan)
    assert not Generation.objects.exists()
    assert not Task.objects.exists()
    assert not AuditEntry.objects.filter(verb="draw generation").exists()
    assert (seen.pool, seen.pool_problems, seen.problems, seen.tasks, seen.annotations) == (
        24,
        3,
        seen.problems,
        10,
        10,
    )
    drawn = in_queue_order(draw(project=project, plan=plan, actor=max_))
    assert {one.solution for one in seen.examples} == {solution for solution, *_ in drawn}
    assert [(one.reason, one.tasks) for one in seen.reasons] == [("convincing wrong answer", 8), ("uniform", 2)]


def test_the_preview_has_the_histogram_of_the_pool_and_of_the_picks(
    project: Project, scorer: Scorer, pooled: Pooled, plan: Plan
) -> None:
    solutions = pooled(1, 6)
    score(scorer, solutions, [0.0, -0.01, -0.72, -1.5, -30.0, -900.0])
    grade(solutions)
    seen = preview(project, msgspec.structs.replace(plan, size=3, uniform_share=0))
    filled = [(round(one.low, 2), one.pool, one.picked) for one in seen.by_probability if one.pool]
    assert filled == [(0.0, 2, 0), (0.2, 1, 0), (0.45, 1, 1), (0.95, 2, 2)]
    filled = [(one.low, one.high, one.pool, one.picked) for one in seen.by_logarithm if one.pool]
    assert filled == [(-20, -19, 2, 0), (-2, -1, 1, 0), (-1, 0, 3, 3)]
    assert (len(seen.by_probability), len(seen.by_logarithm)) == (20, 20)
    shown = seen.by_logarithm.shown
    assert (shown[0].low, shown[-1].high, len(shown)) == (-20, 0, 20)
    assert (seen.by_logarithm.most_in_pool, seen.by_logarithm.most_picked) == (3, 3)
    assert seen.grades == {"incorrect": 6}


def test_the_preview_says_why_solutions_are_left_out(
    project: Project, scorer: Scorer, pooled: Pooled, plan: Plan
) -> None:
    solutions = pooled(1, 7, generator="gpt")
    score(scorer, solutions[:6], [-1.0] * 6)
    with_gold(solutions[:1])
    Task.objects.create(project=project, solution=solutions[1])
    Task.objects.create(project=project, solution=solutions[5], is_practice=True, is_open=False)
    Solution.objects.filter(pk=solutions[2].pk).update(pre_generated=False)
    Solution.objects.filter(pk=solutions[3].pk).update(generator=None)
    seen = preview(project, msgspec.structs.replace(plan, generators=("gpt",)))
    assert seen.pool == 2
    assert seen.excluded == {
        "grow step by step with a labeler": 1,
        "are or were in the queue": 1,
        "have gold, and may come as quality control": 1,
        "are not among those chosen": 1,
        "have no score by this scorer": 1,
    }
    assert seen.grades == {"": 2}
    assert (seen.tasks, [one.grade for one in seen.examples]) == (2, [None, None])


@pytest.mark.parametrize("name", ["subjects", "levels", "since"])
def test_only_what_was_chosen_comes_in(
    project: Project, scorer: Scorer, pool: list[Solution], plan: Plan, name: str
) -> None:
    problem = Problem.objects.get(pk=pool[0].problem_id)
    problem.subject, problem.level = "Algebra", "Level 5"
    problem.save()
    Solution.objects.filter(problem=problem).update(created_at=timezone.now() + timedelta(hours=2))
    chosen: dict[str, Any] = {
        "subjects": ("Algebra", "Geometry"),
        "levels": ("Level 5",),
        "since": timezone.now() + timedelta(hours=1),
    }
    seen = preview(project, msgspec.structs.replace(plan, **{name: chosen[name]}))
    assert (seen.pool, seen.excluded, seen.problems) == (8, {"are not among those chosen": 16}, 1)


def test_the_same_seed_draws_the_same_again_and_another_one_does_not(
    project: Project, max_: User, plan: Plan, pool: list[Solution]
) -> None:
    with_gold(pool[20:])
    full = msgspec.structs.replace(plan, overlap_share=0.5, quality_control_share=0.21)
    drawn = []
    for seed in (5, 5, 6):
        generation = draw(project=project, plan=msgspec.structs.replace(full, seed=seed), actor=max_)
        drawn.append(in_queue_order(generation))
        Task.objects.filter(pick__generation=generation).delete()
        generation.delete()
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_a_solution_is_picked_once(project: Project, max_: User, plan: Plan, pool: list[Solution]) -> None:
    generations = [draw(project=project, plan=plan, actor=max_) for _ in range(3)]
    assert [(one.number, one.pool) for one in generations] == [(1, 24), (2, 14), (3, 4)]
    assert Task.objects.count() == Task.objects.values("solution").distinct().count() == 24
    with pytest.raises(BadPlan) as refused:
        draw(project=project, plan=plan, actor=max_)
    assert "Nothing can be picked" in refused.value.sentence
    assert Generation.objects.count() == 3


def test_numbers_go_on_after_the_highest_that_was_loaded(
    project: Project, max_: User, plan: Plan, pool: list[Solution]
) -> None:
    Task.objects.create(project=project, solution=pool[0], generation=9, is_open=False)
    assert draw(project=project, plan=plan, actor=max_).number == 10


def test_nobody_gets_a_solution_twice(
    project: Project, max_: User, alice: User, bob: User, plan: Plan, pool: list[Solution]
) -> None:
    with_gold(pool[20:])
    full = msgspec.structs.replace(plan, overlap_share=1, overlap_wanted=2, quality_control_share=0.23)
    for _ in range(2):
        draw(project=project, plan=full, actor=max_)
    done = {user: do_all(user, project) for user in (alice, bob)}
    for solutions in done.values():
        assert len(solutions) == len(set(solutions)) > 20
    assert set(done[alice]) == set(done[bob])
    assert not Task.objects.filter(is_open=True, is_quality_control=False).exists()


def test_labelers_get_the_newest_generation_first_in_its_order(
    project: Project, max_: User, alice: User, plan: Plan, pool: list[Solution], load: Callable[..., Any]
) -> None:
    ranked = msgspec.structs.replace(plan, size=3, uniform_share=0)
    for _ in range(2):
        draw(project=project, plan=ranked, actor=max_)
    Task.objects.create(project=project, solution=pool[6])
    Place.objects.create(task=Task.objects.get(generation=None), slot=0, wanted=1)
    assert do_all(alice, project) == [pool[place].pk for place in (3, 4, 5, 0, 1, 2, 6)]


def test_quality_control_stands_among_the_others_for_every_labeler(
    project: Project, max_: User, alice: User, bob: User, scorer: Scorer, plan: Plan, pool: list[Solution]
) -> None:
    with_gold(pool[18:])
    control = msgspec.structs.replace(plan, size=18, quality_control_share=0.3)
    assert preview(project, control).controls_asked == 4, "9 are rated by each of two: 4 of 13 are 30 %"
    generation = draw(project=project, plan=control, actor=max_)
    queue = in_queue_order(generation)
    places = [place for place, row in enumerate(queue) if row[3]]
    assert len(places) == 4
    assert all(
        low <= place <= high
        for place, (low, high) in zip(places, [(0, 6), (4, 11), (9, 17), (15, 21)], strict=True)
    )
    assert {row[1:] for row in queue if row[3]} == {("quality control", 2, True, 1.0)}
    assert {row[0] for row in queue if row[3]} <= {one.pk for one in pool[18:]}


def test_quality_control_leaves_practice_and_what_all_have_done_and_takes_what_served_least(
    project: Project, max_: User, alice: User, plan: Plan, pool: list[Solution]
) -> None:
    with_gold(pool[19:])
    course.choose(actor=None, project=project, practice=[pool[19].pk], screening=[])
    done = Task.objects.create(project=project, solution=pool[20], is_open=False)
    Annotation.objects.create(
        project=project, task=done, solution=pool[20], labeler=labeler(alice, project),
        finish_reason="solution", started_at=timezone.now(), touched_at=timezone.now(),
        submitted_at=timezone.now(),
    )  # fmt: skip
    Task.objects.create(project=project, solution=pool[21], is_quality_control=True, is_open=False)
    control = msgspec.structs.replace(plan, size=2, uniform_share=0, quality_control_share=0.5)
    used = [
        {row[0] for row in in_queue_order(draw(project=project, plan=control, actor=max_)) if row[3]}
        for _ in range(2)
    ]
    assert used[0] == {pool[22].pk, pool[23].pk}
    assert len(used[1]) == 2
    assert pool[20].pk not in used[1]
    assert pool[19].pk not in used[1]


def test_closing_takes_what_is_left_out_of_the_queue_but_not_out_of_hands(
    project: Project, max_: User, alice: User, bob: User, plan: Plan, pool: list[Solution]
) -> None:
    generation = draw(project=project, plan=plan, actor=max_)
    lease = labeling.lease_next(labeler=labeler(alice, project).pk)
    assert lease is not None
    close(generation=generation, actor=max_)
    assert labeling.lease_next(labeler=labeler(bob, project).pk) is None
    assert not labeling.submit(lease=lease, marks=rated({0: -1})).is_surplus
    assert Generation.objects.get().closed_at is not None
    close(generation=generation, actor=max_)
    assert [one.data for one in AuditEntry.objects.filter(verb="close generation")] == [{"number": 1, "left": 10}]


def test_it_refuses_a_scorer_of_another_project(
    project: Project, other_project: Project, max_: User, plan: Plan
) -> None:
    foreign = msgspec.structs.replace(plan, scorer=new_scorer(other_project).pk)
    with pytest.raises(BadPlan) as refused:
        preview(project, foreign)
    assert refused.value.field == "scorer"


def test_it_picks_from_its_own_project(
    project: Project, other_project: Project, max_: User, pool: list[Solution]
) -> None:
    assert preview(other_project, Plan(strategy=Strategy.UNIFORM, size=5)).pool == 0


def test_a_share_of_the_whole_wants_more_whatever_the_reason(
    project: Project, max_: User, plan: Plan, pool: list[Solution]
) -> None:
    generation = draw(project=project, plan=msgspec.structs.replace(plan, overlap_share=0.5), actor=max_)
    assert Counter(row[2] for row in in_queue_order(generation)) == {1: 5, 2: 5}
