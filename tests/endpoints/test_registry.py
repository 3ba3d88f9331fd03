"""Endpoints as managers register them; above all that a key goes nowhere but to its endpoint."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from annotation import endpoints, runs
from annotation.endpoints.registry import version_of
from annotation.models import AuditEntry, Endpoint, Project, Run, User
from tests.endpoints.registered import fresh

KEY = "sk-canary-0123456789abcdef"


@pytest.fixture
def endpoint(project: Project, max_: User) -> Endpoint:
    return endpoints.register(endpoint=fresh(project), actor=max_, key=KEY)


def test_its_key_is_sent_and_stored_nowhere_in_the_clear(endpoint: Endpoint) -> None:
    assert endpoints.called(Endpoint.objects.get(pk=endpoint.pk)).key == KEY
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM annotation_endpoint e")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(row_to_json(a)::text, '') FROM annotation_auditentry a")
        trail = cursor.fetchone()[0]
    assert KEY not in row + trail
    assert KEY.encode().hex() not in row
    assert AuditEntry.objects.get(verb="register endpoint").data["has_key"] is True
    assert KEY not in repr(endpoints.called(endpoint))


def test_another_url_has_no_key(endpoint: Endpoint, max_: User) -> None:
    endpoint.url = "http://127.0.0.1:9001"
    endpoints.change(endpoint=endpoint, actor=max_)
    assert endpoints.called(endpoint).key == ""
    endpoints.change(endpoint=endpoint, actor=max_, key="sk-another-key")
    assert endpoints.called(endpoint).key == "sk-another-key"
    endpoint.model = "prm-7b"
    endpoints.change(endpoint=endpoint, actor=max_)
    assert endpoints.called(endpoint).key == "sk-another-key"
    endpoints.change(endpoint=endpoint, actor=max_, key="")
    assert endpoints.called(endpoint).key == ""


def test_a_key_that_came_beside_another_url_is_not_sent(endpoint: Endpoint) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:6666")
    with pytest.raises(endpoints.UnreadableKey, match="another URL"):
        endpoints.called(Endpoint.objects.get())


def test_keys_of_the_installation_can_be_changed_one_by_one(endpoint: Endpoint, settings: Any, max_: User) -> None:
    before = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *before]
    assert endpoints.called(endpoint).key == KEY
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    with pytest.raises(endpoints.UnreadableKey, match="enter it again"):
        endpoints.called(endpoint)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"protocol": "telepathy"}, "no such protocol"),
        ({"url": "http://169.254.169.254/latest"}, "does not call"),
        ({"url": "file:///etc/passwd"}, "http"),
        ({"options": {"votes": 3}}, "no option votes"),
        ({"options": {"key": "x"}}, "no option key"),
        ({"seconds": 900.0}, "seconds is 900"),
        ({"parallel": 0}, "parallel is 0"),
    ],
)
def test_what_cannot_be_called_is_not_registered(
    project: Project, max_: User, given: dict[str, object], said: str
) -> None:
    with pytest.raises(endpoints.BadEndpoint, match=said):
        endpoints.register(endpoint=fresh(project, **given), actor=max_)
    assert not Endpoint.objects.exists()


def test_an_installation_may_leave_its_own_network_alone(project: Project, max_: User, settings: Any) -> None:
    settings.PRIVATE_ENDPOINTS = False
    with pytest.raises(endpoints.BadEndpoint, match="does not call"):
        endpoints.register(endpoint=fresh(project), actor=max_)


def test_a_name_is_given_once(endpoint: Endpoint, project: Project, max_: User) -> None:
    with pytest.raises(endpoints.BadEndpoint, match="of this name"):
        endpoints.register(endpoint=fresh(project), actor=max_)


def test_it_is_another_version_of_a_scorer_whenever_it_is_asked_otherwise(endpoint: Endpoint, max_: User) -> None:
    first = endpoints.scorer_of(endpoint, max_)
    assert endpoints.scorer_of(endpoint, max_) == first
    endpoint.seconds = 5.0
    endpoints.change(endpoint=endpoint, actor=max_)
    assert endpoints.scorer_of(endpoint, max_) == first
    endpoint.model = "prm-7b"
    endpoints.change(endpoint=endpoint, actor=max_)
    second = endpoints.scorer_of(endpoint, max_)
    assert (first.version, second.version) == (1, 2)
    assert second.settings == version_of(endpoint) == {"protocol": "plain", "url": endpoint.url, "model": "prm-7b"}
    assert str(second) == "PRM, version 2"


def test_each_endpoint_counts_its_own_versions(endpoint: Endpoint, project: Project, max_: User) -> None:
    other = endpoints.register(endpoint=fresh(project, name="Another"), actor=max_)
    assert [endpoints.scorer_of(one, max_).version for one in (endpoint, other)] == [1, 1]


def test_one_that_nothing_came_from_can_be_removed_with_its_key(
    endpoint: Endpoint, project: Project, max_: User
) -> None:
    project.writer = endpoint
    project.save()
    endpoints.remove(endpoint=endpoint, actor=max_)
    assert not Endpoint.objects.exists()
    assert Project.objects.get().writer is None
    assert AuditEntry.objects.get(verb="remove endpoint").data["name"] == "PRM"


def test_one_that_scored_stays(endpoint: Endpoint, max_: User) -> None:
    endpoints.scorer_of(endpoint, max_)
    with pytest.raises(endpoints.BadEndpoint, match="it stays"):
        endpoints.remove(endpoint=endpoint, actor=max_)
    assert Endpoint.objects.exists()


def test_the_titles_of_its_runs_come_with_them(
    endpoint: Endpoint, project: Project, max_: User, django_assert_num_queries: Any
) -> None:
    scorer = endpoints.scorer_of(endpoint, max_)
    for _ in range(3):
        runs.start(project=project, actor=max_, kind=Run.Kind.SCORE, scorer=scorer)
    with django_assert_num_queries(1):
        titles = [run.title for run in runs.latest(project, Run.Kind.SCORE)]
    assert titles == ["Scoring with PRM, version 1"] * 3
