"""A long run at an endpoint that answers one request at a time, and a labeler who needs the same endpoint."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from annotation import labeling, runs, sampling, tasks
from annotation.endpoints.places import Places
from annotation.models import Continuation, Endpoint, Lease, LoadRun, Project, Run, User
from annotation.sampling import Plan
from tests.conftest import rated
from tests.leases import lease
from tests.local import wait_for
from tests.serving.scripted import Scripted
from tests.writing.test_alternatives import LINE
from tests.writing.written import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(live: Project, alice: User, load: Callable[..., LoadRun], server: Scripted) -> Lease:
    Endpoint.objects.update(parallel=1, url=server.url("next_steps_slowly"))
    load(live, [LINE])
    return lease(alice, live)


@pytest.fixture
def long_run(mine: Lease, live: Project) -> Iterator[Run]:
    """Two minutes of requests, with a worker at it."""
    run = sampling.start(endpoint=Endpoint.objects.get(), actor=None, plan=Plan(n=24, per_request=1))

    def advance() -> None:
        try:
            tasks.advance(run.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(advance)
        yield run
        runs.change(run=run, actor=None, how="pause")
    working.result()


def find_error(mine: Lease) -> None:
    labeling.save(lease=mine, marks=rated({0: 1, 1: -1}))
    assert labeling.asking_desk_of(mine).awaited == (1, True)


def test_it_leaves_the_only_place_to_a_labeler_and_goes_on(mine: Lease, long_run: Run, server: Scripted) -> None:
    wait_for(lambda: server.in_flight == 1, 10)
    find_error(mine)
    assert written() == 2
    assert server.most_in_flight == 1
    asked = len(server.requests)
    wait_for(lambda: len(server.requests) > asked, 10)
    long_run.refresh_from_db()
    assert long_run.state == "running"


def test_nobody_waits_for_a_writer_that_is_not_there(mine: Lease, live: Project) -> None:
    with Places(Endpoint.objects.get()) as places:
        assert places.share() == 1
        find_error(mine)
        assert places.share() == 0
        Continuation.objects.update(due_at=F("due_at") - timedelta(seconds=31))
        assert places.share() == 1
