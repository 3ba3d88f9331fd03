"""Comments on solutions, and filters that are kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.models import AuditEntry, Comment, Project, Role, SavedFilter, Solution, User
from tests.agreement.team import team_lines
from tests.conftest import person

SignIn = Callable[[User], Client]
FILTERS = "/projects/algebra/filters/"


@pytest.fixture
def team(project: Project, load: Callable[..., Any]) -> Project:
    assert not load(project, team_lines(4)).refused
    return project


def test_a_comment_stands_by_its_step_and_in_the_list(
    team: Project, rita: User, max_: User, sign_in: SignIn
) -> None:
    page = f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/"
    response = sign_in(rita).post(f"{page}comment/", {"text": "Is <b>this</b> a step?", "step": "2"})
    assert response["Location"] == f"{page}#comments"
    for address in (page, "/projects/algebra/comments/"):
        found = sign_in(max_).get(address).content.decode()
        assert "Is &lt;b&gt;this&lt;/b&gt; a step?" in found
        assert "#step-2" in found
    assert Comment.objects.get().step == 1


@pytest.mark.parametrize("fields", [{"text": " "}, {"text": "x", "step": "0"}, {"text": "x", "step": "99"}])
def test_a_comment_on_nothing_is_refused(
    team: Project, rita: User, sign_in: SignIn, fields: dict[str, str]
) -> None:
    page = f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/"
    refused = sign_in(rita).post(f"{page}comment/", fields)
    assert refused.status_code == 400
    assert 'role="alert"' in refused.content.decode()
    assert not Comment.objects.exists()


def test_words_that_are_refused_stay_on_the_page(team: Project, rita: User, sign_in: SignIn) -> None:
    page = f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/"
    refused = sign_in(rita).post(f"{page}comment/", {"text": "It is & was so. " * 300, "step": "2"})
    found = refused.content.decode()
    assert refused.status_code == 400
    assert "It is &amp; was so. " * 300 in found
    assert '<option value="2" selected>' in found
    assert "at most 4000 characters" in found
    assert not Comment.objects.exists()
    sign_in(rita).post(f"{page}comment/", {"text": "A line\r\n" * 570})
    assert len(Comment.objects.get().text) == 570 * 7 - 1, "a line's end counts once, as in the browser"


def test_labelers_see_no_comments(team: Project, alice: User, eve: User, sign_in: SignIn) -> None:
    page = f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/"
    for user in (alice, eve):
        assert sign_in(user).post(f"{page}comment/", {"text": "Hello."}).status_code == 404
        assert sign_in(user).get("/projects/algebra/comments/").status_code == 404


def test_a_filter_is_kept_for_all_who_see_the_project_and_forgotten(
    team: Project, rita: User, max_: User, sign_in: SignIn
) -> None:
    client = sign_in(rita)
    given = {"name": "first round", "query": "generation=0&kind=regular", "board": "contested"}
    response = client.post(FILTERS, given)
    assert response["Location"] == "/projects/algebra/agreement/steps/?generation=0&kind=regular"
    client.post(FILTERS, given | {"query": "generation=0"})
    kept = SavedFilter.objects.get()
    assert kept.query == "generation=0"
    page = sign_in(max_).get("/projects/algebra/agreement/labelers/").content.decode()
    assert 'href="/projects/algebra/agreement/labelers/?generation=0">first round</a>' in page
    here = "/projects/algebra/agreement/labelers/?generation=0"
    response = client.post(f"{FILTERS}{kept.pk}/forget/", {"next": here})
    assert response["Location"] == here
    assert "“first round” is forgotten." in client.get(here).content.decode()
    assert not SavedFilter.objects.exists()
    entry = AuditEntry.objects.get(verb="forget filter")
    assert (entry.actor, entry.data["name"], entry.data["query"]) == (rita, "first round", "generation=0")


def test_a_filter_is_its_authors_and_the_managers(team: Project, rita: User, max_: User, sign_in: SignIn) -> None:
    sign_in(rita).post(FILTERS, {"name": "mine", "query": "generation=0", "board": "agreement"})
    kept = SavedFilter.objects.get()
    other = sign_in(person("ruth", team, Role.RESEARCHER))
    page = other.get("/projects/algebra/agreement/").content.decode()
    assert "mine</a>" in page
    assert "Forget mine" not in page
    assert other.post(f"{FILTERS}{kept.pk}/forget/").status_code == 404
    other.post(FILTERS, {"name": "mine", "query": "generation=1", "board": "agreement"})
    kept.refresh_from_db()
    assert (kept.query, kept.author) == ("generation=0", rita)
    manager = sign_in(max_)
    assert "Forget mine" in manager.get("/projects/algebra/agreement/").content.decode()
    elsewhere = manager.post(f"{FILTERS}{kept.pk}/forget/", {"next": "//elsewhere.example/"})
    assert elsewhere["Location"] == "/projects/algebra/agreement/"
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("more", [{"name": ""}, {"query": "generation=x"}, {"query": ""}, {"board": "settings"}])
def test_what_is_no_filter_is_not_kept(team: Project, rita: User, sign_in: SignIn, more: dict[str, str]) -> None:
    sign_in(rita).post(FILTERS, {"name": "all", "query": "generation=0", "board": "agreement"} | more)
    assert not SavedFilter.objects.exists()


def test_a_filter_of_another_project_stays(
    team: Project, rita: User, other_project: Project, sign_in: SignIn
) -> None:
    kept = SavedFilter.objects.create(project=other_project, name="theirs", query="generation=0")
    sign_in(rita).post(f"{FILTERS}{kept.pk}/forget/")
    assert SavedFilter.objects.filter(pk=kept.pk).exists()
