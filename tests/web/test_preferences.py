"""Name, theme, keys and password: what people set for themselves, through the doors and past them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from annotation.models import Project, User

SignIn = Callable[[User], Client]
FETCH = {"X-Requested-With": "fetch"}


def post_keys(client: Client, keys: Any, **headers: str) -> Any:
    text = keys if isinstance(keys, str) else json.dumps(keys)
    return client.post("/account/keys/", {"keys": text}, headers=headers)


def kept(user: User) -> Any:
    user.refresh_from_db()
    return user.keys


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"negative": ["q"]},
        {"negative": ["q", "ArrowLeft"], "undo": [], "submit": [" "]},
        {"unknown": ["é"]},
        {"previous": ["&"], "next": ["<"], "source": ['"']},
    ],
)
def test_keys_are_kept_and_come_with_the_desk(
    waiting: Project, alice: User, sign_in: SignIn, keys: dict[str, list[str]]
) -> None:
    client = sign_in(alice)
    answer = client.post("/account/keys/", {"keys": json.dumps(keys)}, headers=FETCH)
    assert (answer.status_code, answer.json()) == (200, {"keys": keys})
    assert kept(alice) == keys
    page = client.post("/label/in/algebra/start/", follow=True).content.decode()
    attribute = page.split('data-keys="')[1].split('"')[0]
    assert json.loads(attribute.replace("&quot;", '"').replace("&amp;", "&").replace("&lt;", "<")) == keys


HOSTILE = [
    "",
    "null",
    "[]",
    "{",
    "NaN",
    '{"negative": "q"}',
    '{"negative": [1]}',
    '{"negative": [null]}',
    '{"negative": [["q"]]}',
    '{"negative": ["a", "b", "c"]}',
    '{"negative": [""]}',
    '{"negative": ["\\u0000"]}',
    '{"negative": ["\\u202e"]}',
    '{"negative": ["\\ud800"]}',
    '{"negative": ["\\n"]}',
    '{"negative": ["<script>alert(1)</script>"]}',
    '{"negative": ["javascript:x"]}',
    '{"negative": ["arrowUp"]}',
    '{"negative": ["q"], "neutral": ["q"]}',
    '{"negative": ["q", "q"]}',
    '{"Negative": ["q"]}',
    '{"__proto__": ["q"]}',
    '{"negative\\n": ["q"]}',
    '{"": ["q"]}',
    '{"' + "a" * 25 + '": ["q"]}',
    json.dumps({"a" * count: [] for count in range(1, 25)} | {"b" * count: [] for count in range(1, 25)}),
    " " * 4001,
    "{" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_key_map_is_refused(alice: User, sign_in: SignIn, text: str) -> None:
    User.objects.update(keys={"undo": ["x"]})
    assert post_keys(sign_in(alice), text, **FETCH).status_code == 400
    assert kept(alice) == {"undo": ["x"]}


TOO_LONG = {f"{one}{other}": ["y" * 16] * 2 for one in "abcdefghijkl" for other in "abcdefghijkl"}
MISSHAPEN = [
    *([], "q", 1, {"A": ["q"]}, {"a": "q"}, {"a": {"b": "c"}}, {"a": [1]}, {"a": [""]}, {"a": [["b"]]}),
    *({"a": ["b", "c", "d"]}, {"a": ["x" * 17]}, TOO_LONG),
]


@pytest.mark.parametrize("keys", MISSHAPEN, ids=lambda keys: str(keys)[:20])
def test_the_database_holds_the_shape_of_keys(alice: User, keys: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(keys=keys)


def test_nobody_sets_the_keys_of_somebody_else(alice: User, bob: User, sign_in: SignIn) -> None:
    post_keys(sign_in(alice), {"undo": ["x"]}, **FETCH)
    assert kept(bob) == {}


def test_the_usual_keys_come_back_by_a_plain_form(alice: User, sign_in: SignIn) -> None:
    User.objects.update(keys={"undo": ["x"]})
    client = sign_in(alice)
    assert "Back to the usual keys" in client.get("/account/").content.decode()
    assert post_keys(client, {}).headers["Location"] == "/account/"
    assert kept(alice) == {}


def test_a_name_and_a_theme_are_kept_and_shown(alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    assert "data-theme" not in client.get("/account/").content.decode()
    page = client.post("/account/", {"name": "Alice A.", "theme": "dark"}, follow=True).content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert "Alice A." in page
    alice.refresh_from_db()
    assert (alice.name, alice.theme) == ("Alice A.", "dark")


@pytest.mark.parametrize("theme", ["", "pink", 'dark" onload="x'])
def test_an_unknown_theme_is_refused(alice: User, sign_in: SignIn, theme: str) -> None:
    page = sign_in(alice).post("/account/", {"name": "A", "theme": theme}).content.decode()
    assert 'class="error"' in page
    alice.refresh_from_db()
    assert (alice.name, alice.theme) == ("Alice", "system")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(theme="pink")


def test_signed_out_pages_follow_the_system(client: Client, db: None) -> None:
    page = client.get("/account/sign-in/").content.decode()
    assert "data-theme" not in page
    assert 'name="color-scheme" content="light dark"' in page


def test_a_refused_password_keeps_the_rest_of_the_page(alice: User, sign_in: SignIn) -> None:
    answer = sign_in(alice).post("/account/password/", {"new_password1": "short", "new_password2": "short"})
    page = answer.content.decode()
    assert "This password is too short" in page
    assert 'value="Alice"' in page
