"""Every page of the product, each in the states in which people see it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from annotation.models import Project, Solution, User
from tests.browser.conftest import ROOT
from tests.browser.desk_page import at_desk, saved, two_windows
from tests.browser.keys_page import change, open_sheet

LONG = r"So $\frac{1}{2} + x = \sum_{k=1}^{n} k^2$, and $$a_1 + a_2 + a_3 + a_4 + a_5 + a_6 = \frac{b}{c}$$ holds."


def desk(cast: Any, keys: str = "", **options: Any) -> Page:
    page = at_desk(cast.visit, cast.alice, **options)
    for key in keys:
        page.keyboard.press(key)
    if keys:
        saved(page)
    return page


def desk_all_revealed(cast: Any) -> Page:
    Project.objects.update(reveals_all=True, stops_at_error=False)
    return desk(cast, "31")


def desk_contested(cast: Any) -> Page:
    return two_windows(cast.visit, cast.alice)[1]


def desk_not_saved(cast: Any) -> Page:
    page = desk(cast, "3", expect_trouble=True)
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(page.locator(".saved.trouble")).to_be_visible()
    return page


def desk_signed_out(cast: Any) -> Page:
    page = desk(cast, expect_trouble=True)
    page.context.clear_cookies(name=f"stepmark-{urlsplit(page.url).port}")
    page.keyboard.press("3")
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    return page


def desk_sheet(cast: Any) -> Page:
    page = desk(cast)
    open_sheet(page)
    change(page, "rate positive", "w")
    return page


def desk_open(cast: Any) -> Page:
    page = desk(cast, "3")
    page.keyboard.press("i")
    page.keyboard.press("e")
    return page


def submitted(cast: Any) -> Page:
    page = desk(cast, "31")
    for key in "33":
        page.keyboard.press(key)
    saved(page)
    address = page.url
    page.keyboard.press("Enter")
    expect(page.locator("#heard")).to_contain_text("Submitted")
    page.goto(address)
    return page


def waiting(cast: Any) -> Page:
    return cast.visit(cast.alice, "/label/in/algebra/")


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


def people_with_link(cast: Any) -> Page:
    page = cast.visit(cast.max, "/projects/algebra/people/")
    page.get_by_role("button", name="Sign-in link").first.click()
    expect(page.locator(".secret")).to_be_visible()
    return page


def solution(cast: Any) -> Page:
    submitted(cast)
    return cast.visit(cast.max, f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/")


def overview(cast: Any) -> Page:
    submitted(cast)
    return cast.visit(cast.max, "/projects/algebra/")


def at(path: str, who: str = "max", **options: Any) -> Callable[[Any], Page]:
    return lambda cast: cast.visit(getattr(cast, who, None), path, **options)


STATES: dict[str, Callable[[Any], Page]] = {
    "sign-in": at("/account/sign-in/", "nobody"),
    "sign-in refused": refused_sign_in,
    "dead link": at("/account/link/none/", "nobody"),
    "start": at("/label/", "alice"),
    "desk": desk,
    "desk, half rated": lambda cast: desk(cast, "34"),
    "desk, first error": lambda cast: desk(cast, "313"),
    "desk, done": lambda cast: desk(cast, "3333"),
    "desk, all revealed": desk_all_revealed,
    "desk, contested": desk_contested,
    "desk, not saved": desk_not_saved,
    "desk, signed out": desk_signed_out,
    "desk, sheet": desk_sheet,
    "desk, texts open": desk_open,
    "desk, source": lambda cast: desk(cast, "r3"),
    "submitted": submitted,
    "waiting": waiting,
    "account": at("/account/", "alice"),
    "password refused": refused_password,
    "projects": at("/projects/", "sam"),
    "new project": at("/projects/new/", "sam"),
    "overview": overview,
    "empty overview": at("/projects/algebra/"),
    "solutions": at("/projects/algebra/solutions/"),
    "solution": solution,
    "load": at("/projects/algebra/load/"),
    "run": lambda cast: cast.visit(cast.max, f"/projects/algebra/load/{cast.run.pk}/"),
    "export": at("/projects/algebra/export/"),
    "people": people_with_link,
    "settings": at("/projects/algebra/settings/"),
    "not found": at("/projects/nothing/", expect_trouble=True),
    "form refused": without_token,
    "not understood": not_understood,
    "broken": broken,
}
