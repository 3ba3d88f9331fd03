"""What workers at one endpoint share: its places, and whether it is left alone."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotation import endpoints
from annotation.endpoints import breaker
from annotation.endpoints.places import Places
from annotation.models import Endpoint, Project, User
from annotation.serving.retrying import FAILURES
from tests.endpoints.registered import fresh
from tests.local import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def endpoint(project: Project, max_: User) -> Endpoint:
    return endpoints.register(endpoint=fresh(project, parallel=8), actor=max_)


def close() -> None:
    """The connection of the thread that does it."""
    connection.close()


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Callable[[], object]], object]]:
    """Runs things with another connection: always the same one."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda do: pool.submit(do).result()
        pool.submit(close).result()


def test_one_worker_has_all_places_and_gives_them_back(endpoint: Endpoint) -> None:
    with Places(endpoint) as places:
        assert places.share() == 8
        assert places.grow_to(8) == 8
    with Places(endpoint) as places:
        assert places.grow_to(8) == 8


def test_two_share_and_never_have_more_than_there_are(
    endpoint: Endpoint, elsewhere: Callable[[Callable[[], object]], object]
) -> None:
    mine, other = Places(endpoint), Places(endpoint)
    with mine:
        mine.grow_to(mine.share())
        elsewhere(other.__enter__)
        assert mine.share() == 4
        assert elsewhere(lambda: other.grow_to(4)) == 0
        mine.shrink_to(4)
        assert elsewhere(lambda: other.grow_to(8)) == 4
        elsewhere(close)  # killed; PostgreSQL gives its places back when it notices
        wait_for(lambda: mine.share() == 8)
        assert mine.grow_to(8) == 8


def test_many_workers_at_once_take_no_place_twice(endpoint: Endpoint) -> None:
    everyone = Barrier(5)

    def take() -> int:
        try:
            with Places(endpoint) as places:
                everyone.wait()
                held = places.grow_to(places.share() + 2)
                everyone.wait()
                return held
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        held = [future.result() for future in [pool.submit(take) for _ in range(5)]]
    assert sum(held) == 8


def opened_ago(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_endpoint SET opened_at = clock_timestamp() - make_interval(secs => %s)", [seconds]
        )


def test_after_some_failures_only_one_of_all_workers_asks(endpoint: Endpoint) -> None:
    assert breaker.ask(endpoint) == (True, False)
    assert not breaker.tell(endpoint, [False] * (FAILURES - 1)).is_open
    assert breaker.tell(endpoint, [False]).is_open
    assert breaker.ask(endpoint) == (False, True)
    assert 25 < breaker.wait(endpoint) <= 30
    opened_ago(31)
    assert breaker.wait(endpoint) == 0

    def ask() -> bool:
        try:
            return breaker.ask(endpoint)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: ask(), range(16))) == 1
    breaker.tell(endpoint, [True])
    assert breaker.ask(endpoint) == (True, False)


def test_a_change_of_the_endpoint_closes_its_breaker(endpoint: Endpoint, max_: User) -> None:
    breaker.tell(endpoint, [False] * FAILURES)
    row = Endpoint.objects.get()
    row.seconds = 10.0
    endpoints.change(endpoint=row, actor=max_)
    assert breaker.ask(endpoint) == (True, False)
