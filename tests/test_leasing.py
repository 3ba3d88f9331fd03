"""Who gets which solution, and when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from annotation import labeling, people
from annotation.models import Lease, LoadRun, Membership, Place, Project, Role, Solution, Task, User
from tests.conftest import labeler, rated, solution_line
from tests.leases import lease, let_leases_lapse, submit


def name_of(lease: Lease) -> str | None:
    return Solution.objects.get(pk=lease.solution).external_id


def test_it_hands_out_the_queue_in_its_order(waiting: Project, alice: User) -> None:
    Task.objects.filter(solution__external_id="s3").update(priority=5)
    assert [name_of(submit(lease(alice, waiting))) for _ in range(3)] == ["s3", "s1", "s2"]


def test_it_gives_the_begun_solution_again(waiting: Project, alice: User) -> None:
    first = lease(alice, waiting)
    labeling.save(lease=first, marks=rated({0: -1}))
    again = lease(alice, waiting)
    assert again.token == first.token
    assert labeling.desk_of(again).ratings == [-1, None, None]


def test_two_labelers_get_two_solutions(waiting: Project, alice: User, bob: User) -> None:
    assert lease(alice, waiting).solution != lease(bob, waiting).solution


def test_nobody_rates_a_solution_twice(waiting: Project, alice: User) -> None:
    Task.objects.update(wanted=2)
    for task in Task.objects.all():
        Place.objects.create(task=task, slot=1, wanted=2)
    done = [submit(lease(alice, waiting)).solution for _ in range(3)]
    assert len(set(done)) == 3
    assert labeling.lease_next(labeler=labeler(alice, waiting).pk) is None


def test_as_many_as_wanted_rate_one_solution(project: Project, alice: User, bob: User, load: Any) -> None:
    project.wanted = 2
    project.save()
    load(project, [solution_line(1)])
    assert submit(lease(alice, project)).solution == submit(lease(bob, project)).solution
    assert not Task.objects.get().is_open


def test_a_lapsed_lease_goes_to_somebody_else(waiting: Project, alice: User, bob: User) -> None:
    Task.objects.exclude(solution__external_id="s1").update(is_open=False)
    first = lease(alice, waiting)
    assert labeling.lease_next(labeler=labeler(bob, waiting).pk) is None
    let_leases_lapse()
    assert lease(bob, waiting).solution == first.solution
    assert labeling.renew(lease=first).until is None


def test_a_lapsed_lease_that_nobody_took_still_counts(waiting: Project, alice: User) -> None:
    first = lease(alice, waiting)
    let_leases_lapse()
    labeling.save(lease=first, marks=rated({0: 1}))
    assert Place.objects.get(labeler__user=alice).expires_at > timezone.now()
    assert lease(alice, waiting).token == first.token


def test_whoever_lost_a_place_takes_another_free_one_of_the_task(
    project: Project, alice: User, bob: User, load: Any
) -> None:
    project.wanted = 2
    project.save()
    load(project, [solution_line(1)])
    mine = lease(alice, project)
    let_leases_lapse()
    Place.objects.filter(slot=0).update(
        labeler=labeler(bob, project), expires_at=F("leased_at") + timedelta(hours=1)
    )
    submit(mine)
    assert Place.objects.get(labeler__user=alice).slot == 1


def test_each_rating_renews_the_lease(waiting: Project, alice: User) -> None:
    mine = lease(alice, waiting)
    Place.objects.filter(labeler__user=alice).update(expires_at=timezone.now() + timedelta(seconds=5))
    labeling.save(lease=mine, marks=rated({0: 1}))
    assert Place.objects.get(labeler__user=alice).expires_at > timezone.now() + timedelta(minutes=29)


def test_a_project_gives_nothing_to_a_labeler_of_another(
    waiting: Project, other_project: Project, eve: User
) -> None:
    assert labeling.lease_next(labeler=labeler(eve, other_project).pk) is None


def test_it_says_why_there_is_nothing(waiting: Project, alice: User, bob: User) -> None:
    Task.objects.update(wanted=2)
    Place.objects.create(task=Task.objects.order_by("id")[0], slot=1, wanted=2)
    for _ in range(2):
        submit(lease(alice, waiting))
    lease(bob, waiting)
    Task.objects.filter(solution__external_id="s3").update(is_open=False)
    said = labeling.waiting_for(labeler(alice, waiting).pk)
    assert (said.done, said.with_others, said.for_others) == (2, 0, 1)
    said = labeling.waiting_for(labeler(bob, waiting).pk)
    assert (said.done, said.with_others) == (0, 0)


def test_it_says_when_a_solution_may_come_free(waiting: Project, alice: User, bob: User) -> None:
    Task.objects.exclude(solution__external_id="s1").update(is_open=False)
    lease(bob, waiting)
    said = labeling.waiting_for(labeler(alice, waiting).pk)
    assert said.with_others == 1
    assert said.next_free == Place.objects.get(labeler__user=bob).expires_at


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_never_get_the_same_place(load: Callable[..., LoadRun]) -> None:
    project = Project.objects.create(slug="busy", name="Busy", wanted=2)
    load(project, [solution_line(number, steps=1) for number in range(1, 41)])
    members = []
    for number in range(8):
        email = f"labeler{number}@lab.example"
        membership = people.add_member(actor=None, project=project, email=email, roles=[Role.LABELER])
        members.append(labeler(membership.user, project))

    def work(member: Membership) -> list[int]:
        done = []
        while found := labeling.lease_next(labeler=member.pk):
            done.append(submit(found).task)
        connections.close_all()
        return done

    with ThreadPoolExecutor(8) as threads:
        done = [task for tasks in threads.map(work, members) for task in tasks]
    assert len(done) == 80
    assert all(done.count(task) == 2 for task in set(done))
    assert not Task.objects.filter(is_open=True).exists()
    assert not Place.objects.filter(filled_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_labeler_get_the_same_solution(load: Callable[..., LoadRun]) -> None:
    project = Project.objects.create(slug="busy", name="Busy")
    load(project, [solution_line(number) for number in range(1, 20)])
    people.add_member(actor=None, project=project, email="alice@lab.example", roles=[Role.LABELER])
    member = labeler(User.objects.get(), project)

    def start(_: int) -> Any:
        found = labeling.lease_next(labeler=member.pk)
        connections.close_all()
        assert found is not None
        return found.token

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1


CONSTRAINTS = {
    "a task with more places than it wants": """
        INSERT INTO annotation_place (task_id, slot, wanted) SELECT id, 1, 1 FROM annotation_task LIMIT 1""",
    "a place that wants something else than its task": """
        INSERT INTO annotation_place (task_id, slot, wanted) SELECT id, 1, 2 FROM annotation_task LIMIT 1""",
    "two places of a task for one labeler": """
        WITH t AS (UPDATE annotation_task SET wanted = 2 RETURNING id)
        INSERT INTO annotation_place (task_id, slot, wanted, labeler_id, leased_at, expires_at)
        SELECT task_id, 1, 2, labeler_id, now(), now() FROM annotation_place WHERE labeler_id IS NOT NULL""",
    "half a lease": "UPDATE annotation_place SET leased_at = now() WHERE labeler_id IS NULL",
    "two annotations of one labeler for a task": """
        INSERT INTO annotation_annotation (project_id, task_id, solution_id, labeler_id, started_at, touched_at,
            explanation, active_ms, chosen, is_imported, empty_steps)
        SELECT project_id, task_id, solution_id, labeler_id, now(), now(), '', 0, '{}', false, '{}'
        FROM annotation_annotation""",
    "a rating of 2": "UPDATE annotation_steplabel SET rating = 2",
    "a step out of range": "UPDATE annotation_steplabel SET step = 3",
    "a completion out of range": "UPDATE annotation_steplabel SET completion = 1",
    "a label of another solution": """
        UPDATE annotation_steplabel SET solution_id = (SELECT max(id) FROM annotation_solution)""",
    "an end without a reason": "UPDATE annotation_annotation SET submitted_at = now()",
    "an unknown end": "UPDATE annotation_annotation SET submitted_at = now(), finish_reason = 'tired'",
    "negative time": "UPDATE annotation_annotation SET active_ms = -1",
    "a solution without steps": "UPDATE annotation_solution SET length = 0",
    "the same solution twice": """
        INSERT INTO annotation_solution (project_id, problem_id, pre_generated, length, digest, created_at)
        SELECT project_id, problem_id, true, 1, digest, now() FROM annotation_solution""",
    "a project that wants nothing": "UPDATE annotation_project SET wanted = 0",
}


@pytest.mark.parametrize("what", CONSTRAINTS)
def test_the_database_itself_refuses(what: str, waiting: Project, alice: User) -> None:
    labeling.save(lease=lease(alice, waiting), marks=rated({0: 1}))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {CONSTRAINTS[what]}")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE annotation_annotation SET finish_reason = 'give_up'",
        "DELETE FROM annotation_annotation",
        "UPDATE annotation_steplabel SET rating = -1",
        "DELETE FROM annotation_steplabel",
        """INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
        SELECT id, solution_id, 1, 1, 0, -1 FROM annotation_annotation""",
        """INSERT INTO annotation_humancompletion
            (annotation_id, step, text, flagged, has_corrected_rating, is_plain_text)
        SELECT id, 0, 'Late.', false, false, false FROM annotation_annotation""",
        """INSERT INTO annotation_errorreport (annotation_id, step, critique, ratings)
        SELECT id, 0, 'Late.', '{}' FROM annotation_annotation""",
        """INSERT INTO annotation_choice (annotation_id, path, completion, text, is_drawn, version)
        SELECT id, '{}', 0, '', false, 1 FROM annotation_annotation""",
    ],
)
def test_what_is_submitted_is_fixed(change: str, waiting: Project, alice: User) -> None:
    submit(lease(alice, waiting))
    with pytest.raises(IntegrityError, match="submitted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_raising_what_a_task_wants_takes_its_places_along(waiting: Project) -> None:
    Task.objects.update(wanted=2)
    assert set(Place.objects.values_list("wanted", flat=True)) == {2}
