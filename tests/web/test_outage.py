"""The database does not do what it is asked, here because somebody else holds a lock for too long."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection
from django.test import Client

from annotation import labeling
from annotation.models import Lease, Project, StepLabel, User
from tests.conftest import labeler

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def locked(waiting: Project, alice: User) -> Iterator[Lease]:
    """Alice's lease, whose draft another connection holds."""
    lease = labeling.lease_next(labeler=labeler(alice, waiting).pk)
    assert lease is not None
    wanted = {name: connection.get_connection_params()[name] for name in ("host", "user", "dbname")}
    with psycopg.connect(**wanted) as other, connection.cursor() as cursor:
        other.execute("SELECT FROM annotation_annotation FOR UPDATE")
        cursor.execute("SET lock_timeout = '100ms'")
        yield lease
    connection.close()


def test_the_page_is_told_to_come_again(locked: Lease, alice: User, sign_in: SignIn) -> None:
    said = sign_in(alice).post(
        f"/label/{locked.token}/save/", {"step-0": "1"}, headers={"X-Requested-With": "fetch"}
    )
    assert (said.status_code, said["Retry-After"]) == (503, "2")
    assert said.json() == {"code": "unavailable", "detail": "the database does not answer."}
    assert not StepLabel.objects.exists()


def test_a_person_reads_it(locked: Lease, alice: User, sign_in: SignIn) -> None:
    said = sign_in(alice).post(f"/label/{locked.token}/save/", {"step-0": "1"})
    assert said.status_code == 503
    assert "What you had saved is kept" in said.content.decode()
