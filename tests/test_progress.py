"""A labeler's own figures say how well they do, and never which solution was gold."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotation import labeling
from annotation.learning import gold
from annotation.learning.gold import Judgement
from annotation.learning.progress import SMALLEST, buckets, progress_of, weeks_of
from annotation.learning.quality import Agreement
from annotation.models import Annotation, Project, Solution, User
from tests.conftest import labeler, rated, solution_line

SignIn = Callable[[User], Client]
MONDAY = date(2026, 3, 2)
RIGHT, WRONG = Agreement(2, 2, 1, 1), Agreement(1, 2, 0, 1)


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def test_small_weeks_are_put_together() -> None:
    weekly = [(week(0), RIGHT)] * 3 + [(week(1), WRONG)] * 3 + [(week(3), RIGHT)] * 5 + [(week(4), RIGHT)] * 4
    found = buckets(weekly)
    assert [(one.since, one.until) for one in found] == [
        (week(3), week(3) + timedelta(days=6)),
        (week(0), week(1) + timedelta(days=6)),
    ]
    assert found[1].agreement == Agreement(9, 12, 3, 6)


@given(st.lists(st.integers(0, 12), max_size=12))
def test_no_figure_is_of_less_than_five(sizes: list[int]) -> None:
    weekly = [(week(number), RIGHT) for number, size in enumerate(sizes) for _ in range(size)]
    found = buckets(weekly)
    assert all(one.agreement.solutions >= SMALLEST for one in found)
    assert sum(one.agreement.solutions for one in found) > sum(sizes) - SMALLEST


@pytest.fixture
def busy(project: Project, load: Any, alice: User) -> Project:
    """Alice has rated twelve solutions as positive throughout; seven are gold, and two of these have an error."""
    load(project, [solution_line(number, steps=2) for number in range(1, 13)])
    for number in range(1, 13):
        lease = labeling.lease_next(labeler=labeler(alice, project).pk)
        assert lease is not None
        labeling.submit(lease=lease, marks=rated({0: 1, 1: 1}))
        if number <= 7:
            steps = [Judgement(0, 0, frozenset({1}))]
            if number <= 2:
                steps.append(Judgement(1, 0, frozenset({-1}), can_be_first_error=True))
            gold.write(actor=None, solution=Solution.objects.get(pk=lease.solution), judgements=steps)
    return project


def move_to_last_week(count: int) -> None:
    """What is submitted is fixed; only a test may move it in time."""
    ids = list(Annotation.objects.order_by("id").values_list("id", flat=True)[:count])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE annotation_annotation SET submitted_at = submitted_at - interval '7 days' WHERE id = ANY(%s)",
            [ids],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_it_counts_days_weeks_and_all(busy: Project, alice: User) -> None:
    move_to_last_week(4)
    found = progress_of(labeler(alice, busy))
    assert (found.today.submitted, found.all.submitted) == (8, 12)
    assert 8 <= found.week.submitted <= 12
    assert found.all.active_ms == sum(Annotation.objects.values_list("active_ms", flat=True)) > 0
    assert 0 < found.today.active_ms < found.all.active_ms


def test_the_running_week_tells_nothing(busy: Project, alice: User) -> None:
    """Otherwise the figure would move with the submit of a gold solution, and with no other."""
    assert progress_of(labeler(alice, busy)).weeks == []


def test_a_week_that_is_over_is_one_figure(busy: Project, alice: User, sign_in: SignIn) -> None:
    move_to_last_week(12)
    (found,) = weeks_of(labeler(alice, busy), monday())
    assert found.agreement == Agreement(right=7, judged=9, found=5, solutions=7)
    page = sign_in(alice).get("/label/me/").content.decode()
    for text in ("71.4 %", "36–92 %", "77.8 %"):
        assert text in page


def test_four_are_not_enough(busy: Project, alice: User, sign_in: SignIn) -> None:
    move_to_last_week(4)
    assert weeks_of(labeler(alice, busy), monday()) == []
    assert "Not enough yet to say." in sign_in(alice).get("/label/me/").content.decode()


def test_what_is_gold_by_oneself_is_no_agreement(busy: Project, alice: User) -> None:
    for annotation in Annotation.objects.select_related("solution__project"):
        gold.make_from(actor=None, annotation=annotation)
    move_to_last_week(12)
    assert weeks_of(labeler(alice, busy), monday()) == []


def monday() -> datetime:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def test_gold_looks_like_any_other_solution(project: Project, load: Any, alice: User, sign_in: SignIn) -> None:
    load(project, [solution_line(number, steps=2) for number in (1, 2)])
    client = sign_in(alice)
    desk = client.post("/label/in/algebra/start/")["Location"]
    before = client.get(desk)
    steps = [Judgement(0, 0, frozenset({1}), note="the note")]
    gold.write(actor=None, solution=Solution.objects.order_by("id")[0], judgements=steps)
    after = client.get(desk)
    masked = [response.content.split(b'name="csrfmiddlewaretoken"') for response in (before, after)]
    assert [part[100:] for part in masked[0]] == [part[100:] for part in masked[1]]
    assert before.headers.keys() == after.headers.keys()
    response = client.post(f"{desk}submit/", {"step-0": "-1"})
    assert response["Location"].startswith("/label/")
    assert client.get(f"{desk}feedback/").status_code == 404
