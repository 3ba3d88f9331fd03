"""What the empty queue says, against a count by hand over states made at random."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from annotation import labeling
from annotation.labeling import Waiting
from annotation.models import Annotation, Membership, Place, Project, Role, Solution, Task
from tests.conftest import labeler, person, rated, solution_line

NAMES = ("ann", "ben", "cora", "dan")


@pytest.fixture
def queue(project: Project, load: Any) -> list[Membership]:
    """Eight solutions that want two or three opinions each, and four labelers."""
    project.wanted = 2
    project.save()
    load(project, [solution_line(number, steps=1) for number in range(1, 9)])
    for task in Task.objects.order_by("id")[:3]:
        Task.objects.filter(pk=task.pk).update(wanted=3)
        Place.objects.create(task=task, slot=2, wanted=3)
    for solution in Solution.objects.order_by("id")[:2]:
        again = Task.objects.create(project=project, solution=solution, generation=1)
        Place.objects.create(task=again, slot=0, wanted=1)
    return [labeler(person(name, project, Role.LABELER), project) for name in NAMES]


def act(chance: random.Random, members: list[Membership]) -> None:
    """Somebody leases, submits, submits late, or is away for too long."""
    now = timezone.now()
    lease = labeling.lease_next(labeler=chance.choice(members).pk)
    if lease and chance.random() < 0.6:
        labeling.submit(lease=lease, marks=rated({0: 1}))
    if chance.random() < 0.3:
        held = Place.objects.filter(filled_at=None, labeler__isnull=False)
        held.filter(slot=chance.randrange(3)).update(expires_at=now - timedelta(minutes=1))
    if chance.random() < 0.1:
        Task.objects.filter(pk=chance.choice(Task.objects.values_list("pk", flat=True))).update(is_open=False)


def by_hand(member: Membership) -> tuple[Waiting, bool]:
    """With whether there is something to lease."""
    now = timezone.now()
    mine = Annotation.objects.filter(labeler=member)
    done = set(mine.exclude(submitted_at=None).values_list("solution_id", flat=True))
    begun = set(mine.filter(submitted_at=None).values_list("task_id", flat=True))
    with_others, for_others, until = set(), set(), []
    is_ready = Place.objects.filter(filled_at=None, labeler=member).exists()
    for place in Place.objects.filter(filled_at=None, task__is_open=True).select_related("task"):
        solution = place.task.solution_id
        is_live = place.expires_at is not None and place.expires_at >= now
        if solution in done:
            for_others.add(solution)
        elif is_live and place.labeler != member:
            with_others.add(solution)
            until.append(place.expires_at)
        if not is_live and (solution not in done or place.task_id in begun):
            is_ready = True
    next_free = min(filter(None, until), default=None)
    return Waiting(len(done), len(with_others), next_free, len(for_others)), is_ready


def test_it_is_what_a_count_by_hand_gives(queue: list[Membership]) -> None:
    chance = random.Random(20)
    seen = set()
    for _ in range(12):
        with transaction.atomic():
            for _ in range(chance.randrange(1, 40)):
                act(chance, queue)
                member = chance.choice(queue)
                said, is_ready = labeling.waiting_for(member.pk), labeling.is_ready(member.pk)
                assert (said, is_ready) == by_hand(member)
                seen.add((bool(said.with_others), bool(said.for_others), is_ready))
            transaction.set_rollback(True)
    assert len(seen) >= 6, seen


def test_it_is_ready_when_there_is_something_to_lease(queue: list[Membership]) -> None:
    chance = random.Random(4)
    seen = set()
    for _ in range(60):
        act(chance, queue)
        member = chance.choice(queue)
        is_ready = labeling.is_ready(member.pk)
        point = transaction.savepoint()
        assert (labeling.lease_next(labeler=member.pk) is not None) == is_ready
        transaction.savepoint_rollback(point)
        seen.add(is_ready)
    assert seen == {True, False}
