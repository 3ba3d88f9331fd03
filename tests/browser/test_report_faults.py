"""What is said about the error is as safe as a rating: kept, sent again, and never wiped by another window."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from annotation.models import Annotation, ErrorReport, Project, Session, User
from tests.browser.asking import ask_about_errors
from tests.browser.desk_page import Visit, at_desk, line, press, saved, second_window
from tests.browser.holding import Gate, eventually
from tests.browser.signing import dialog, sign_in, with_password


@pytest.fixture
def asking(project: Project, load: Any) -> Project:
    return ask_about_errors(project, load)


@pytest.fixture
def at_error(asking: Project, alice: User, visit: Visit) -> Page:
    """Alice has found the error in step 2."""
    page = at_desk(visit, with_password(alice), expect_trouble=True)
    press(page, "3", "1")
    saved(page)
    return page


def words(page: Page) -> Locator:
    return page.get_by_label("in your own words")


def critique() -> str:
    return "".join(ErrorReport.objects.values_list("critique", flat=True))


def leave(page: Page) -> list[str]:
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    return asked


def test_a_lost_network_loses_no_word_of_it(at_error: Page) -> None:
    at_error.route("**/save/", lambda route: route.abort("connectionreset"))
    at_error.get_by_label("Some").check()
    words(at_error).fill("One and one is two.")
    expect(line(at_error)).to_contain_text("Not saved yet")
    assert leave(at_error) == ["beforeunload"]
    expect(words(at_error)).to_have_value("One and one is two.")
    expect(at_error.get_by_label("Some")).to_be_checked()
    at_error.unroute("**/save/")
    saved(at_error)
    eventually(at_error, lambda: critique() == "One and one is two.")
    assert ErrorReport.objects.get().progress == 1


def test_closing_right_after_the_last_letter_keeps_it(at_error: Page) -> None:
    words(at_error).press_sequentially("Two.")
    assert leave(at_error) == ["beforeunload"]
    expect(words(at_error)).to_have_value("Two.")
    eventually(at_error, lambda: critique() == "Two.")
    saved(at_error)
    assert leave(at_error) == []


def test_it_signs_in_in_place(at_error: Page) -> None:
    Session.objects.all().delete()
    at_error.get_by_label("arithmetic").check()
    expect(dialog(at_error)).to_be_visible()
    sign_in(at_error)
    saved(at_error)
    assert ErrorReport.objects.get().category == "arithmetic"


def test_it_is_not_asked_for_more_and_more_often(at_error: Page) -> None:
    """Two failures in a row wait at least 0.8 s and 1.6 s."""
    hits: list[str] = []
    at_error.route("**/save/", lambda route: (hits.append(route.request.url), route.abort("connectionreset")))
    at_error.get_by_label("Some").check()
    at_error.wait_for_timeout(2200)
    assert 2 <= len(hits) <= 3


def test_a_blank_field_of_another_window_wipes_nothing(at_error: Page) -> None:
    other = second_window(at_error)
    at_error.bring_to_front()
    words(at_error).fill("One and one is two.")
    at_error.get_by_label("Most of the way").check()
    eventually(at_error, lambda: critique() == "One and one is two.")
    other.bring_to_front()
    other.get_by_label("logic").check()
    saved(other)
    other.get_by_role("group", name="Critique 1").get_by_text("Neutral").click()
    other.locator("main").press("Escape")
    other.get_by_role("button", name="Submit").click()
    expect(other.get_by_text("And again?")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.progress, kept.category, kept.ratings) == (2, "logic", [0])
    assert kept.critique == "One and one is two."


def test_a_submit_right_after_the_last_letter_has_it(at_error: Page) -> None:
    gate = Gate(at_error, "**/submit/")
    at_error.get_by_label("Some").check()
    at_error.get_by_label("logic").check()
    at_error.get_by_role("group", name="Critique 1").get_by_text("Negative").click()
    saved(at_error)
    gate.hold()
    words(at_error).fill("Two.")
    at_error.get_by_role("button", name="Submit").click()
    gate.wait()
    saves: list[str] = []
    at_error.on("request", lambda one: saves.append(one.url) if one.url.endswith("/save/") else None)
    at_error.wait_for_timeout(900)
    assert saves == []
    gate.let_go()
    expect(at_error.get_by_text("And again?")).to_be_visible()
    assert critique() == "Two."


def test_what_was_said_goes_along_when_the_error_moves(at_error: Page) -> None:
    at_error.get_by_label("Some").check()
    at_error.get_by_label("logic").check()
    at_error.get_by_role("group", name="Critique 1").get_by_text("Positive").click()
    press(at_error, "Escape", "w", "w", "1")
    saved(at_error)
    words(at_error).fill("No.")
    eventually(at_error, lambda: critique() == "No.")
    assert (ErrorReport.objects.get().step, ErrorReport.objects.get().ratings) == (0, [])
    press(at_error, "Escape", "w", "3")
    saved(at_error)
    at_error.get_by_role("button", name="Submit").click()
    expect(at_error.get_by_text("And again?")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.step, kept.progress, kept.category, kept.ratings) == (1, 1, "logic", [1])


def test_a_category_that_is_gone_holds_nothing_else_up(at_error: Page) -> None:
    Project.objects.update(error_categories=["other"])
    at_error.get_by_label("logic").check()
    expect(line(at_error)).to_contain_text("choose again")
    press(at_error, "Escape", "w", "2")
    saved(at_error)
    assert not ErrorReport.objects.exists()


def test_a_reason_for_giving_up_outlives_the_page(asking: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    press(page, "e")
    page.keyboard.type("Two questions in one.")
    assert leave(page) == ["beforeunload"]
    press(page, "e")
    expect(page.get_by_label("Why?")).to_have_value("Two questions in one.")
    page.get_by_role("button", name="The problem is bad").click()
    expect(page.get_by_text("And again?")).to_be_visible()
    assert Annotation.objects.exclude(submitted_at=None).get().explanation == "Two questions in one."
    assert leave(page) == []
