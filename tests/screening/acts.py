"""A course of practice and screening solutions, and what the tests have labelers do with it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation import labeling
from annotation.learning import course, gold
from annotation.learning.gold import Judgement
from annotation.learning.standing import Standing, standing_of
from annotation.models import Lease, LoadRun, Project, Round, Solution, User
from tests.conftest import labeler, rated

SignIn = Callable[[User], Client]
Load = Callable[..., LoadRun]
START = "/label/in/algebra/start/"


def solution(number: int) -> Solution:
    return Solution.objects.select_related("project").get(external_id=f"s{number}")


def make_course(project: Project, practice: Sequence[int], screening: Sequence[int]) -> None:
    """Even solutions have their first error at their second step; the others have none. All else is positive."""
    for number in (*practice, *screening):
        steps = [Judgement(0, 0, frozenset({1}), note=f"note on {number}")]
        is_wrong = number % 2 == 0
        steps.append(Judgement(1, 0, frozenset({-1 if is_wrong else 1}), can_be_first_error=is_wrong))
        gold.write(actor=None, solution=solution(number), judgements=steps)
    ids = [[solution(number).pk for number in numbers] for numbers in (practice, screening)]
    course.choose(actor=None, project=project, practice=ids[0], screening=ids[1])


def standing(user: User, project: Project) -> Standing:
    return standing_of(labeler(user, project))


def next_lease(user: User, project: Project) -> Lease:
    found = labeling.lease_next(labeler=labeler(user, project).pk)
    assert found is not None
    return found


def number_of(lease: Lease) -> int:
    return int(str(Solution.objects.get(pk=lease.solution).external_id)[1:])


def hand_in(lease: Lease, *, right: bool = True) -> int:
    """Submit it as gold accepts it, or with an error where there is none and none where there is one."""
    number = number_of(lease)
    is_wrong = (number % 2 == 0) is right
    labeling.submit(lease=lease, marks=rated({0: 1, 1: -1 if is_wrong else 1}))
    return number


def do(user: User, project: Project, count: int, wrong: int = 0) -> list[int]:
    return [hand_in(next_lease(user, project), right=index >= wrong) for index in range(count)]


def pause_is_over() -> None:
    Round.objects.exclude(ended_at=None).update(ended_at=timezone.now() - timedelta(hours=25))


def fail(user: User, project: Project) -> labeling.ScreeningFailed:
    do(user, project, 4, wrong=4)
    with pytest.raises(labeling.ScreeningFailed) as halt:
        next_lease(user, project)
    return halt.value
