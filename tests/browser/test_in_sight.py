"""What opens, and what the bar says, takes nothing away from what one is looking at."""

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, press, saved
from tests.browser.keys_page import open_sheet

SIZES = [(1280, 800), (1280, 1000), (360, 700)]


def at_size(visit: Visit, user: User, size: tuple[int, int]) -> Page:
    return at_desk(visit, user, viewport={"width": size[0], "height": size[1]}, expect_trouble=True)


def ratings_are_in_sight(page: Page) -> bool:
    return bool(
        page.evaluate("""() => {
            const floor = document.querySelector('.finish').getBoundingClientRect().top;
            const boxes = [...document.querySelectorAll('.spot[aria-current] :is(.ratings label, .unsure)')];
            const found = boxes.map(one => one.getBoundingClientRect());
            return found.length > 0 && found.every(({top, bottom}) => top >= 0 && bottom <= floor);
        }""")
    )


def is_steady(page: Page) -> None:
    page.wait_for_timeout(300)
    assert ratings_are_in_sight(page)


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_covers_no_ratings(rich: Project, alice: User, visit: Visit, size: tuple[int, int]) -> None:
    page = at_size(visit, alice, size)
    press(page, "3", "3")
    saved(page)
    page.context.set_offline(True)
    press(page, "4")
    expect(page.locator(".saved.trouble")).to_be_visible()
    is_steady(page)
    press(page, "e")
    expect(page.locator(".early textarea")).to_be_focused()
    is_steady(page)
    press(page, "Escape")
    is_steady(page)


def test_whoever_has_scrolled_away_is_left_in_peace(rich: Project, alice: User, visit: Visit) -> None:
    page = at_size(visit, alice, (360, 520))
    press(page, "3", "3")
    saved(page)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.context.set_offline(True)
    press(page, "4")
    expect(page.locator(".saved.trouble")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_opens_at_its_top(rich: Project, alice: User, visit: Visit, size: tuple[int, int]) -> None:
    sheet = open_sheet(at_size(visit, alice, size))
    expect(sheet.get_by_role("heading")).to_be_focused()
    assert sheet.evaluate("one => one.scrollTop") == 0
    row, foot = sheet.locator("[data-row]").first.bounding_box(), sheet.locator(".foot").bounding_box()
    button = sheet.get_by_role("button", name="Close").bounding_box()
    assert row
    assert foot
    assert button
    assert row["y"] + row["height"] <= foot["y"]
    assert button["y"] - foot["y"] < 16


def test_escape_closes_the_instructions_from_the_step(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "i", "3")
    page.locator("#step-1").click(position={"x": 5, "y": 5})
    expect(page.locator(".guideline details[open]")).to_have_count(1)
    press(page, "Escape")
    expect(page.locator(".guideline details[open]")).to_have_count(0)
    expect(page.locator(".spot[aria-current]")).to_be_focused()


def test_a_window_made_smaller_takes_nothing_away(rich: Project, alice: User, visit: Visit) -> None:
    page = at_size(visit, alice, (1280, 1000))
    press(page, "3", "3")
    saved(page)
    for size in ((1280, 520), (600, 520), (360, 480)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        is_steady(page)
