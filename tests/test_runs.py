"""A run goes on whatever happens to those who work on it: each item ends once, and is counted once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from annotation import runs
from annotation.models import AuditEntry, Project, Run, RunItem, User

THINGS = "SELECT generate_series(1, %(n)s) AS id"


@pytest.fixture
def run(project: Project, max_: User) -> Run:
    run = runs.start(project=project, actor=max_, kind=Run.Kind.GRADE)
    assert runs.write_down(run, THINGS, {"n": 10})
    return Run.objects.get(pk=run.pk)


def all_due(run: Run) -> None:
    """As if the time of those who had taken items were over."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_runitem SET due_at = now() WHERE run_id = %s", [run.pk])


def finish(run: Run, things: list[int]) -> list[int]:
    with transaction.atomic():
        return runs.finish(run, things)


def test_items_are_written_down_once(run: Run) -> None:
    assert not runs.write_down(run, THINGS, {"n": 10})
    assert runs.progress(run) == (10, 0, 0, 0.0)
    assert run.items.count() == 10


def test_what_one_has_taken_no_other_gets(run: Run) -> None:
    one = runs.take(run, most=6, seconds=60)
    two = runs.take(run, most=6, seconds=60)
    assert sorted(one + two) == list(range(1, 11))
    assert runs.take(run, most=6, seconds=60) == []


def test_what_is_done_is_counted_once_however_often_it_is_done(run: Run) -> None:
    things = runs.take(run, most=3, seconds=60)
    assert sorted(finish(run, things)) == sorted(things)
    assert finish(run, things) == []
    progress = runs.progress(run)
    assert (progress.done, progress.left, progress.percent) == (3, 7, 30)
    assert progress.rate > 0


def test_a_result_that_is_not_kept_is_not_done(run: Run) -> None:
    things = runs.take(run, most=3, seconds=60)
    with transaction.atomic():
        runs.finish(run, things)
        transaction.set_rollback(True)  # killed before the commit
    assert runs.progress(run).done == 0
    all_due(run)
    assert sorted(runs.take(run, most=10, seconds=60)) == list(range(1, 11))


def test_an_item_that_kills_its_workers_goes_alone_and_dies(run: Run) -> None:
    """Each worker dies that takes item 7."""
    for _ in range(40):
        things = runs.take(run, most=10, seconds=60)
        if 7 not in things:
            finish(run, things)
        all_due(run)
    dead = RunItem.objects.get(run=run)
    assert (dead.thing, dead.is_dead) == (7, True)
    assert dead.reason == f"workers ended {runs.MOST_ATTEMPTS} times while they had it"
    assert runs.end_if_done(run)
    assert runs.progress(run)[:3] == (10, 9, 1)


def test_the_dead_can_be_tried_again(run: Run, max_: User) -> None:
    things = runs.take(run, most=10, seconds=60)
    finish(run, [thing for thing in things if thing > 2])
    runs.bury(run, {1: "nothing came", 2: "nonsense came"})
    assert runs.end_if_done(run)
    assert runs.try_again(run=run, actor=max_) == 2
    assert sorted(runs.take(run, most=10, seconds=60)) == [1, 2]
    assert AuditEntry.objects.filter(verb="try dead items again").count() == 1
    finish(run, [1, 2])
    assert runs.end_if_done(run)
    assert runs.try_again(run=run, actor=max_) == 0


def test_given_back_it_costs_no_attempt_and_waits(run: Run) -> None:
    for _ in range(2 * runs.MOST_ATTEMPTS):
        things = runs.take(run, most=10, seconds=60)
        assert len(things) == 10
        runs.give_back(run, things, seconds=60, note="the endpoint rests")
        assert runs.take(run, most=10, seconds=60) == []
        all_due(run)
    run.refresh_from_db()
    assert run.note == "the endpoint rests"
    assert not run.items.filter(is_dead=True).exists()


def test_paused_and_cancelled_nobody_takes_anything(run: Run, max_: User) -> None:
    for how, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled"), ("resume", "running")):
        assert runs.change(run=run, actor=max_, how=how)
        assert not runs.change(run=run, actor=max_, how=how)
        run.refresh_from_db()
        assert run.state == state
        assert bool(runs.take(run, most=1, seconds=60)) is (state == "running")
        assert not runs.end_if_done(run)


def test_a_run_nobody_works_on_is_found(run: Run) -> None:
    assert runs.left() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE annotation_run SET touched_at = now() - interval '1 hour'")
    assert runs.left() == [run.pk]
    assert runs.take(run, most=1, seconds=60)
    assert runs.left() == []


def worker(run: Run) -> Iterator[int]:
    try:
        while things := runs.take(run, most=7, seconds=60):
            with transaction.atomic():
                yield from runs.finish(run, things)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_many_share_a_run_and_do_each_item_once(project: Project) -> None:
    run = runs.start(project=project, actor=None, kind=Run.Kind.GRADE)
    runs.write_down(run, THINGS, {"n": 2_000})
    with ThreadPoolExecutor(8) as threads:
        shares = list(threads.map(lambda _: list(worker(run)), range(8)))
    assert sorted(thing for share in shares for thing in share) == list(range(1, 2_001))
    assert len([share for share in shares if share]) > 1
    run.refresh_from_db()
    assert runs.progress(run).done == 2_000
    assert runs.end_if_done(run)
