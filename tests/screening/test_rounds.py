"""First practice, then the screening, then work; each labeler goes through them alone and once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from annotation import people
from annotation.learning.standing import State
from annotation.models import Membership, Place, Project, Role, Round, Stage, Task, User
from tests.conftest import solution_line
from tests.screening.acts import Load, do, make_course, next_lease, number_of, solution, standing


def test_practice_then_screening_then_work(school: Project, alice: User) -> None:
    assert standing(alice, school).state == State.PRACTISING
    assert do(alice, school, 2) == [1, 2]
    assert standing(alice, school).state == State.PRACTISING
    screened = do(alice, school, 3)
    found = standing(alice, school)
    assert (found.state, found.done, found.total) == (State.SCREENING, 3, 4)
    screened += do(alice, school, 1)
    assert sorted(screened) == [3, 4, 5, 6]
    lease = next_lease(alice, school)
    assert (lease.round, lease.stage) == (None, None)
    assert number_of(lease) in {7, 8, 9}
    found = standing(alice, school)
    assert found.state == State.PASSED
    assert found.result is not None
    assert (found.result.right, found.result.judged, found.result.found) == (8, 8, 4)


def test_every_labeler_gets_each_solution_in_an_order_of_their_own(school: Project, load: Load) -> None:
    Project.objects.update(screening_size=6)
    school.refresh_from_db()
    make_course(school, practice=[], screening=[1, 2, 3, 4, 5, 6])
    orders = set()
    for number in range(6):
        email = f"labeler{number}@lab.example"
        member = people.add_member(actor=None, project=school, email=email, roles=[Role.LABELER])
        assert member.user is not None
        first = next_lease(member.user, school)
        assert next_lease(member.user, school).token == first.token
        orders.add(tuple(Round.objects.get(labeler=member).solutions))
        assert sorted(do(member.user, school, 6)) == [1, 2, 3, 4, 5, 6]
    assert len(orders) > 1
    assert Task.objects.filter(is_screening=True, generation=-1, repeat=0).count() == 6
    assert all(
        task.places.filter(filled_at__isnull=False).count() == 6 for task in Task.objects.filter(is_screening=True)
    )


def test_whoever_is_at_work_is_not_sent_back(project: Project, load: Load, alice: User) -> None:
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    Project.objects.update(screening_size=1)
    project.refresh_from_db()
    do(alice, project, 1)
    make_course(project, practice=[8], screening=[9])
    assert next_lease(alice, project).round is None
    assert standing(alice, project).state == State.WORKING


def test_the_screening_begins_when_the_set_is_whole(school: Project, alice: User) -> None:
    Project.objects.update(screening_size=5)
    do(alice, school, 2)
    assert next_lease(alice, school).round is None


def test_who_is_under_way_keeps_the_set(school: Project, alice: User) -> None:
    do(alice, school, 3)
    make_course(school, practice=[1, 2], screening=[3, 4, 8, 9])
    assert len(do(alice, school, 3)) == 3
    assert next_lease(alice, school).round is None
    assert sorted(Round.objects.get(stage=Stage.SCREENING).solutions) == [solution(n).pk for n in (3, 4, 5, 6)]


@pytest.mark.django_db(transaction=True)
def test_many_are_screened_at_once(load: Load) -> None:
    project = Project.objects.create(slug="algebra", name="Algebra", screening_size=4)
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    users = []
    for number in range(8):
        email = f"labeler{number}@lab.example"
        users.append(people.add_member(actor=None, project=project, email=email, roles=[Role.LABELER]).user)

    def work(user: User) -> list[int]:
        done = do(user, project, 6)
        connections.close_all()
        return done

    with ThreadPoolExecutor(8) as threads:
        for done in threads.map(work, users):
            assert sorted(done) == [1, 2, 3, 4, 5, 6]
    assert Place.objects.filter(task__is_screening=True, filled_at__isnull=False).count() == 32
    assert Membership.objects.filter(rounds__stage="screening").count() == 8


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_a_new_labeler_get_the_same_solution(load: Load) -> None:
    project = Project.objects.create(slug="algebra", name="Algebra", screening_size=4)
    load(project, [solution_line(number, steps=2) for number in range(1, 10)])
    make_course(project, practice=[1, 2], screening=[3, 4, 5, 6])
    user = people.add_member(actor=None, project=project, email="a@lab.example", roles=[Role.LABELER]).user

    def start(_: int) -> UUID:
        token = next_lease(user, project).token
        connections.close_all()
        return token

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1
    assert Round.objects.count() == 1
