"""The sheet of keys is true: what it names does what it says, and nothing else does anything."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, first_radio
from tests.browser.keys_page import EVERY_KEY, TAKES, keys_in_sheet, sheet_of


def test_exactly_the_keys_of_the_sheet_do_something(rich: Project, alice: User, visit: Visit) -> None:
    """A key without a handler throws, and the page may not throw."""
    page = at_desk(visit, alice)
    said = [key for keys in keys_in_sheet(page).values() for key in keys]
    taken = []
    for key in EVERY_KEY:  # some open a sheet or a text, which takes the keys that follow
        taken += page.evaluate(TAKES, [key])
        page.evaluate("document.querySelectorAll('dialog[open]').forEach(one => one.close())")
    assert sorted(taken) == sorted(said)


def see_rating(value: int) -> Callable[[Page], None]:
    return lambda page: expect(first_radio(page, 0, value)).to_be_checked()


def see_step(number: int) -> Callable[[Page], None]:
    return lambda page: expect(page.locator(".spot[aria-current] legend")).to_contain_text(f"Step {number}")


def see_open(selector: str) -> Callable[[Page], None]:
    return lambda page: expect(page.locator(f"{selector}[open]")).to_be_visible()


EFFECTS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "negative": ("", see_rating(-1)),
    "neutral": ("", see_rating(0)),
    "positive": ("", see_rating(1)),
    "unsure": ("", lambda page: expect(page.locator("#step-0 .unsure input")).to_be_checked()),
    "previous": ("3", see_step(1)),
    "next": ("3w", see_step(2)),
    "open": ("33ww", see_step(3)),
    "undo": ("3", lambda page: expect(page.locator("input[type=radio]:checked")).to_have_count(0)),
    "submit": ("1", lambda page: expect(page.locator("#heard")).to_contain_text("Submitted")),
    "early": ("", see_open(".early")),
    "guide": ("", see_open(".guideline details")),
    "source": ("", lambda page: expect(page.locator(".katex")).to_have_count(0)),
    "sheet": ("", lambda page: expect(sheet_of(page)).to_be_visible()),
}


def test_every_action_of_the_sheet_is_tried_here(rich: Project, alice: User, visit: Visit) -> None:
    assert keys_in_sheet(at_desk(visit, alice)).keys() == EFFECTS.keys()


@pytest.mark.parametrize("action", EFFECTS)
def test_every_key_does_what_the_sheet_says(
    rich: Project, alice: User, bob: User, visit: Visit, action: str
) -> None:
    before, see = EFFECTS[action]
    keys = keys_in_sheet(at_desk(visit, alice))[action]
    assert len(keys) in {1, 2}
    for user, key in zip((alice, bob), keys, strict=False):
        page = at_desk(visit, user)
        for each in [*before, key]:
            page.keyboard.press(each)
        see(page)


def test_the_left_hand_suffices(rich: Project, alice: User, visit: Visit) -> None:
    """Each action has a key that is left of the line from 6 to n."""
    said = keys_in_sheet(at_desk(visit, alice))
    assert [action for action, keys in said.items() if not set(keys) & set("12345qwertasdfgzxcvb")] == []
