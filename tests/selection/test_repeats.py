"""Hidden repeats: what labelers have rated comes to the same labelers again, and looks like other work."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from annotation import labeling, selection
from annotation.against_people import picks
from annotation.agreement.tables import Slice, labels
from annotation.labeling.waiting import is_ready, waiting_for
from annotation.models import Annotation, Lease, Place, Project, Task, User
from annotation.scoring.examples import examples_of
from annotation.selection import Plan, Strategy
from tests.conftest import labeler, person, rated, solution_line

SignIn = Callable[[User], Client]
PLAN = Plan(strategy=Strategy.UNIFORM, size=6, repeats=3, seed=11)


@pytest.fixture
def rated_once(project: Project, alice: User, bob: User, load: Callable[..., Any]) -> Project:
    """Alice has rated six solutions and Bob four others; twelve more are in the pool."""
    load(project, [solution_line(number, steps=2) for number in range(1, 11)])
    for user, count in ((alice, 6), (bob, 4)):
        for _ in range(count):
            rate(next_of(user, project))
    load(project, [solution_line(number, steps=2) for number in range(11, 23)], for_pool=True)
    return project


def next_of(user: User, project: Project) -> Lease:
    lease = labeling.lease_next(labeler=labeler(user, project).pk)
    assert lease is not None
    return lease


def rate(lease: Lease, error_at: int | None = None) -> None:
    labeling.submit(lease=lease, marks=rated({0: 1, 1: 1} if error_at is None else {error_at: -1}))


def do_all(user: User, project: Project) -> list[int]:
    done = []
    while lease := labeling.lease_next(labeler=labeler(user, project).pk):
        rate(lease)
        done.append(lease.solution)
    return done


def solutions_of(user: User) -> set[int]:
    return set(Annotation.objects.filter(labeler__user=user).values_list("solution", flat=True))


def test_each_labeler_rates_again_what_they_rated_and_nobody_else_does(
    rated_once: Project, alice: User, bob: User
) -> None:
    of_alice, of_bob = solutions_of(alice), solutions_of(bob)
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    repeats = Task.objects.filter(repeat=1, generation=1, is_open=True, is_quality_control=False)
    assert set(repeats.values_list("reason", "wanted")) == {("hidden repeat", 1)}
    assert repeats.count() == 6
    carol = person("carol", rated_once, "labeler")
    by_carol = next_of(carol, rated_once)
    done, by_bob = do_all(alice, rated_once), do_all(bob, rated_once)
    assert len(of_alice.intersection(done)) == 3
    assert len(of_bob.intersection(by_bob)) == 3
    assert not of_bob.intersection(done)
    assert not of_alice.intersection(by_bob)
    assert by_carol.solution not in of_alice | of_bob
    assert len(done) == len(set(done)), "nothing comes a third time"
    assert not Task.objects.filter(is_open=True, repeat=1).exists()
    rate(by_carol)
    assert do_all(carol, rated_once) == []


def test_they_are_somewhere_among_the_others_and_differ_in_nothing_a_labeler_sees(
    rated_once: Project, alice: User, sign_in: SignIn
) -> None:
    before = solutions_of(alice)
    pages: dict[bool, set[str]] = {True: set(), False: set()}
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    order, client = [], sign_in(alice)
    while lease := labeling.lease_next(labeler=labeler(alice, rated_once).pk):
        order.append(lease.solution in before)
        page = client.get(f"/desk/{lease.token}/").content.decode()
        assert "checked" not in page, "what they said the first time is not there"
        pages[order[-1]].add(re.sub(r"[\w-]{30,}|[\dx_${}=+]+|Problem|solution", "", page))
        rate(lease)
    assert sum(order) == 3
    told = waiting_for(labeler(alice, rated_once).pk).done
    assert told == Annotation.objects.filter(labeler__user=alice).count(), "as on the own page: nothing to compare"
    assert order != sorted(order, reverse=True)
    assert pages[True] == pages[False]


def test_the_board_says_how_far_they_agree_with_themselves(
    rated_once: Project, alice: User, bob: User, rita: User, sign_in: SignIn
) -> None:
    client = sign_in(rita)
    page = client.get("/projects/algebra/agreement/").content.decode()
    assert "nobody was given the same solution twice" in page
    before = solutions_of(alice)
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    again = 0
    while lease := labeling.lease_next(labeler=labeler(alice, rated_once).pk):
        is_again = lease.solution in before
        rate(lease, error_at=0 if is_again and not again else None)
        again += is_again
    page = client.get("/projects/algebra/agreement/").content.decode()
    (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*Self-agreement: same rating.*?</tr>", page, re.DOTALL)
    assert "0.800" in row, "of five steps rated again, four alike"
    assert "nobody was given" not in row


def test_what_was_said_twice_is_learned_and_counted_once(rated_once: Project, alice: User, bob: User) -> None:
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    before = len(list(examples_of(rated_once)))
    done = [*do_all(alice, rated_once), *do_all(bob, rated_once)]
    assert len(list(examples_of(rated_once))) == before + len(done) - 6
    rows = picks.board(labels(Slice(rated_once.pk)), picks.picked(rated_once.pk))
    assert {row.reason for row in rows} == {"uniform"}


def test_what_is_still_to_be_repeated_or_came_often_is_not_drawn_first(
    rated_once: Project, alice: User, load: Callable[..., Any]
) -> None:
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    first = set(Place.objects.filter(reserved_for__user=alice).values_list("task__solution", flat=True))
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    places = Place.objects.filter(reserved_for__user=alice, task__generation=2)
    second = set(places.values_list("task__solution", flat=True))
    assert first | second == solutions_of(alice)
    do_all(alice, rated_once)
    load(rated_once, [solution_line(number, steps=2) for number in range(31, 34)], for_pool=True)
    selection.draw(project=rated_once, plan=msgspec.structs.replace(PLAN, size=3), actor=None)
    third = Place.objects.filter(reserved_for__user=alice, task__generation=3, task__repeat=1)
    assert third.count() == 3, "what was never repeated comes before a third time"


def test_a_repeat_that_lapsed_waits_for_its_labeler(rated_once: Project, alice: User, bob: User) -> None:
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    before = solutions_of(alice)
    while (lease := next_of(alice, rated_once)).solution not in before:
        rate(lease)
    labeling.save(lease=lease, marks=rated({0: 1}))
    Place.objects.filter(task=lease.task).update(expires_at="2026-01-01T00:00Z")
    assert lease.solution not in do_all(bob, rated_once)
    assert not is_ready(labeler(bob, rated_once).pk)
    assert waiting_for(labeler(bob, rated_once).pk).with_others == 0
    assert is_ready(labeler(alice, rated_once).pk)
    assert next_of(alice, rated_once).annotation == lease.annotation
    rate(lease)
    assert not Annotation.objects.get(pk=lease.annotation).is_surplus


def test_a_reserved_place_cannot_be_anybody_elses(rated_once: Project, alice: User, bob: User) -> None:
    selection.draw(project=rated_once, plan=PLAN, actor=None)
    place = Place.objects.filter(reserved_for__user=alice)
    now = "2026-01-01T00:00Z"
    with pytest.raises(IntegrityError, match="place_reserved_is_for_nobody_else"), transaction.atomic():
        place.update(labeler=labeler(bob, rated_once), leased_at=now, expires_at=now)


def test_a_manager_asks_for_them_in_the_plan_and_sees_them_in_the_preview(
    rated_once: Project, max_: User, sign_in: SignIn
) -> None:
    client = sign_in(max_)
    plan = {
        "strategy": "uniform",
        "size": 6,
        "uniform_percent": 10,
        "overlap_percent": 0,
        "quality_control_percent": 0,
        "repeats": 2,
        "seed": 1,
    }
    page = client.get("/projects/algebra/generations/draw/", plan).content.decode()
    assert "<td>hidden repeat</td>" in page
    client.post("/projects/algebra/generations/draw/", plan)
    assert Task.objects.filter(repeat=1).count() == 4
    assert rated_once.generations.get().settings["repeats"] == 2
