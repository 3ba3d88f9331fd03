"""The desk without JavaScript: whatever is wrong with a form, nothing in it is lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Choice, ErrorReport, Project, User
from tests.browser.asking import ask_about_errors
from tests.browser.desk_page import Visit, ratings
from tests.growing.trees import tree_line


def at_plain_desk(visit: Visit, user: User) -> Page:
    page = visit(user, "/label/", java_script_enabled=False)
    page.get_by_role("button", name="Start").click()
    return page


def rate(page: Page, spot: str, rating: str) -> None:
    page.locator(f"#{spot}").get_by_text(rating).click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def test_an_unfinished_solution_keeps_its_ratings(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0", "Positive")
    rate(page, "step-1", "Neutral")
    submit(page)
    expect(page.get_by_text("Step 3 is not rated yet.")).to_be_visible()
    assert ratings() == [(0, 1), (1, 0)]
    expect(page.locator("#step-1 input[value='0']")).to_be_checked()


def test_giving_up_without_a_reason_keeps_the_ratings(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0", "Positive")
    page.get_by_text("I cannot rate this").click()
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Say in a few words why")).to_be_visible()
    assert ratings() == [(0, 1)]


@pytest.mark.parametrize("act", [submit, save])
def test_a_reason_stays_in_the_form(act: Any, waiting: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    page.get_by_text("I cannot rate this").click()
    page.get_by_label("Why?").fill("Two <questions>.")
    rate(page, "step-0", "Positive")
    act(page)
    expect(page.get_by_label("Why?")).to_have_value("Two <questions>.")
    assert ratings() == [(0, 1)]
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert Annotation.objects.exclude(submitted_at=None).get().explanation == "Two <questions>."


def test_another_window_takes_nothing_but_its_own_rating(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    other = page.context.new_page()
    other.goto(page.url)
    rate(other, "step-0", "Neutral")
    save(other)
    rate(page, "step-0", "Positive")
    rate(page, "step-1", "Positive")
    save(page)
    expect(page.get_by_text("Another window has a different rating for step 1.")).to_be_visible()
    assert ratings() == [(0, 0), (1, 1)]


# --- about the error ----------------------------------------------------------------------------------------


@pytest.fixture
def asking(project: Project, load: Any) -> Project:
    return ask_about_errors(project, load)


def say(page: Page) -> None:
    page.get_by_label("Some").check()
    page.get_by_label("logic").check()
    page.get_by_label("in your own words").fill("It is two.")


@pytest.mark.parametrize("act", [submit, save])
def test_what_is_said_of_the_error_is_kept(act: Any, asking: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    assert "counted from 0" not in page.content()
    rate(page, "step-0", "Positive")
    rate(page, "step-1", "Negative")
    say(page)
    act(page)
    kept = ErrorReport.objects.get()
    assert (kept.step, kept.progress, kept.category, kept.critique) == (1, 1, "logic", "It is two.")
    expect(page.get_by_label("in your own words")).to_have_value("It is two.")
    page.get_by_role("group", name="Critique 1").get_by_text("Positive").click()
    submit(page)
    expect(page.get_by_text("And again?")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.step, kept.ratings, kept.critique) == (1, [1], "It is two.")


def test_what_is_said_before_there_is_an_error_stays_in_the_form(
    asking: Project, alice: User, visit: Visit
) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0", "Positive")
    say(page)
    page.get_by_role("group", name="Critique 1").get_by_text("Neutral").click()
    save(page)
    expect(page.get_by_text("is kept once a step is rated negative")).to_be_visible()
    assert (ratings(), ErrorReport.objects.count()) == ([(0, 1)], 0)
    rate(page, "step-1", "Negative")
    submit(page)
    expect(page.get_by_text("And again?")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.progress, kept.category, kept.critique, kept.ratings) == (1, "logic", "It is two.", [0])


def test_giving_up_asks_nothing_about_an_error(asking: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0", "Negative")
    page.get_by_label("logic").check()
    Project.objects.update(error_categories=["other"])
    page.get_by_text("I cannot rate this").click()
    page.get_by_label("Why?").fill("Tired.")
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("And again?")).to_be_visible()


# --- a solution that grows ----------------------------------------------------------------------------------


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line(), tree_line(problem="Another problem.")])
    return project


def test_a_written_step_outlives_a_refusal(growing: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0-0", "Negative")
    rate(page, "step-0-1", "Negative")
    save(page)
    page.locator("#written-0 textarea").fill("Count to six.")
    submit(page)
    expect(page.get_by_text("Step 2 has nothing to go on with yet")).to_be_visible()
    expect(page.locator("#written-0 textarea")).to_have_value("Count to six.")
    page.reload()
    expect(page.locator("#written-0 textarea")).to_have_value("Count to six.")
    assert Choice.objects.get().text == "Count to six."


def test_a_written_step_that_cannot_be_used_stays_in_the_form(growing: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0-0", "Positive")
    rate(page, "step-0-1", "Negative")
    save(page)
    for number, rating in enumerate(("Negative", "Neutral", "Negative")):
        rate(page, f"step-1-{number}", rating)
    save(page)
    page.locator("#written-1 textarea").fill("Six, surely.")
    save(page)
    expect(page.locator("#written-1 textarea")).to_have_value("Six, surely.")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert page.locator("#at-2").count() == 1


def test_giving_up_without_a_reason_keeps_a_half_written_step(growing: Project, alice: User, visit: Visit) -> None:
    page = at_plain_desk(visit, alice)
    rate(page, "step-0-0", "Negative")
    rate(page, "step-0-1", "Negative")
    save(page)
    page.locator("#written-0 textarea").fill("Count")
    page.get_by_text("I cannot rate this").click()
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Say in a few words why")).to_be_visible()
    expect(page.locator("#written-0 textarea")).to_have_value("Count")
    assert ratings() == [(0, -1), (0, -1)]
