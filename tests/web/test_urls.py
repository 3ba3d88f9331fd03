"""Every address says for whom it is, and nobody else gets in."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotation import labeling, runs
from annotation.learning import guidelines
from annotation.models import Annotation, Flag, Generation, LoadRun, Membership, Project, Run, SavedFilter, User
from tests.browser.states import NO_PAGE, STATES
from tests.conftest import labeler, solution_line
from tests.endpoints.registered import fresh, scorer_behind_endpoint


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


ALL = {str(pattern.name): pattern for pattern in patterns()}


def audience_of(pattern: URLPattern) -> str | None:
    view_class = getattr(pattern.callback, "view_class", None)
    return getattr(pattern.callback, "audience", None) or getattr(view_class, "audience", None)


@pytest.mark.parametrize("name", ALL)
def test_it_declares_an_audience(name: str) -> None:
    assert audience_of(ALL[name]) in {"anyone", "signed-in", "labelers", "viewers", "managers", "staff"}


def test_axe_looks_at_every_page_that_people_can_open(
    addresses: "Addresses", max_: User, alice: User, sign_in: Callable[[User], Client]
) -> None:
    """All but what only takes forms, and what `NO_PAGE` gives a reason for."""
    takes_no_get = 405
    clients = [sign_in(max_), sign_in(alice)]
    pages = {
        name
        for name, (_, path) in addresses.items()
        if web_only(name) and takes_no_get not in {client.get(path).status_code for client in clients}
    }
    assert pages - NO_PAGE.keys() <= {state.page for state in STATES.values()}
    assert NO_PAGE.keys() <= pages, "these are pages no more"


Addresses = dict[str, tuple[str, str]]


GOT = {200, 302}
"""A page, or the way to one."""


@pytest.fixture
def addresses(project: Project, alice: User, load: Callable[..., LoadRun]) -> Addresses:
    """The address of every page and its method, each naming something that Alice's project has."""
    run = load(project, [solution_line(1), "{"])
    annotation = labeling.lease_next(labeler=labeler(alice, project).pk)
    assert annotation is not None
    membership = Membership.objects.get(user=alice)
    arguments: dict[str, dict[str, Any]] = {
        "link": {"secret": "no-such-secret"},
        "desk": {"token": annotation.token},
        "solution": {"slug": project.slug, "pk": annotation.solution},
        "run": {"slug": project.slug, "pk": run.pk},
        "download": {"slug": project.slug, "format": "prm800k"},
        "labeler-profile": {"slug": project.slug, "pseudonym": labeler(alice, project).pseudonym},
        "against-people-table": {"slug": project.slug, "name": "picks"},
        "adjudicate": {"slug": project.slug, "pk": annotation.solution},
        "agreement-table": {"slug": project.slug, "name": "figures"},
        "member-roles": {"slug": project.slug, "pk": membership.pk},
    }
    guideline = guidelines.publish(actor=None, project=project, text="Rate with care.")
    arguments["version"] = {"slug": project.slug, "version": guideline.version}
    work = runs.start(project=project, actor=None, kind=Run.Kind.GRADE)
    arguments["work"] = {"slug": project.slug, "pk": work.pk}
    arguments["change-work"] = {"slug": project.slug, "pk": work.pk, "how": "pause"}
    scorer = scorer_behind_endpoint(project)
    generator = fresh(project, name="Writer", role="generator", protocol="completions")
    generator.save()
    flag = Flag.objects.create(labeler=labeler(alice, project), kind=Flag.Kind.TOO_FAST, reason="Too fast.")
    arguments["comment"] = arguments["solution"]
    kept = SavedFilter.objects.create(project=project, name="first", query="generation=0")
    arguments["forget-filter"] = {"slug": project.slug, "pk": kept.pk}
    arguments["revoke-token"] = {"pk": 1}
    arguments["dismiss"] = {"slug": project.slug, "pk": flag.pk}
    arguments["api-work"], arguments["api-change-work"] = arguments["work"], arguments["change-work"]
    arguments["sample"] = arguments["api-sample"] = {"slug": project.slug, "pk": generator.pk}
    for name in ("endpoint", "score-endpoint", "remove-endpoint", "api-endpoint", "api-score-all"):
        arguments[name] = {"slug": project.slug, "pk": scorer.endpoint_id}
    arguments["new-endpoint"] = {"slug": project.slug, "role": "scorer", "protocol": "pooling"}
    arguments["start-scoring"] = {"slug": project.slug, "pk": scorer.pk}
    drawn = Generation.objects.create(project=project, number=1, strategy="uniform", seed=0, pool=1)
    arguments["close-generation"] = {"slug": project.slug, "pk": drawn.pk}
    arguments["overrule"] = arguments["solution"]
    arguments["member-link"] = arguments["member-roles"]
    arguments["decide"] = arguments["member-roles"]
    arguments["gold-solution"] = arguments["gold-from"] = arguments["api-gold"] = arguments["solution"]
    arguments["refusals"] = arguments["api-run"] = arguments["run"]
    on_leases = ("save", "ask", "beat", "submit", "api-leased", "api-ratings", "api-ask", "api-beat", "api-submit")
    for name in (*on_leases, "feedback", "api-feedback"):
        arguments[name] = arguments["desk"]
    posts = {
        "start",
        "save",
        "ask",
        "api-ask",
        "beat",
        "submit",
        "download",
        "member-roles",
        "member-link",
        "sign-out",
    }
    posts |= {"api-token", "api-load", "api-score", "api-lease", "api-beat", "api-submit", "api-acknowledge"}
    posts |= {"api-score-all", "api-sample", "api-change-work"}
    posts |= {"practise-again", "gold-from", "screening-rules", "decide", "keys"}
    posts |= {
        "start-grading",
        "start-training",
        "start-scoring",
        "score-endpoint",
        "close-generation",
        "overrule",
        "dismiss",
        "reply",
        "comment",
        "save-filter",
        "forget-filter",
        "make-token",
        "revoke-token",
        "change-work",
        "grow",
        "remove-endpoint",
    }
    found = {}
    for name, pattern in ALL.items():
        takes_slug = "slug" in pattern.pattern.converters
        given = arguments.get(name, {"slug": project.slug} if takes_slug else {})
        other = {"api-ratings": "patch", "api-course": "put"}
        method = other.get(name, "post" if name in posts else "get")
        found[name] = (method, reverse(name, kwargs=given))
    return found


def ask(client: Client, address: tuple[str, str], user: User | None) -> int:
    method, path = address
    headers = {}
    if path.startswith("/api/") and user is not None:
        headers = {"Authorization": f"Bearer {user.api_tokens.issue(user=user)}"}
    return client.generic(method.upper(), path, headers=headers).status_code


def web_only(name: str) -> bool:
    return not name.startswith("api-")


@pytest.mark.parametrize("name", [n for n, p in ALL.items() if audience_of(p) != "anyone"])
def test_it_turns_away_whoever_is_not_signed_in(name: str, addresses: Addresses, client: Client) -> None:
    status = ask(client, addresses[name], None)
    assert status == (302 if web_only(name) else 401)


OF_A_PROJECT = [n for n, p in ALL.items() if {"slug", "token"} & p.pattern.converters.keys()]


@pytest.mark.parametrize("name", OF_A_PROJECT)
def test_what_belongs_to_another_project_is_not_there(
    name: str, addresses: Addresses, eve: User, sign_in: Callable[[User], Client]
) -> None:
    assert ask(sign_in(eve), addresses[name], eve) == 404


@pytest.mark.parametrize("name", OF_A_PROJECT)
def test_what_is_not_there_looks_the_same(
    name: str, project: Project, addresses: Addresses, max_: User, sign_in: Callable[[User], Client]
) -> None:
    method, path = addresses[name]
    missing = path.replace(f"/{project.slug}/", "/no-such/")
    token = str(Annotation.objects.get().token)
    assert ask(sign_in(max_), (method, missing.replace(token, str(uuid4()))), max_) == 404


@pytest.mark.parametrize("name", [n for n in OF_A_PROJECT if audience_of(ALL[n]) in {"viewers", "managers"}])
def test_labelers_see_no_more_than_the_desk(
    name: str, addresses: Addresses, bob: User, sign_in: Callable[[User], Client]
) -> None:
    assert ask(sign_in(bob), addresses[name], bob) == 404


@pytest.mark.parametrize("name", [n for n in OF_A_PROJECT if audience_of(ALL[n]) == "managers"])
def test_researchers_change_nothing(
    name: str, addresses: Addresses, rita: User, sign_in: Callable[[User], Client]
) -> None:
    assert ask(sign_in(rita), addresses[name], rita) == 404


@pytest.mark.parametrize("name", [n for n, p in ALL.items() if "token" in p.pattern.converters])
def test_the_lease_of_another_labeler_is_not_there(
    name: str, addresses: Addresses, bob: User, sign_in: Callable[[User], Client]
) -> None:
    assert ask(sign_in(bob), addresses[name], bob) == 404


@pytest.mark.parametrize("name", [n for n, p in ALL.items() if audience_of(p) == "staff"])
def test_only_staff_gets_what_is_for_staff(
    name: str, addresses: Addresses, max_: User, sam: User, sign_in: Callable[[User], Client]
) -> None:
    assert ask(sign_in(max_), addresses[name], max_) == 404
    assert ask(sign_in(sam), addresses[name], sam) == 200


@pytest.mark.parametrize("name", [n for n in ALL if audience_of(ALL[n]) in {"viewers", "managers"}])
def test_managers_get_everything_of_their_project(
    name: str, addresses: Addresses, max_: User, sign_in: Callable[[User], Client]
) -> None:
    method, _ = addresses[name]
    assert ask(sign_in(max_), addresses[name], max_) in (GOT if method == "get" else {200, 202, 302, 400, 415})


@pytest.mark.parametrize("name", [n for n in ALL if web_only(n)])
def test_every_page_has_the_strict_policy_and_is_not_kept(
    name: str, addresses: Addresses, max_: User, sign_in: Callable[[User], Client]
) -> None:
    response = sign_in(max_).get(addresses[name][1])
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    if response.status_code != 404:
        assert "no-store" in response["Cache-Control"]


def test_a_read_changes_nothing(addresses: Addresses, sam: User, alice: User, sign_in: Any) -> None:
    for user in (sam, alice):
        client = sign_in(user)
        before = tables()
        for _, path in addresses.values():
            client.get(path)
        assert tables() == before


def tables() -> dict[str, str]:
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("annotation").get_models():
            table = model._meta.db_table
            cursor.execute(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize("name", [n for n in ALL if web_only(n)])
def test_a_form_without_its_token_is_refused(name: str, addresses: Addresses, sam: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam, backend="annotation.sessions.Backend")
    assert client.post(addresses[name][1]).status_code in {403, 405}
