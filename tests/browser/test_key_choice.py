"""People give actions other keys, take keys away, and get the usual ones back."""

import pytest
from playwright.sync_api import expect

from annotation.models import Project, User
from tests.browser.conftest import wait_for
from tests.browser.desk_page import Visit, at_desk, first_radio, saved
from tests.browser.keys_page import EVERY_KEY, TAKES, change, keys_after, keys_in_sheet, open_sheet, sheet_of


def test_a_key_is_given_at_once_kept_and_shown_on_the_buttons(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    open_sheet(page)
    change(page, "rate positive", "f")
    expect(page.locator(".said")).to_have_text("f does it now: rate positive, and go on.")
    page.keyboard.press("Escape")
    expect(page.locator("#step-0 .positive kbd")).to_have_text("f")
    page.keyboard.press("3")
    assert page.locator("input[type=radio]:checked").count() == 0
    page.keyboard.press("f")
    expect(first_radio(page, 0, 1)).to_be_checked()
    wait_for(lambda: User.objects.get(pk=alice.pk).keys == {"positive": ["f"]})
    saved(page)
    page.reload()
    expect(page.locator(".scripted")).to_be_visible()
    page.keyboard.press("F")
    expect(first_radio(page, 1, 1)).to_be_checked()
    for key in ("f", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    expect(page.locator("#step-0 .positive kbd")).to_have_text("f")


def test_a_key_that_has_something_to_do_is_refused(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    open_sheet(page)
    change(page, "rate positive", "w")
    expect(page.locator(".said")).to_have_text("w is taken: one step up. Press another key, or Escape.")
    page.keyboard.press("Escape")
    expect(sheet_of(page)).to_be_visible()
    assert keys_after(page)["positive"] == ["3"]
    assert User.objects.get(pk=alice.pk).keys == {}


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("Tab", "Tab moves through the page"),
        ("Shift", "does nothing by itself"),
        ("Control+b", "belong to the browser"),
        ("Alt+x", "belong to the browser"),
        ("F5", "belongs to the browser"),
        ("ContextMenu", "belongs to the browser"),
    ],
)
def test_keys_of_the_browser_stay_its_own(rich: Project, alice: User, visit: Visit, key: str, why: str) -> None:
    page = at_desk(visit, alice)
    open_sheet(page)
    change(page, "undo", key)
    expect(page.locator(".said.error")).to_contain_text(why)
    page.keyboard.press("x")
    expect(page.locator(".said")).to_have_text("x does it now: undo what was done last.")


def test_the_usual_keys_come_back(rich: Project, alice: User, visit: Visit) -> None:
    User.objects.update(keys={"positive": ["f"], "undo": [], "dance": ["j"]})
    page = at_desk(visit, alice)
    assert keys_in_sheet(page) | {"positive": ["f"], "undo": []} == keys_in_sheet(page)
    open_sheet(page).get_by_role("button", name="Back to the usual keys").click()
    wait_for(lambda: User.objects.get(pk=alice.pk).keys == {})
    said = keys_after(page)
    assert (said["positive"], said["undo"]) == (["3"], ["u", "z"])


def test_keys_can_be_off(rich: Project, alice: User, visit: Visit) -> None:
    """One by one, or all: whoever talks to the computer needs that."""
    page = at_desk(visit, alice)
    open_sheet(page)
    change(page, "undo", "Delete")
    assert keys_after(page)["undo"] == []
    open_sheet(page).get_by_role("button", name="All keys off").click()
    expect(page.locator(".keymap kbd")).to_have_count(0)
    page.keyboard.press("Escape")
    assert page.evaluate(TAKES, EVERY_KEY) == []
    expect(page.locator(".ratings kbd:visible")).to_have_count(0)


def test_a_key_that_cannot_be_kept_works_and_says_so(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.set_offline(True)
    open_sheet(page)
    change(page, "rate positive", "f")
    expect(page.locator(".said.error")).to_contain_text("not kept for the next: the server cannot be reached")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(first_radio(page, 0, 1)).to_be_checked()


def test_a_refusal_is_in_sight(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, viewport={"width": 360, "height": 640})
    open_sheet(page)
    change(page, "formulas as source", "w")
    box = page.locator(".said").bounding_box()
    button = page.get_by_role("button", name="Press a key").bounding_box()
    assert box is not None
    assert button is not None
    assert button["y"] + button["height"] <= box["y"] < 600
