"""Signing in with a password, sessions, and the account page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation import people
from annotation.models import ApiToken, Project, Role, Session, SignInLink, User
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
