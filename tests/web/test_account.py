"""Signing in."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connections
from django.test import Client

from annotation import people
from annotation.models import ApiToken, AuditEntry, Membership, Project, Role, Session, SignInLink, User
from annotation.tasks import sweep
from tests.conftest import person

PASSWORD = "a long enough passphrase"
SignIn = Callable[[User], Client]


@pytest.fixture
def with_password(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def sign_in_with(client: Client, email: str, password: str) -> int:
    return client.post("/account/sign-in/", {"username": email, "password": password}).status_code


def test_a_password_signs_in(client: Client, with_password: User) -> None:
    assert sign_in_with(client, "Alice@Lab.example", PASSWORD) == 302
    assert client.get("/label/").status_code == 200


def test_a_wrong_password_and_an_unknown_person_look_the_same(client: Client, with_password: User) -> None:
    pages = []
    for email in ("alice@lab.example", "nobody@lab.example"):
        response = client.post("/account/sign-in/", {"username": email, "password": "wrong"})
        pages.append(re.sub(r'value="[^"]*"', "", response.content.decode()))
    assert pages[0] == pages[1]
    assert "do not go together" in pages[0]


def test_guessing_is_locked_out_for_that_person_only(client: Client, with_password: User, bob: User) -> None:
    bob.set_password(PASSWORD)
    bob.save()
    for _ in range(8):
        sign_in_with(client, "ALICE@lab.example", "wrong")
    assert sign_in_with(client, "alice@lab.example", PASSWORD) == 429
    assert sign_in_with(client, "bob@lab.example", PASSWORD) == 302


def test_a_closed_account_does_not_sign_in(client: Client, with_password: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in_with(client, "alice@lab.example", PASSWORD) == 200


def test_whoever_is_signed_in_is_out_when_the_account_is_closed(sign_in: SignIn, alice: User) -> None:
    client = sign_in(alice)
    assert client.get("/label/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/label/")["Location"].startswith("/account/sign-in/")


def test_a_session_of_somebody_else_lets_nobody_in(sign_in: SignIn, alice: User, bob: User) -> None:
    """Were the row given to another person, what is signed in it would not fit."""
    client = sign_in(alice)
    Session.objects.update(user=bob)
    assert client.get("/account/").context["user"] == alice


def test_sessions_that_are_over_are_forgotten(sign_in: SignIn, alice: User, bob: User) -> None:
    sign_in(alice)
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    sign_in(bob)
    sweep()
    assert Session.objects.get().user == bob


def test_a_link_signs_in_once(client: Client, alice: User) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/"
    assert "alice@lab.example" in client.get(address).content.decode()
    assert client.post(address)["Location"] == "/"
    assert client.get("/label/").status_code == 200
    other = Client()
    assert other.post(address).status_code == 410
    assert other.get("/label/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_link_that_comes_many_times_at_once_signs_in_once() -> None:
    user = User.objects.create_user("ann@lab.example")
    secrets = [people.make_link(user=user) for _ in range(6)]

    def use(secret: str) -> bool:
        try:
            return people.use_link(secret) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        for secret in secrets:
            assert sum(threads.map(use, [secret] * 8)) == 1


def test_looking_at_a_link_does_not_use_it_up(client: Client, alice: User) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/"
    for _ in range(3):
        client.get(address)
    assert client.post(address).status_code == 302


def test_a_link_ends_after_its_time(client: Client, alice: User) -> None:
    secret = people.make_link(user=alice, lifetime=timedelta(seconds=-1))
    assert client.post(f"/account/link/{secret}/").status_code == 410


def test_only_a_digest_of_a_link_is_kept(alice: User) -> None:
    secret = people.make_link(user=alice)
    assert secret not in str(SignInLink.objects.values().get())


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_link_leads_nowhere_else(client: Client, alice: User, target: str) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/?next={target}"
    assert client.post(address)["Location"] == "/"


def test_signing_in_gives_a_new_session(client: Client, with_password: User) -> None:
    client.get("/account/sign-in/")
    session = client.session
    session["probe"] = 1
    session.save()
    before = session.session_key
    sign_in_with(client, "alice@lab.example", PASSWORD)
    assert client.session.session_key != before


def test_signing_out_ends_the_session(sign_in: SignIn, alice: User) -> None:
    client = sign_in(alice)
    assert client.get("/account/sign-out/").status_code == 405
    client.post("/account/sign-out/")
    assert client.get("/label/").status_code == 302


@pytest.mark.parametrize("password", ["short", "password1234", "alice@lab.example"])
def test_a_weak_password_is_refused(sign_in: SignIn, alice: User, password: str) -> None:
    response = sign_in(alice).post("/account/password/", {"new_password1": password, "new_password2": password})
    assert response.status_code == 200
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_a_new_password_signs_out_elsewhere(sign_in: SignIn, alice: User) -> None:
    here, elsewhere = sign_in(alice), sign_in(alice)
    here.post("/account/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert here.get("/label/").status_code == 200
    assert elsewhere.get("/label/").status_code == 302


def test_the_start_page_suits_the_person(sign_in: SignIn, alice: User, rita: User) -> None:
    assert sign_in(alice).get("/")["Location"] == "/label/"
    assert sign_in(rita).get("/")["Location"] == "/projects/"


def test_a_manager_makes_links_for_the_project_only(
    sign_in: SignIn, project: Project, other_project: Project, max_: User, alice: User, eve: User, sam: User
) -> None:
    client = sign_in(max_)
    mine = Membership.objects.get(user=alice)
    page = client.post(f"/projects/algebra/people/{mine.pk}/link/").content.decode()
    assert "/account/link/" in page
    for user in (eve, sam):
        membership = people.add_member(actor=None, project=project, email=user.email, roles=[Role.LABELER])
        page = client.post(f"/projects/algebra/people/{membership.pk}/link/").content.decode()
        assert "/account/link/" not in page
    assert SignInLink.objects.count() == 1
    assert person("alice", project, Role.LABELER) == alice


def test_behind_a_trusted_proxy_guessers_are_told_apart(
    client: Client, with_password: User, settings: Any
) -> None:
    settings.TRUST_PROXY = True
    fields = {"username": "alice@lab.example", "password": "wrong"}
    for _ in range(8):
        client.post("/account/sign-in/", fields, headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.7"})
    fields["password"] = PASSWORD
    for address, status in (("9.9.9.9, 203.0.113.7", 429), ("203.0.113.7, 203.0.113.8", 302)):
        answer = client.post("/account/sign-in/", fields, headers={"X-Forwarded-For": address})
        assert answer.status_code == status


def test_a_new_password_ends_api_tokens_and_links(sign_in: SignIn, alice: User) -> None:
    ApiToken.objects.issue(user=alice)
    people.make_link(user=alice)
    sign_in(alice).post("/account/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert not ApiToken.objects.exists()
    assert not SignInLink.objects.exists()


def test_who_has_no_password_makes_a_token_sees_its_use_and_revokes_it(
    sign_in: SignIn, rita: User, alice: User
) -> None:
    client = sign_in(rita)
    made = client.post("/account/tokens/", {"name": "notebook"})
    (secret,) = re.findall(r'<code class="secret">([^<]+)</code>', made.content.decode())
    assert "no-store" in made["Cache-Control"]
    script, headers = Client(), {"Authorization": f"Bearer {secret}"}
    page = client.get("/account/").content.decode()
    assert secret not in page
    assert "<td>notebook</td>" in page
    assert "<td>never</td>" in page
    for _ in range(2):
        assert script.get("/api/v1/projects/algebra/", headers=headers).status_code == 200
    assert "<td>never</td>" not in client.get("/account/").content.decode()
    token = ApiToken.objects.get()
    used = token.used_at
    assert used is not None
    ApiToken.objects.update(used_at=used - timedelta(hours=2))
    script.get("/api/v1/projects/algebra/", headers=headers)
    token.refresh_from_db()
    assert token.used_at is not None
    assert token.used_at >= used
    assert sign_in(alice).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/account/tokens/{token.pk}/revoke/")["Location"] == "/account/"
    assert script.get("/api/v1/projects/algebra/", headers=headers).status_code == 401
    trail = AuditEntry.objects.filter(actor=rita, data__name="notebook").order_by("pk")
    assert list(trail.values_list("verb", flat=True)) == ["make API token", "revoke API token"]


def test_a_token_is_for_something(sign_in: SignIn, rita: User) -> None:
    refused = sign_in(rita).post("/account/tokens/", {"name": " "})
    assert "This field is required" in refused.content.decode()
    assert not ApiToken.objects.exists()


def test_whom_a_manager_could_sign_in_as_starts_anew_in_another_project(
    sign_in: SignIn, project: Project, other_project: Project, max_: User, alice: User
) -> None:
    """Or a manager could keep a way into projects that are not theirs."""
    client, mine = sign_in(max_), Membership.objects.get(user=alice)
    for _ in range(2):
        page = client.post(f"/projects/algebra/people/{mine.pk}/link/").content.decode()
    secret = re.search(r"/account/link/([^/]+)/", page)
    assert secret is not None
    as_alice = sign_in(alice)
    ApiToken.objects.issue(user=alice)
    people.add_member(actor=None, project=other_project, email=alice.email, roles=[Role.MANAGER])
    assert as_alice.get("/projects/geometry/").status_code == 302
    assert Client().post(f"/account/link/{secret[1]}/").status_code == 410
    assert not ApiToken.objects.exists()


def test_staff_makes_links_for_whoever_works_elsewhere(
    sign_in: SignIn, project: Project, eve: User, sam: User
) -> None:
    membership = people.add_member(actor=None, project=project, email=eve.email, roles=[Role.LABELER])
    page = sign_in(sam).post(f"/projects/algebra/people/{membership.pk}/link/").content.decode()
    assert "/account/link/" in page


@pytest.mark.parametrize("target", ["foo", "desk", "label"])
def test_a_link_leads_to_addresses_not_to_names(client: Client, alice: User, target: str) -> None:
    address = f"/account/link/{people.make_link(user=alice)}/?next={target}"
    assert client.post(address)["Location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": 'stepmark-8000="\\000aaaaaaaaaaaa"'},
        {"Content-Type": "text/html; x*=foo''bar"},
        {"Content-Type": "text/html; charset=hex"},
        {"Content-Type": "multipart/form-data; charset=unicode_escape; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=latin-1"},
    ],
)
def test_strange_headers_break_nothing(headers: dict[str, str], alice: User) -> None:
    """Asked of the WSGI application itself: some break Django before any middleware."""
    environ: dict[str, Any] = {"QUERY_STRING": "next=%FFa"}
    setup_testing_defaults(environ)
    environ["PATH_INFO"] = "/account/sign-in/"
    environ["HTTP_HOST"] = "localhost"
    environ |= {"CONTENT_TYPE" if k == "Content-Type" else f"HTTP_{k.upper()}": v for k, v in headers.items()}
    seen: list[str] = []
    application = import_module("annotation.wsgi").application  # after static files are collected
    b"".join(application(environ, lambda status, _: seen.append(status)))
    assert seen[0][:3] in {"200", "400"}


def test_a_body_too_large_is_not_even_read(client: Client) -> None:
    answer = client.post("/account/sign-in/", b"x", content_type="text/plain", CONTENT_LENGTH="60000000")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("roles", "doors"),
    [
        ([Role.LABELER], ["Label", "Account"]),
        ([Role.RESEARCHER], ["Projects", "Account"]),
        ([Role.LABELER, Role.MANAGER], ["Label", "Projects", "Account"]),
        ([], ["Label", "Account"]),
    ],
)
def test_the_bar_leads_where_the_roles_do(
    roles: list[Role], doors: list[str], project: Project, sign_in: SignIn
) -> None:
    page = sign_in(person("lara", project, *roles)).get("/account/").content.decode()
    bar = page[page.index('<nav class="who"') : page.index("</nav>")]
    assert re.findall(r"<a [^>]*>(.*?)</a>", bar) == doors
    assert 'title="Lara, lara@lab.example"' in bar
