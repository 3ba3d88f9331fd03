"""Whatever answers instead of our server: the ratings stay, the page says so, later all of it is acknowledged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from annotation.models import Annotation, Project, StepLabel, User
from tests.browser.conftest import Site, session_of
from tests.browser.desk_page import Visit, at_desk, is_at_solution, is_rated, line, press, ratings, saved_at_last
from tests.local import wait_for

HTML = (
    "<!doctype html><title>Oh no</title><main id='main'><h1>Error page</h1><form><input type=radio></form></main>"
)
PAGE = {"content_type": "text/html", "body": HTML}
HALF = '{"version": 1, "unti'

Fault = Callable[[Route], None]


def answer(status: int, **more: str) -> Fault:
    return lambda route: route.fulfill(status=status, **({**PAGE, **more}))  # type: ignore[arg-type]


FAULTS: dict[str, Fault] = {
    "500": answer(500),
    "502 with a page": answer(502),
    "503 with a page": answer(503),
    "403": answer(403),
    "404 of a proxy": answer(404),
    "409 of nobody": answer(409),
    "413": answer(413),
    "429": answer(429, content_type="application/json", body="[]"),
    "reset": lambda route: route.abort("connectionreset"),
    "refused": lambda route: route.abort("connectionrefused"),
    "timeout": lambda route: route.abort("timedout"),
    "half a JSON": answer(200, content_type="application/json", body=HALF),
    "half a JSON refusal": answer(409, content_type="application/json", body=HALF),
    "JSON of somebody else": answer(200, content_type="application/json", body=json.dumps({"ok": True})),
    "JSON null": answer(200, content_type="application/json", body="null"),
    "a captive portal": answer(200),
    "204": answer(204, body=""),
    "an empty 200": answer(200, body=""),
    "a redirect to a sign-in page": lambda route: route.fulfill(
        status=302, headers={"Location": "/account/sign-in/"}
    ),
}


class Spoiled:
    """An address that answers with one fault after the other; `online` makes the page try again at once."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.hits = page, 0
        self.fault: Fault = Route.continue_
        page.route(address, self.handle)

    def handle(self, route: Route) -> None:
        self.hits += 1
        self.fault(route)

    def by(self, name: str) -> None:
        """The next attempt fails like this, and the page says so."""
        self.fault, self.hits = FAULTS[name], 0

    def again(self) -> None:
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def mend(self) -> None:
        self.fault = Route.continue_
        self.again()


def test_a_save_that_fails_comes_again(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    saving = Spoiled(page, "**/save/")
    for number, fault in enumerate(FAULTS):
        before, key, rating = ratings(), "32"[number % 2], 1 - number % 2
        saving.by(fault)
        press(page, "w", "w", key, key)
        expect(line(page), fault).to_contain_text("Not saved yet")
        is_rated(page, 0, rating)
        is_rated(page, 1, rating)
        assert (ratings(), saving.hits > 0) == (before, True), fault
        saving.mend()
        saved_at_last(page)
        assert ratings() == [(0, rating), (1, rating)], fault
    assert "Error page" not in page.content()


def test_a_submit_that_fails_comes_again(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    address, submitting = page.url, Spoiled(page, "**/submit/")
    press(page, "3", "1")
    saved_at_last(page)
    for fault in FAULTS:
        submitting.by(fault)
        press(page, "Enter")
        expect(line(page), fault).to_contain_text("Not submitted yet")
        is_rated(page, 0, 1)
        is_rated(page, 1, -1)
        assert (page.url, submitting.hits > 0) == (address, True), fault
    assert "Error page" not in page.content()
    assert not Annotation.objects.exclude(submitted_at=None).exists()
    submitting.mend()
    is_at_solution(page, 2)
    assert ratings() == [(0, 1), (1, -1)]


def test_a_submit_whose_answer_was_lost_counts_once(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/submit/", swallow, times=1)
    press(page, "1", "Enter")
    is_at_solution(page, 2)
    assert Annotation.objects.exclude(submitted_at=None).count() == 1


def test_a_server_that_never_answers_is_given_up_and_asked_again(
    waiting: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.route("**/save/", lambda route: None, times=1)
    page.wait_for_timeout(300)  # a browser takes its time to send requests this way
    press(page, "3")
    expect(line(page)).to_contain_text("Not saved yet", timeout=20_000)
    saved_at_last(page)
    assert ratings() == [(0, 1)]


def test_thinking_again_after_a_failed_submit_stops_it(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.route("**/submit/", FAULTS["503 with a page"])
    press(page, "1", "Enter")
    expect(line(page)).to_contain_text("Not submitted yet")
    press(page, "w", "3")
    page.unroute("**/submit/")
    saved_at_last(page)
    page.wait_for_timeout(2500)
    assert not Annotation.objects.exclude(submitted_at=None).exists()
    is_rated(page, 0, 1)


@pytest.fixture
def own_site(transactional_db: None, static_files: None, tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.start()
    yield site
    site.stop()


def test_the_web_server_is_really_killed_and_started_again(
    own_site: Site, waiting: Project, alice: User, visit: Visit
) -> None:
    page = visit(None, f"{own_site.address}/livez", expect_trouble=True, site=own_site)
    page.context.add_cookies([session_of(alice, own_site)])
    page.goto(f"{own_site.address}/label/")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    press(page, "3")
    saved_at_last(page)
    own_site.kill()
    press(page, "2")
    expect(line(page)).to_contain_text("Not saved yet: the server cannot be reached.")
    own_site.start()
    saved_at_last(page)
    assert ratings() == [(0, 1), (1, 0)]
    own_site.kill()
    press(page, "3", "Enter")
    expect(line(page)).to_contain_text("Not submitted yet")
    own_site.start()
    is_at_solution(page, 2)
    assert ratings() == [(0, 1), (1, 0), (2, 1)]


# --- back, forward, reload, twice ---------------------------------------------------------------------------


def test_back_forward_and_reload_show_the_right_page(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    first = page.url
    press(page, "1", "Enter")
    is_at_solution(page, 2)
    second = page.url
    page.go_back()
    expect(page.get_by_role("heading", name="You have submitted this solution")).to_be_visible()
    assert page.url == first
    page.go_forward()
    is_at_solution(page, 2)
    assert page.url == second
    press(page, "3")
    saved_at_last(page)
    page.reload()
    is_rated(page, 0, 1)
    assert Annotation.objects.exclude(submitted_at=None).count() == 1


def hand_in_twice(page: Page) -> None:
    page.get_by_role("button", name="Submit").dblclick()


def repeat_enter(page: Page) -> None:
    for _ in range(12):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")


@pytest.mark.parametrize("submit", [hand_in_twice, repeat_enter])
def test_impatience_submits_once(
    submit: Callable[[Page], None], waiting: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    submits = []
    page.on("request", lambda one: submits.append(one.url) if one.url.endswith("/submit/") else None)
    press(page, "1")
    submit(page)
    is_at_solution(page, 2)
    page.wait_for_timeout(300)
    assert len(submits) == 1
    assert Annotation.objects.exclude(submitted_at=None).count() == 1
    assert StepLabel.objects.count() == 1


def test_leaving_right_after_a_rating_keeps_it(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.on("dialog", lambda dialog: dialog.accept())
    press(page, "3")
    page.reload()
    is_rated(page, 0, 1)
    wait_for(lambda: ratings() == [(0, 1)])
