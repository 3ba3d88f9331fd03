"""A database that is not there is named in a sentence, by whatever needs it; nobody reads a traceback."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import wait_for
from tests.processes import Installation, installations, status_of
from tests.servers import database_url

MISSING = 'database "nowhere" does not exist'


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Installation]:
    """An installation whose DATABASE_URL names a database that its server does not have."""
    with installations(tmp_path) as make:
        installation = make()
        installation.environment |= {"DATABASE_URL": database_url("nowhere"), "REDIS_URL": "redis://127.0.0.1:9/0"}
        yield installation


@pytest.mark.parametrize("words", [["migrate"], ["up"], ["export", "--project", "x"]])
def test_a_command_says_why_it_cannot_work(lost: Installation, words: list[str]) -> None:
    refused = lost.manage(*words)
    assert refused.returncode == 1
    assert refused.stderr.startswith("stepmark: the database cannot be reached: ")
    assert MISSING in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_closed_port_is_named(lost: Installation) -> None:
    lost.environment["DATABASE_URL"] = "postgresql://stepmark:x@127.0.0.1:9/stepmark"
    refused = lost.manage("migrate")
    assert "port 9 failed: Connection refused" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_an_error_of_a_database_that_is_there_stays_as_it_is(lost: Installation) -> None:
    lost.environment["DATABASE_URL"] = database_url("postgres")
    statements = "SET statement_timeout = 1", "SELECT pg_sleep(9)"
    code = f"from django.db import connection as c\nfor one in {statements}: c.cursor().execute(one)"
    refused = lost.manage("shell", "--no-imports", "-c", code)
    assert refused.returncode == 1
    assert "Traceback" in refused.stderr
    assert "canceling statement due to statement timeout" in refused.stderr


def test_the_web_server_waits_and_says_for_what(lost: Installation) -> None:
    lost.start([sys.executable, "manage.py", "web", "--workers", "1"])
    wait_for(lambda: status_of(f"{lost.address}/readyz")[0] == 503)
    assert "The database cannot be reached yet: " in lost.printed()
    assert "the database does not answer: " in lost.printed()
    assert MISSING in lost.printed()
    assert "Traceback" not in lost.printed()


def test_a_sweep_without_a_database_is_a_line_in_the_log(lost: Installation) -> None:
    swept = lost.manage("shell", "--no-imports", "-c", "from annotation.tasks import sweep; sweep()")
    assert swept.returncode == 0
    assert "nothing could be swept: " in swept.stderr
    assert "Traceback" not in swept.stderr


def test_a_scheduler_that_reaches_no_redis_is_not_healthy(lost: Installation) -> None:
    refused = lost.manage("healthy", "scheduler")
    assert refused.returncode == 1
    assert "the scheduler has told Redis nothing" in refused.stderr
