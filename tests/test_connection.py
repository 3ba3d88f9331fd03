"""The connection to the database: whether it still stands is asked without a round trip, and what it prepares."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, connection

from annotation.postgresql.base import DatabaseWrapper
from annotation.postgresql.planning import planned_anew
from tests.local import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ours() -> Iterator[DatabaseWrapper]:
    connection.ensure_connection()
    engine = connection._connections[connection._alias]
    assert isinstance(engine, DatabaseWrapper)
    yield engine
    connection.close()


@pytest.fixture
def other() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    wanted = {name: connection.get_connection_params()[name] for name in ("host", "user", "dbname")}
    with psycopg.connect(**wanted, autocommit=True) as other:
        yield other


def last_query(other: psycopg.Connection[tuple[object, ...]], pid: int) -> object:
    row = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    assert row is not None
    return row[0]


def test_nothing_is_sent_while_the_server_is_quiet(
    ours: DatabaseWrapper, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    with ours.cursor() as cursor:
        cursor.execute("SELECT 'the last'")
    assert ours.is_usable()
    assert last_query(other, ours.connection.info.backend_pid) == "SELECT 'the last'"


def test_a_server_that_has_hung_up_is_noticed(
    ours: DatabaseWrapper, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [ours.connection.info.backend_pid])
    assert not ours.is_usable()


def test_a_server_that_has_said_something_is_asked(
    ours: DatabaseWrapper, other: psycopg.Connection[tuple[object, ...]]
) -> None:
    with ours.cursor() as cursor:
        cursor.execute("LISTEN news")
    other.execute("NOTIFY news")
    wait_for(lambda: not ours.is_quiet())
    assert ours.is_usable()


def test_a_closed_connection_is_of_no_use(ours: DatabaseWrapper) -> None:
    ours.connection.close()
    assert not ours.is_usable()


def prepared(ours: DatabaseWrapper, query: str) -> bool:
    """Whether the server keeps a statement of that text."""
    asked = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"
    return ours.connection.execute(asked, [query], prepare=False).fetchone() != (0,)


def test_what_comes_again_and_again_is_prepared_but_not_what_is_planned_anew(ours: DatabaseWrapper) -> None:
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'again'")
        with planned_anew() as cursor:
            cursor.execute("SELECT 'anew'")
    assert prepared(ours, "SELECT 'again'")
    assert not prepared(ours, "SELECT 'anew'")


def test_a_statement_that_fails_leaves_the_connection_as_it_was(ours: DatabaseWrapper) -> None:
    usual = ours.connection.prepare_threshold
    with pytest.raises(ProgrammingError), planned_anew() as cursor:
        cursor.execute("SELECT nothing")
    assert ours.connection.prepare_threshold == usual
