"""One more labeler is asked while the first error is unclear, within the budget."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test import Client

from annotation import labeling, overlap, selection, tasks
from annotation.agreement.labels import Labels
from annotation.celery import app
from annotation.models import AuditEntry, Place, Project, Solution, Task, User
from annotation.overlap.clarity import clarity
from annotation.selection import Plan, Strategy
from annotation.web.forms import ProjectSettingsForm
from tests.agreement.simulated import GOOD, nothing, simulated
from tests.agreement.team import team_lines
from tests.conftest import labeler, person, rated, shared_file, solution_line


@pytest.fixture
def open_end(project: Project, load: Callable[..., Any]) -> Project:
    """Forty solutions, two annotations wanted of each."""
    Project.objects.update(wanted=2, overlap_most=3, overlap_percent=90, overlap_budget=5)
    project.refresh_from_db()
    load(project, [solution_line(number, steps=3) for number in range(1, 41)])
    return project


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks are done as soon as somebody asks for them, without a worker."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def rate(user: User, project: Project, error_at: Callable[[int], int | None]) -> None:
    """All that there is; `error_at` says for a solution's number at which step an error is seen."""
    while lease := labeling.lease_next(labeler=labeler(user, project).pk):
        number = int(Solution.objects.get(pk=lease.solution).external_id[1:])
        error = error_at(number)
        ratings = dict.fromkeys(range(3 if error is None else error), 1) | ({} if error is None else {error: -1})
        labeling.submit(lease=lease, marks=rated(ratings))


def true_error(number: int) -> int | None:
    return number % 3 if number % 2 else None


def contested(number: int) -> int | None:
    """Ten of forty are seen otherwise."""
    return (None if true_error(number) is not None else 1) if number % 4 == 0 else true_error(number)


def two_rate(project: Project, alice: User, bob: User) -> None:
    rate(alice, project, true_error)
    rate(bob, project, contested)


def test_what_is_unclear_wants_one_more_and_nothing_else_does(open_end: Project, alice: User, bob: User) -> None:
    two_rate(open_end, alice, bob)
    assert overlap.ask(open_end.pk) == 5, "the budget"
    asked = Task.objects.filter(extra=1)
    numbers = [int(one[1:]) for one in asked.values_list("solution__external_id", flat=True)]
    assert all(number % 4 == 0 for number in numbers)
    assert set(asked.values_list("wanted", "filled", "is_open")) == {(3, 2, True)}
    assert Place.objects.filter(task__in=asked).count() == 15
    assert overlap.ask(open_end.pk) == 0, "all of the budget is asked for"
    assert overlap.budget_of(open_end) == (5, 5)


def test_the_third_opinion_is_somebody_elses_and_settles_it(open_end: Project, alice: User, bob: User) -> None:
    two_rate(open_end, alice, bob)
    overlap.ask(open_end.pk)
    assert labeling.lease_next(labeler=labeler(alice, open_end).pk) is None
    carol = person("carol", open_end, "labeler")
    rate(carol, open_end, true_error)
    assert set(Task.objects.filter(extra=1).values_list("filled", "is_open")) == {(3, False)}
    Project.objects.update(overlap_budget=100)
    assert overlap.ask(open_end.pk) <= 5, "what has three is not asked for again"
    assert not Task.objects.filter(wanted__gt=3).exists()


def test_the_sweep_asks_after_a_submit_and_not_again(
    open_end: Project, alice: User, bob: User, at_once: None
) -> None:
    tasks.sweep()
    rate(alice, open_end, true_error)
    tasks.sweep()
    assert not Task.objects.filter(extra=1).exists()
    rate(bob, open_end, contested)
    tasks.sweep()
    assert Task.objects.filter(extra=1).count() == 5
    entry = AuditEntry.objects.get(verb="ask one more labeler")
    assert (entry.actor, entry.project, entry.data["asked"], entry.data["labeled"]) == (None, open_end, 5, 40)
    assert entry.data["unclear"] >= 10
    assert overlap.due() == []


def test_what_is_switched_on_after_the_work_is_done_asks_at_once(
    open_end: Project,
    max_: User,
    alice: User,
    bob: User,
    sign_in: Callable[[User], Client],
    at_once: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Project.objects.update(overlap_most=0, overlap_budget=0)
    two_rate(open_end, alice, bob)
    tasks.sweep()
    client = sign_in(max_)
    settings = {name: value for name, value in ProjectSettingsForm(instance=open_end).initial.items() if value}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/projects/algebra/settings/", settings | {"overlap_most": 3, "overlap_budget": 4})
    assert Task.objects.filter(extra=1).count() == 4
    client.post("/projects/algebra/settings/", settings | {"overlap_most": 3, "overlap_budget": 6})
    assert overlap.due() == [open_end.pk], "no message came through"
    tasks.sweep()
    assert Task.objects.filter(extra=1).count() == 6


def test_the_sweep_asks_after_a_load_of_labels(project: Project, load: Callable[..., Any], at_once: None) -> None:
    Project.objects.update(overlap_most=5, overlap_budget=3)
    tasks.sweep()
    assert overlap.due() == []
    load(project, team_lines(12))
    assert overlap.due() == [project.pk]
    tasks.sweep()
    asked = Task.objects.filter(extra=1)
    assert set(asked.values_list("wanted", "filled", "is_open", "reason")) == {(1, 0, True, "history")}
    assert asked.count() == 3
    assert overlap.due() == []
    carol = person("carol", project, "labeler")
    assert labeling.lease_next(labeler=labeler(carol, project).pk) is not None


def test_nobody_is_asked_without_a_budget_or_in_a_closed_generation(
    open_end: Project, alice: User, bob: User, load: Callable[..., Any]
) -> None:
    two_rate(open_end, alice, bob)
    Project.objects.update(overlap_most=0)
    assert overlap.ask(open_end.pk) == 0
    Project.objects.update(overlap_most=3, overlap_budget=0)
    assert overlap.ask(open_end.pk) == 0
    Project.objects.update(overlap_budget=1_000)
    first = overlap.ask(open_end.pk)
    Task.objects.update(is_open=False)
    load(open_end, [solution_line(number, steps=3) for number in range(41, 61)], for_pool=True)
    selection.draw(project=open_end, actor=None, plan=Plan(strategy=Strategy.UNIFORM, size=20))
    two_rate(open_end, alice, bob)
    selection.close(generation=open_end.generations.get(), actor=None)
    assert first > 0
    assert overlap.ask(open_end.pk) == 0


def whole(labelers: int, **more: int) -> Labels:
    labels, _ = simulated([GOOD] * labelers, **more)
    return replace(labels, grown=np.zeros_like(labels.grown))


def test_it_is_surer_of_what_more_say() -> None:
    sure = [clarity(whole(4, solutions=200, overlap=count))[1].mean() for count in (1, 2, 4)]
    assert sure == sorted(sure)
    assert sure[2] > sure[0] + 0.1
    assert clarity(nothing())[1].tolist() == []
    solutions, found = clarity(whole(3, solutions=20))
    assert solutions.tolist() == list(range(100, 120))
    assert np.all((found > 0) & (found <= 1))


def test_nobody_is_asked_about_solutions_that_grew(project: Project, load: Callable[..., Any]) -> None:
    labels = whole(3, solutions=20)
    solutions, _ = clarity(replace(labels, grown=labels.solutions >= 105))
    assert solutions.tolist() == list(range(100, 105))
    load(project, shared_file("prm800k_rows.jsonl"))
    Project.objects.update(overlap_most=5, overlap_percent=100, overlap_budget=100)
    overlap.ask(project.pk)
    asked = Task.objects.filter(extra=1)
    assert asked.exists()
    assert not asked.filter(solution__pre_generated=False).exists()


def test_the_overview_shows_the_budget(open_end: Project, rita: User, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(rita).get("/projects/algebra/").content.decode()
    assert "up to 3: 0 of 5 such annotations are asked for" in page
