"""One hand suffices: whole solutions with nothing but keys of the left hand, Tab, Escape and Space."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import ErrorReport, HumanCompletion, Project, User
from tests.browser.asking import ask_about_errors
from tests.browser.desk_page import Visit, at_desk, saved
from tests.growing.trees import tree_line

LEFT = {*"12345qwertasdfgzxcvb", "Tab", "Escape", "Space"}


def press(page: Page, *keys: str) -> None:
    assert set(keys) <= LEFT
    for key in keys:
        page.keyboard.press(key)


def said_keys(page: Page) -> dict[str, set[str]]:
    press(page, "q")
    rows = page.locator("#keys [data-row]").all()
    said = {str(row.get_attribute("data-row")): set(row.locator("kbd").all_inner_texts()) for row in rows}
    press(page, "Escape")
    return said


def check_map(said: dict[str, set[str]], *more: str) -> None:
    assert {*more} <= said.keys()
    assert [action for action, keys in said.items() if not keys & LEFT] == []
    given = [key for keys in said.values() for key in keys]
    assert len(given) == len(set(given))


@pytest.fixture
def asking(project: Project, load: Any) -> Project:
    return ask_about_errors(project, load)


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line(), tree_line(problem="Another problem.")])
    return project


def question(page: Page, name: str) -> None:
    expect(page.get_by_role("group", name=name).and_(page.locator(":focus"))).to_have_count(1)


def test_every_action_has_a_key_on_the_left(growing: Project, alice: User, visit: Visit) -> None:
    check_map(said_keys(at_desk(visit, alice)), "choose", "write")


def test_a_report_by_keys(asking: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    check_map(said_keys(page), "report", "answer")
    press(page, "3", "1", "t")
    question(page, "How far had the solution come")
    press(page, "2")
    question(page, "What kind of error")
    press(page, "1")
    question(page, "Critique 1")
    press(page, "3", "Escape", "t")
    question(page, "How far had the solution come")
    press(page, "v")
    expect(page.get_by_label("Most of the way")).to_be_checked()
    expect(page.locator("#step-1 input[value='-1']")).to_be_checked()
    saved(page)
    press(page, "d")
    expect(page.get_by_text("And again?")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.progress, kept.category, kept.ratings) == (2, "arithmetic", [1])


def test_what_is_missing_gets_the_focus(asking: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    press(page, "1", "d")
    expect(page.locator(".saved")).to_contain_text("how far the solution had come")
    question(page, "How far had the solution come")
    press(page, "1", "d")
    expect(page.locator(".saved")).to_contain_text("what kind of error it is")
    question(page, "What kind of error")
    press(page, "2", "d")
    expect(page.locator(".saved")).to_contain_text("in your own words")
    expect(page.get_by_label("in your own words")).to_be_focused()
    page.keyboard.type("It is two.")
    press(page, "Escape", "d")
    expect(page.get_by_text("And again?")).to_be_visible()


def test_a_solution_that_grows_by_keys(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "1", "1", "b")
    page.keyboard.type("Count.")
    press(page, "Tab", "Space")
    expect(page.locator("#written-1 textarea")).to_be_focused()
    page.keyboard.type("# Answer\n\n6")
    press(page, "Tab", "Space")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    saved(page)
    press(page, "d")
    expect(page.get_by_text("Another problem.")).to_be_visible()
    assert HumanCompletion.objects.count() == 2


def test_giving_up_by_keys(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "e")
    page.keyboard.type("Tired.")
    press(page, "Tab", "Space")
    expect(page.get_by_text("Another problem.")).to_be_visible()
