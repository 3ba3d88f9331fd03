"""A window that comes to the front learns what another one did meanwhile."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Project, User
from tests.browser.desk_page import (
    Visit,
    at_desk,
    is_at_solution,
    is_rated,
    line,
    press,
    ratings,
    saved,
    second_window,
)
from tests.browser.holding import eventually
from tests.growing.trees import tree_line


def comes_to_the_front(page: Page) -> None:
    page.wait_for_timeout(1100)  # what the page heard a moment ago is not asked for again
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")


@pytest.fixture
def windows(waiting: Project, alice: User, visit: Visit) -> tuple[Page, Page]:
    one = at_desk(visit, alice)
    return one, second_window(one)


def test_what_another_window_rated_shows(windows: tuple[Page, Page]) -> None:
    one, other = windows
    press(other, "3", "2")
    saved(other)
    comes_to_the_front(one)
    is_rated(one, 0, 1)
    is_rated(one, 1, 0)
    expect(one.locator(".contest")).to_have_count(0)
    press(one, "1")
    saved(one)
    assert ratings() == [(0, -1), (1, 0)]


def test_what_waits_to_be_saved_is_not_replaced(waiting: Project, alice: User, visit: Visit) -> None:
    one = at_desk(visit, alice, expect_trouble=True)
    other = second_window(one)
    one.route("**/save/", lambda route: route.abort("connectionreset"))
    press(one, "1")
    press(other, "3")
    saved(other)
    comes_to_the_front(one)
    one.wait_for_timeout(500)
    is_rated(one, 0, -1)
    one.unroute("**/save/")
    expect(one.locator(".contest")).to_be_visible(timeout=15_000)


def test_what_another_window_submitted_is_said(windows: tuple[Page, Page]) -> None:
    one, other = windows
    press(other, "1", "Enter")
    is_at_solution(other, 2)
    comes_to_the_front(one)
    expect(line(one)).to_have_text("This solution was submitted in another window. Go on")
    line(one).get_by_role("link", name="Go on").click()
    expect(one.get_by_role("heading", name="You have submitted this solution")).to_be_visible()


def test_what_was_taken_back_is_said(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    Annotation.objects.all().delete()
    comes_to_the_front(page)
    expect(line(page)).to_contain_text("This solution is no longer yours")


def test_a_solution_that_grew_in_another_window(project: Project, alice: User, visit: Visit, load: Any) -> None:
    load(project, [tree_line()])
    one = at_desk(visit, alice)
    other = second_window(one)
    press(other, "3", "1")
    expect(other.locator("#at-1")).to_be_visible()
    press(other, "1")
    saved(other)
    comes_to_the_front(one)
    expect(one.locator("#at-0 .chosen")).to_contain_text("Double it.")
    expect(one.locator("#at-1 input:checked")).to_have_count(1)
    press(one, "a", "1", "3")
    expect(one.get_by_text("The solution has come to its answer.")).to_be_visible()
    eventually(one, lambda: Annotation.objects.get().version > 0)


# --- how long it is ours ------------------------------------------------------------------------------------


def test_the_time_left_is_there_from_the_start(windows: tuple[Page, Page]) -> None:
    one, other = windows
    expect(one.locator(".hold")).to_contain_text("Yours until", timeout=1500)
    press(other, "1", "Enter")
    is_at_solution(other, 2)
    expect(other.locator(".hold")).to_contain_text("Yours until", timeout=500)


def test_little_time_left_is_said_in_minutes(waiting: Project, alice: User, visit: Visit) -> None:
    Project.objects.update(lease_minutes=5)
    page = at_desk(visit, alice)
    expect(page.locator(".hold")).to_have_text("Yours for 5 more minutes", timeout=1500)
