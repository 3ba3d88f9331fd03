"""Signing in, one's own account, and what may go wrong anywhere."""

from typing import Any

from playwright.sync_api import Page, expect

from annotation import people
from annotation.models import User
from tests.browser.conftest import ROOT
from tests.browser.states.kinds import State, at


def link(cast: Any) -> Page:
    return cast.visit(None, f"/account/link/{people.make_link(user=cast.alice)}/")


def refused_sign_in(cast: Any) -> Page:
    page = cast.visit(None, "/account/sign-in/")
    page.get_by_label("Email").fill("x@lab.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error").first).to_be_visible()
    return page


def refused_password(cast: Any) -> Page:
    User.objects.update(keys={"undo": ["x"]})
    page = cast.visit(cast.alice, "/account/")
    for name in ("New password", "New password confirmation"):
        page.get_by_label(name, exact=True).fill("short")
    page.get_by_role("button", name="Set password").click()
    expect(page.locator(".error").first).to_be_visible()
    return page


def new_api_token(cast: Any) -> Page:
    people.make_token(user=cast.alice, name="an older one")
    page = cast.visit(cast.alice, "/account/")
    page.get_by_label("What it is for").fill("notebook")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("code.secret")).to_be_visible()
    return page


def without_token(cast: Any) -> Page:
    page = cast.visit(cast.alice, "/account/", expect_trouble=True)
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(one => one.remove())")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This form was refused")).to_be_visible()
    return page


def not_understood(cast: Any) -> Page:
    User.objects.update(keys={"undo": ["x"]})
    page = cast.visit(cast.alice, "/account/", expect_trouble=True)
    page.evaluate("document.querySelector('[name=keys]').value = 'nonsense'")
    page.get_by_role("button", name="Back to the usual keys").click()
    expect(page.get_by_role("heading", name="not understood")).to_be_visible()
    return page


def broken(cast: Any) -> Page:
    page = cast.visit(None, "/account/sign-in/")
    page.set_content((ROOT / "frontend_templates" / "500.html").read_text())
    return page


STATES = {
    "sign-in": State("sign-in", at("/account/sign-in/", "nobody")),
    "sign-in refused": State("sign-in", refused_sign_in),
    "link": State("link", link),
    "dead link": State("link", at("/account/link/none/", "nobody")),
    "account": State("account", at("/account/", "alice")),
    "new API token": State("make-token", new_api_token),
    "password refused": State("password", refused_password),
    "not found": State(None, at("/projects/nothing/", expect_trouble=True)),
    "form refused": State(None, without_token),
    "not understood": State(None, not_understood),
    "broken": State(None, broken),
}
