"""Rating, saving and handing in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from annotation import labeling, people
from annotation.labeling import AlreadySubmitted, Incomplete, NoReason, WrongRating
from annotation.models import Annotation, Lease, Project, Role, StepLabel, Task, User
from tests.conftest import labeler, rated, solution_line
from tests.leases import lease, only_lease


def stored(lease: Lease) -> list[tuple[int, int | None]]:
    labels = StepLabel.objects.filter(annotation=lease.annotation)
    return list(labels.order_by("step").values_list("step", "rating"))


def row(lease: Lease) -> Annotation:
    return Annotation.objects.get(pk=lease.annotation)


def test_each_rating_is_kept_when_it_is_made(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}))
    labeling.save(lease=mine, marks=rated({1: 0}))
    assert stored(mine) == [(0, 1), (1, 0)]


def test_saving_again_changes_nothing(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    for _ in range(3):
        labeling.save(lease=mine, marks=rated({0: 1}))
    assert stored(mine) == [(0, 1)]


def test_a_rating_can_be_changed_and_taken_back(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}))
    labeling.save(lease=mine, marks=rated({0: -1}))
    assert labeling.desk_of(mine).ratings == [-1, None, None]
    labeling.save(lease=mine, marks=rated({0: None}))
    assert labeling.desk_of(mine).ratings == [None, None, None]


@pytest.mark.parametrize("step", [-1, 3, 70_000])
def test_a_step_that_is_not_there_is_refused(step: int, waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    with pytest.raises(WrongRating, match="3 steps"):
        labeling.save(lease=mine, marks=rated({step: 1}))


def test_all_steps_without_a_negative_are_a_solution(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    done = labeling.submit(lease=mine, marks=rated({0: 1, 1: 0, 2: 1}))
    assert (done.finish_reason, row(mine).chosen) == ("solution", [0, 0, 0])
    assert not Task.objects.get(pk=mine.task).is_open


def test_the_first_negative_ends_it(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
    done = labeling.submit(lease=mine, marks=rated({1: -1}))
    assert (done.finish_reason, row(mine).chosen) == ("found_error", [0, None])
    assert stored(mine) == [(0, 1), (1, -1)]


@pytest.mark.parametrize("ratings", [{}, {0: 1}, {0: 1, 1: 1}, {0: 1, 1: None, 2: 1}, {1: -1}])
def test_an_unfinished_solution_is_not_taken(ratings: Any, waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    with pytest.raises(Incomplete):
        labeling.submit(lease=mine, marks=rated(ratings))
    assert Annotation.objects.get().submitted_at is None
    assert stored(mine) == []


@pytest.mark.parametrize("end", ["give_up", "bad_problem"])
def test_it_may_end_early_with_a_reason(end: Any, waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    with pytest.raises(NoReason):
        labeling.submit(lease=mine, marks=rated({}), early_end=end, explanation="  ")
    done = labeling.submit(lease=mine, marks=rated({0: 1}), early_end=end, explanation="Too hard.")
    assert (done.finish_reason, done.explanation, row(mine).chosen) == (end, "Too hard.", [0])
    assert stored(mine) == [(0, 1)]


def test_submitting_again_returns_what_is_stored(waiting: Project, alice: User) -> None:
    """Other ratings are refused, not dropped in silence."""
    mine = lease(alice, waiting)
    first = labeling.submit(lease=mine, marks=rated({0: -1}))
    assert labeling.submit(lease=mine, marks=rated({0: -1})) == first
    with pytest.raises(AlreadySubmitted):
        labeling.submit(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
    assert stored(mine) == [(0, -1)]


def test_a_save_that_comes_after_the_submit_changes_nothing(project: Project, alice: User, load: Any) -> None:
    project.wanted = 2
    project.save()
    load(project, [solution_line(1)])
    mine = lease(alice, project)
    labeling.submit(lease=mine, marks=rated({0: -1}))
    labeling.save(lease=mine, marks=rated({0: -1}))
    with pytest.raises(AlreadySubmitted):
        labeling.save(lease=mine, marks=rated({0: 1}))
    assert stored(mine) == [(0, -1)]


def test_time_at_work_is_counted_without_pauses(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    for seconds in (10, 3600, 20):
        Annotation.objects.update(touched_at=timezone.now() - timedelta(seconds=seconds))
        labeling.save(lease=mine, marks=rated({0: 1}))
    assert 90_000 <= row(mine).active_ms < 95_000


def test_the_task_stays_open_until_its_last_place_is_filled(
    project: Project, alice: User, bob: User, load: Any
) -> None:
    project.wanted = 2
    project.save()
    load(project, [solution_line(1)])
    labeling.submit(lease=lease(alice, project), marks=rated({0: -1}))
    assert Task.objects.get().is_open
    labeling.submit(lease=lease(bob, project), marks=rated({0: -1}))
    assert not Task.objects.get().is_open


@pytest.mark.django_db(transaction=True)
def test_fifty_submits_of_two_kinds_are_one(load: Any) -> None:
    mine = only_lease(load, solution_line(1))

    def hand_in(number: int) -> Any:
        last = 1 if number % 2 else -1
        try:
            done = labeling.submit(lease=mine, marks=rated({0: 1, 1: 1, 2: last}))
        except AlreadySubmitted:
            return "refused", last
        finally:
            connections.close_all()
        return done.submitted_at, last

    with ThreadPoolExecutor(10) as threads:
        outcomes = set(threads.map(hand_in, range(50)))
    assert len(outcomes) == 2
    (refused,) = [last for outcome, last in outcomes if outcome == "refused"]
    assert stored(mine) == [(0, 1), (1, 1), (2, -refused)]
    assert Annotation.objects.count() == 1
    assert len(stored(mine)) == 3


@pytest.mark.django_db(transaction=True)
def test_saves_and_submits_that_come_at_once_do_not_block_each_other(load: Any) -> None:
    project = Project.objects.create(slug="busy", name="Busy", wanted=2)
    load(project, [solution_line(number) for number in range(1, 11)])
    people.add_member(actor=None, project=project, email="alice@lab.example", roles=[Role.LABELER])
    member = labeler(User.objects.get(), project)

    def act(number: int, mine: Lease) -> str:
        try:
            if number % 2:
                labeling.save(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
            else:
                labeling.submit(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}))
        except AlreadySubmitted:
            return "late"
        finally:
            connections.close_all()
        return "ok"

    with ThreadPoolExecutor(6) as threads:
        while mine := labeling.lease_next(labeler=member.pk):
            outcomes = list(threads.map(act, range(6), [mine] * 6))
            assert outcomes.count("ok") >= 3
    assert Annotation.objects.exclude(submitted_at=None).count() == 10
