"""Scoring runs over an endpoint: what it does wrong stores nothing, and no solution pays for it."""

from collections.abc import Callable

import pytest
from django.db import connection

from annotation import asking, endpoints, runs, tasks
from annotation.models import Endpoint, LoadRun, Project, Run, Score, Solution, User
from annotation.scoring import scores
from annotation.serving.retrying import FAILURES
from tests.advancing import after, shared_by
from tests.endpoints.registered import fresh
from tests.endpoints.test_registry import KEY
from tests.scoring.labeled import PROBLEMS, SAMPLES, load_sums
from tests.serving.scripted import Scripted

pytestmark = pytest.mark.django_db(transaction=True)
ALL = PROBLEMS * SAMPLES


@pytest.fixture
def start(project: Project, max_: User, load: Callable[..., LoadRun], server: Scripted) -> Callable[[str], Run]:
    def started(script: str) -> Run:
        load_sums(project, load)
        row = fresh(project, url=server.url(script), parallel=4, seconds=5.0)
        endpoint = endpoints.register(endpoint=row, actor=max_, key=KEY)
        return scores.start(project=project, actor=max_, scorer=endpoints.scorer_of(endpoint, max_))

    return started


def test_all_solutions_are_scored_with_the_key_and_within_the_limit(
    start: Callable[[str], Run], server: Scripted
) -> None:
    run = after(start("slow"))
    assert (run.state, run.total, run.note) == ("done", ALL, "")
    assert Score.objects.count() == ALL
    score = Score.objects.first()
    assert score is not None
    assert score.steps == [0.875] * 3
    assert server.most_in_flight == 4
    assert len(server.requests) == ALL
    assert {one.headers["authorization"] for one in server.requests} == {f"Bearer {KEY}"}


def test_workers_share_the_run_and_the_places(start: Callable[[str], Run], server: Scripted) -> None:
    run = start("slow")
    assert shared_by(3, run).state == "done"
    assert Score.objects.count() == ALL
    assert server.most_in_flight <= 4
    assert len(server.requests) == ALL


def test_a_dead_endpoint_costs_no_attempts_and_is_left_alone(
    start: Callable[[str], Run], server: Scripted
) -> None:
    run = after(start("status-503"))
    assert run.state == "running"
    assert "does not answer" in run.note
    assert "503" in run.note
    asked = len(server.requests)
    assert FAILURES <= asked <= asking.AHEAD * 4 + FAILURES
    assert not Score.objects.exists()
    assert sum(run.items.values_list("attempts", flat=True)) < FAILURES
    after(run)
    assert len(server.requests) == asked


def test_it_goes_on_when_the_endpoint_is_back(start: Callable[[str], Run], server: Scripted) -> None:
    run = after(start("status-503"))
    asked = len(server.requests)
    probe_is_due()
    assert after(run).state == "running"
    assert len(server.requests) == asked + 1
    server.instead = "ok"
    probe_is_due()
    run = after(run)
    assert (run.state, run.note) == ("done", "")
    assert Score.objects.count() == ALL


def probe_is_due() -> None:
    """As if 31 seconds had gone by."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_endpoint SET opened_at = opened_at - interval '31 seconds'")
        cursor.execute("UPDATE annotation_run SET touched_at = touched_at - interval '31 seconds'")


def test_it_is_taken_up_when_a_probe_is_due(start: Callable[[str], Run], server: Scripted) -> None:
    run = after(start("status-503"))
    assert runs.left() == []
    probe_is_due()
    assert runs.left() == [run.pk]
    after(run)
    assert runs.left() == []


def test_a_thousand_solutions_cost_a_dead_endpoint_one_probe_each_time(
    project: Project, max_: User, load: Callable[..., LoadRun], server: Scripted
) -> None:
    """R33: however many workers there are, nothing loses an attempt, and all is scored once it is back."""
    load_sums(project, load, problems=250)
    row = fresh(project, url=server.url("status-503"), parallel=8, seconds=5.0)
    endpoint = endpoints.register(endpoint=row, actor=max_)
    run = scores.start(project=project, actor=max_, scorer=endpoints.scorer_of(endpoint, max_))
    shared_by(3, run)
    asked = len(server.requests)
    assert asked <= 3 * asking.AHEAD * 8 + FAILURES
    before = sum(run.items.values_list("attempts", flat=True))
    for probes in range(1, 6):
        probe_is_due()
        shared_by(3, run)
        assert len(server.requests) == asked + probes
    assert (run.items.count(), sum(run.items.values_list("attempts", flat=True))) == (1_000, before)
    server.instead = "ok"
    probe_is_due()
    assert shared_by(3, run).state == "done"
    assert Score.objects.count() == 1_000


@pytest.mark.parametrize("script", ["nan", "short", "text", "html", "redirect", "status-401"])
def test_an_endpoint_that_answers_wrongly_pauses_the_run(
    start: Callable[[str], Run], server: Scripted, script: str
) -> None:
    run = after(start(script))
    assert run.state == "paused"
    assert "refusals in a row" in run.note
    assert not Score.objects.exists()
    dead = run.items.filter(is_dead=True)
    assert asking.MOST_REFUSED <= dead.count() < ALL
    assert all(dead.values_list("reason", flat=True))
    server.instead = "ok"
    runs.try_again(run=run, actor=None)
    runs.change(run=run, actor=None, how="resume")
    assert after(run).state == "done"
    assert Score.objects.count() == ALL


def test_one_solution_that_is_refused_is_dead_and_the_others_are_scored(
    start: Callable[[str], Run], server: Scripted
) -> None:
    server.refuses = "(case 7)"
    run = after(start("ok"))
    assert run.state == "done"
    assert runs.progress(run)[:3] == (ALL, ALL - SAMPLES, SAMPLES)
    assert not Score.objects.filter(solution__problem__text__contains="(case 7)").exists()


def test_a_changed_endpoint_is_not_asked_in_the_name_of_the_old_one(
    start: Callable[[str], Run], server: Scripted, max_: User
) -> None:
    run = start("ok")
    row = Endpoint.objects.get()
    row.model = "another"
    endpoints.change(endpoint=row, actor=max_)
    run = after(run)
    assert (run.state, len(server.requests)) == ("paused", 0)
    assert "changed since" in run.note


def test_what_was_scored_is_not_asked_for_again(start: Callable[[str], Run], server: Scripted) -> None:
    run = after(start("ok"))
    assert run.scorer is not None
    again = after(scores.start(project=run.project, actor=None, scorer=run.scorer))
    assert (again.state, again.total, len(server.requests)) == ("done", 0, ALL)


def test_a_pause_ends_it_within_a_moment(start: Callable[[str], Run], server: Scripted) -> None:
    run = start("slow")
    scoring = iter(tasks.WORKS[Run.Kind.SCORE](run))
    next(scoring)
    runs.change(run=run, actor=None, how="pause")
    list(scoring)
    assert Run.objects.get().state == "paused"
    assert len(server.requests) < ALL
    assert Score.objects.count() == len(server.requests)
    assert Solution.objects.count() == ALL
