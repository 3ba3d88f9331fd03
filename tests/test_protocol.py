"""Two windows, lost answers, late submits: what the desk promises about ratings."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone

from annotation import labeling
from annotation.labeling import AlreadySubmitted, Conflict, Incomplete, Mark, OtherSubmit, WrongRating
from annotation.models import Annotation, Lease, Place, Project, StepLabel, Task, User
from tests.conftest import labeler, rated, solution_line
from tests.leases import lease, let_leases_lapse, only_lease, submit

KEY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def give_to(user: User, project: Project) -> None:
    """Somebody else takes over all leases."""
    Place.objects.filter(filled_at=None, labeler__isnull=False).update(labeler=labeler(user, project))


def test_each_save_says_the_version_it_made(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    assert mine.version == 0
    first = labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    second = labeling.save(lease=mine, marks=rated({1: 0}), base=first.version)
    assert (first.version, second.version) == (1, 2)
    assert lease(alice, waiting).version == 2


def test_a_save_whose_answer_was_lost_may_come_again(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    for _ in range(3):
        saved = labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    assert saved.others == {}
    assert StepLabel.objects.get().rating == 1


def test_a_second_window_gets_both_ratings_and_a_choice(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    with pytest.raises(Conflict, match="step 1") as refused:
        labeling.save(lease=mine, marks=rated({0: -1, 1: 1}), base=0)
    assert refused.value.theirs == {(0, 0): Mark(1)}
    assert list(StepLabel.objects.values_list("step", "rating")) == [(0, 1)]
    labeling.save(lease=mine, marks=rated({0: -1}), base=refused.value.version)
    assert StepLabel.objects.get().rating == -1


def test_windows_that_rate_different_steps_learn_from_each_other(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    saved = labeling.save(lease=mine, marks=rated({1: 0}), base=0)
    assert (saved.version, saved.others) == (2, {(0, 0): Mark(1)})


def test_a_submit_from_an_old_window_is_no_silent_overwrite(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: -1}), base=0)
    with pytest.raises(Conflict):
        labeling.submit(lease=mine, marks=rated({0: 1, 1: 1, 2: 1}), base=0)
    assert Annotation.objects.get().submitted_at is None


def test_a_submit_sent_again_is_answered_and_another_one_refused(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    first = labeling.submit(lease=mine, marks=rated({0: -1}), key=KEY)
    assert labeling.submit(lease=mine, marks=rated({0: -1}), key=KEY) == first
    with pytest.raises(OtherSubmit):
        labeling.submit(lease=mine, marks=rated({0: 1, 1: -1}), key=KEY)
    assert labeling.submit(lease=mine, marks=rated({0: -1}), key=uuid4()) == first
    for other in (rated({0: 1, 1: -1}), {}):
        with pytest.raises(AlreadySubmitted):
            labeling.submit(lease=mine, marks=other, key=uuid4())
    assert list(StepLabel.objects.values_list("step", "rating")) == [(0, -1)]


@pytest.mark.django_db(transaction=True)
def test_fifty_submits_with_one_key_are_one(load: Any) -> None:
    mine = only_lease(load, solution_line(1))

    def hand_in(_: int) -> Any:
        try:
            return labeling.submit(lease=mine, marks=rated({0: 1, 1: 0, 2: -1}), key=KEY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(hand_in, range(50)))) == 1
    assert Annotation.objects.count() == 1


def test_a_draft_whose_time_is_over_is_kept_all_the_same(waiting: Project, alice: User, bob: User) -> None:
    mine = lease(alice, waiting)
    give_to(bob, waiting)
    saved = labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    assert saved.hold.until is None
    assert StepLabel.objects.get().rating == 1


def test_a_late_submit_fills_a_place_that_is_free(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    let_leases_lapse()
    assert not labeling.submit(lease=mine, marks=rated({0: -1})).is_surplus
    assert Place.objects.get(task=mine.task).filled_at is not None
    assert not Task.objects.get(pk=mine.task).is_open


def test_a_submit_that_finds_no_place_is_kept_as_surplus(waiting: Project, alice: User, bob: User) -> None:
    mine = lease(alice, waiting)
    give_to(bob, waiting)
    assert labeling.submit(lease=mine, marks=rated({0: -1})).is_surplus
    assert Task.objects.get(pk=mine.task).is_open
    place = Place.objects.get(task=mine.task)
    assert (place.labeler.user, place.filled_at) == (bob, None)
    assert lease(alice, waiting).task != mine.task


def test_a_taken_solution_comes_back_with_its_draft_first(waiting: Project, alice: User, bob: User) -> None:
    mine = lease(alice, waiting)
    labeling.save(lease=mine, marks=rated({0: 1}))
    give_to(bob, waiting)
    other = lease(alice, waiting)
    assert other.task != mine.task
    Place.objects.filter(labeler__user=bob).update(labeler=None, leased_at=None, expires_at=None)
    submit(other)
    again = lease(alice, waiting)
    assert (again.token, labeling.desk_of(again).ratings) == (mine.token, [1, None, None])


def seconds_left(user: User) -> float:
    place = Place.objects.get(labeler__user=user, filled_at=None)
    assert place.expires_at is not None
    return (place.expires_at - timezone.now()).total_seconds()


def test_a_solution_that_is_only_sent_along_lapses_soon_unless_opened(waiting: Project, alice: User) -> None:
    mine = labeling.lease_next(labeler=labeler(alice, waiting).pk, opened=False)
    assert mine is not None
    assert seconds_left(alice) < 130
    hold = labeling.renew(lease=mine)
    assert 1700 < hold.seconds <= 1800
    assert seconds_left(alice) > 1700


def test_nobody_keeps_a_solution_for_longer_than_the_project_allows(waiting: Project, alice: User) -> None:
    """Neither by being at work, nor by saving, nor by coming back to it."""
    Project.objects.update(lease_minutes=30, most_minutes=40)
    mine = lease(alice, waiting)
    held = Place.objects.filter(labeler__user=alice)
    acts: list[Callable[[], object]] = [
        lambda: labeling.renew(lease=mine),
        lambda: labeling.save(lease=mine, marks=rated({0: 1})),
        lambda: lease(alice, waiting),
    ]
    for act in acts:
        begun = timezone.now() - timedelta(minutes=25)
        held.update(leased_at=begun, expires_at=timezone.now() + timedelta(minutes=5))
        act()
        assert 14 * 60 < seconds_left(alice) <= 15 * 60


def test_a_solution_that_was_never_opened_begins_when_it_is(waiting: Project, alice: User) -> None:
    mine = labeling.lease_next(labeler=labeler(alice, waiting).pk, opened=False)
    assert mine is not None
    yesterday = timezone.now() - timedelta(days=1)
    Annotation.objects.update(started_at=yesterday, touched_at=yesterday)
    lease(alice, waiting)
    assert Annotation.objects.get().started_at > timezone.now() - timedelta(minutes=1)
    Annotation.objects.update(started_at=yesterday)
    lease(alice, waiting)
    assert Annotation.objects.get().started_at == yesterday


def test_a_labeler_holds_one_place_at_a_time(waiting: Project, alice: User) -> None:
    lease(alice, waiting)
    free = Place.objects.filter(labeler=None).first()
    assert free is not None
    with pytest.raises(Exception, match="place_held_once"):
        Place.objects.filter(task=free.task).update(
            labeler=labeler(alice, waiting), leased_at=timezone.now(), expires_at=timezone.now()
        )


def test_the_project_may_have_all_steps_rated(waiting: Project, alice: User) -> None:
    Project.objects.update(stops_at_error=False)
    mine = lease(alice, waiting)
    with pytest.raises(Incomplete):
        labeling.submit(lease=mine, marks=rated({0: 1, 1: -1}))
    done = labeling.submit(lease=mine, marks=rated({0: 1, 1: -1, 2: 0}))
    assert done.finish_reason == "found_error"
    row = Annotation.objects.get()
    assert row.chosen == [0, None, 0]
    assert list(StepLabel.objects.order_by("step").values_list("rating", flat=True)) == [1, -1, 0]


@pytest.fixture
def with_choices(project: Project, load: Any) -> Project:
    """One solution, with two alternatives for its second step."""
    steps = ["One and one.", "That is three.", "# Answer\n\n3"]
    others = [[], ["That is two.", "That is eleven."], []]
    load(project, [{"problem": "What is 1 + 1?", "steps": steps, "alternatives": others}])
    return project


def test_the_alternatives_for_the_first_error_are_rated_too(with_choices: Project, alice: User) -> None:
    mine = lease(alice, with_choices)
    desk = labeling.desk_of(mine)
    assert [option.text for option in desk.steps[1].alternatives] == ["That is two.", "That is eleven."]
    wrong: labeling.Marks = {(0, 0): Mark(1), (1, 0): Mark(-1), (1, 1): Mark(1)}
    with pytest.raises(Incomplete, match="Alternative 2 for step 2"):
        labeling.submit(lease=mine, marks=wrong)
    labeling.submit(lease=mine, marks=wrong | {(1, 2): Mark(0)})
    labels = StepLabel.objects.filter(annotation=mine.annotation).order_by("step", "position")
    assert list(labels.values_list("step", "position", "rating", "flagged")) == [
        (0, 0, 1, None),
        (1, 0, -1, None),
        (1, 1, 1, False),
        (1, 2, 0, False),
    ]


def test_alternatives_of_a_step_that_turned_out_right_do_not_count(with_choices: Project, alice: User) -> None:
    mine = lease(alice, with_choices)
    labeling.save(lease=mine, marks={(0, 0): Mark(1), (1, 0): Mark(-1), (1, 1): Mark(1)})
    labeling.submit(lease=mine, marks=rated({1: 1, 2: 1}))
    assert not StepLabel.objects.filter(annotation=mine.annotation, position__gt=0).exists()


def test_an_alternative_that_is_not_there_is_refused(with_choices: Project, alice: User) -> None:
    mine = lease(alice, with_choices)
    with pytest.raises(WrongRating, match="Step 2 has no alternative 3"):
        labeling.save(lease=mine, marks={(1, 3): Mark(1)})


def test_time_at_work_is_what_the_page_measured_but_never_more_than_passed(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    Annotation.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    labeling.save(lease=mine, marks=rated({0: 1}), step_ms=[4000])
    labeling.save(lease=mine, marks=rated({1: 1}), step_ms=[3000, 2000])
    labeling.submit(lease=mine, marks=rated({2: 1}), step_ms=[4000, 2000, 1500])
    row = Annotation.objects.get()
    assert (row.step_ms, row.active_ms) == ([4000, 2000, 1500], 7500)


def test_nobody_works_longer_than_the_wall_clock(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    labeling.submit(lease=mine, marks=rated({0: -1}), step_ms=[10_000_000])
    assert Annotation.objects.get().active_ms < 60_000


def test_a_save_after_the_submit_is_told_so(waiting: Project, alice: User) -> None:
    mine: Lease = lease(alice, waiting)
    labeling.submit(lease=mine, marks=rated({0: -1}))
    with pytest.raises(AlreadySubmitted):
        labeling.save(lease=mine, marks=rated({0: 1}), base=0)
    assert labeling.renew(lease=mine).until is None
