"""No mouse and no sight needed: where the keys go, and what screen readers hear."""

from playwright.sync_api import expect

from annotation.models import Annotation, Project, User
from tests.browser.conftest import wait_for
from tests.browser.desk_page import Visit, at_desk, current, first_radio, ratings, saved
from tests.browser.keys_page import open_sheet


def test_giving_up_needs_no_mouse(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("e")
    page.keyboard.type("a 1 e ?")
    page.keyboard.press("Escape")
    expect(page.locator(".early[open]")).to_have_count(0)
    expect(page.locator(".spot:focus")).to_have_count(1)
    for key in ("e", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert (done.finish_reason, done.explanation) == ("give_up", "a 1 e ?")


def test_keys_go_on_after_buttons_and_sheets(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    open_sheet(page).get_by_role("button", name="Close").click()
    page.keyboard.press("3")
    page.keyboard.press("i")
    page.keyboard.press("3")
    page.keyboard.press("i")
    expect(page.locator(".guideline details[open]")).to_have_count(0)
    page.locator(".early summary").click()
    page.locator(".early summary").click()
    page.keyboard.press("3")
    expect(page.get_by_text("All steps are rated, none is negative.")).to_be_visible()


def test_arrows_in_a_choice_of_ratings_choose_and_stay(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("Tab")
    expect(first_radio(page, 0, -1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first_radio(page, 0, 0)).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(first_radio(page, 0, 1)).to_be_checked()
    expect(first_radio(page, 0, 1)).to_be_focused()
    assert current(page).startswith("Step 1")
    saved(page)
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(first_radio(page, 1, -1)).to_be_checked()
    wait_for(lambda: ratings() == [(0, 1), (1, -1)])


def test_keys_follow_where_tab_went(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    page.keyboard.press("3")
    page.keyboard.press("Shift+Tab")
    assert current(page).startswith("Step 2")
    expect(page.locator(".spot[aria-current] :focus")).to_have_count(1)
    page.keyboard.press("2")
    expect(first_radio(page, 1, 0)).to_be_checked()


def test_screen_readers_hear_ratings_troubles_and_the_end(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    heard = page.locator("#heard[role=status]")
    page.keyboard.press("3")
    saved(page)
    expect(heard).to_have_text("Step 1: Positive")
    page.keyboard.press("4")
    expect(heard).to_have_text("Step 2: not rated, unsure")
    saved(page)
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(heard).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    expect(heard).to_have_text("Saved")
    page.keyboard.press("3")
    expect(page.locator(".verdict [role=status]")).to_have_text("All steps are rated, none is negative.")
    saved(page)
    page.keyboard.press("Enter")
    expect(heard).to_have_text("Submitted. The next solution is here.")
    expect(page.get_by_role("group", name="Step 1").and_(page.locator(":focus"))).to_have_count(1)
