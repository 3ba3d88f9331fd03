"""The keys of the desk: the sheet is true, people give actions other keys, and no key fires by accident."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from annotation.models import Annotation, Project, User
from tests.browser.conftest import wait_for
from tests.browser.test_desk import Visit, at_desk, current, ratings, saved
from tests.conftest import solution_line, with_instructions

SIGNS = {"↑": "ArrowUp", "↓": "ArrowDown"}
# Every key that a keyboard could send; what is asked for is whether the desk takes it.
TAKES = """keys => keys.filter(key => !document.querySelector('.spot[aria-current]').dispatchEvent(
    new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))"""
NAMED = [
    "Enter",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Tab",
    "ArrowUp",
    "ArrowDown",
]
NAMED += ["ArrowLeft", "ArrowRight", "F1", "F5", "F12", "ContextMenu", "Shift", "Control", "Dead", "Unidentified"]
EVERY_KEY = [chr(code) for code in range(0x20, 0x250) if not chr(code).isupper()] + NAMED


@pytest.fixture
def rich(project: Project, alice: User, bob: User, load: Callable[..., Any]) -> Project:
    """Everything that can be done at a desk can be done here."""
    Project.objects.update(allows_unsure=True)
    with_instructions(project, "Look closely.")
    load(project, [solution_line(number) for number in (1, 2, 3, 4)])
    return project


def sheet_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keys and ratings")


def open_sheet(page: Page) -> Locator:
    page.get_by_role("button", name="Keys and ratings").click()
    expect(sheet_of(page)).to_be_visible()
    return sheet_of(page)


def keys_in_sheet(page: Page) -> dict[str, list[str]]:
    """What the sheet says: action to keys."""
    sheet = open_sheet(page)
    said = {
        str(row.get_attribute("data-row")): [SIGNS.get(key, key) for key in row.locator("kbd").all_inner_texts()]
        for row in sheet.locator("[data-row]").all()
    }
    sheet.get_by_role("button", name="Close").click()
    return said


def change(page: Page, what: str, *keys: str) -> None:
    sheet_of(page).get_by_role("button", name=f"Change the key: {what}").click()
    for key in keys:
        page.keyboard.press(key)


def test_exactly_the_keys_of_the_sheet_do_something(rich: Project, alice: User, visit: Visit) -> None:
    """A key without a handler throws, and the page may not throw."""
    page = at_desk(visit, alice)
    said = [key for keys in keys_in_sheet(page).values() for key in keys]
    taken = []
    for key in EVERY_KEY:  # some open a sheet or a text, which takes the keys that follow
        taken += page.evaluate(TAKES, [key])
        page.evaluate("document.querySelectorAll('dialog[open]').forEach(one => one.close())")
    assert sorted(taken) == sorted(said)


def first_radio(page: Page, step: int, value: int) -> Locator:
    return page.locator(f"#step-{step} input[value='{value}']")


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
    for user, key in zip((alice, bob), keys, strict=False):
        page = at_desk(visit, user)
        for each in [*before, key]:
            page.keyboard.press(each)
        see(page)


def test_the_left_hand_suffices(rich: Project, alice: User, visit: Visit) -> None:
    """Each action has a key that is left of the line from 6 to n."""
    said = keys_in_sheet(at_desk(visit, alice))
    assert [action for action, keys in said.items() if not set(keys) & set("12345qwertasdfgzxcvb")] == []


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


def keys_after(page: Page) -> dict[str, list[str]]:
    page.keyboard.press("Escape")
    expect(sheet_of(page)).to_be_hidden()
    return keys_in_sheet(page)


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
    expect(page.locator(".said")).to_have_text("x does it now: undo the last rating.")


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


@pytest.mark.parametrize(
    ("key", "code", "shift", "value"),
    [
        ("&", "Digit1", False, -1),  # AZERTY
        ("é", "Digit2", False, 0),
        ('"', "Digit3", False, 1),
        ("3", "Digit3", True, 1),
        ("1", "Numpad1", False, -1),
        ("3", "Numpad3", False, 1),
    ],
)
def test_other_keyboards_rate_with_one_press(
    rich: Project, alice: User, visit: Visit, key: str, code: str, shift: bool, value: int
) -> None:
    page = at_desk(visit, alice)
    press(page, key=key, code=code, shiftKey=shift)
    expect(first_radio(page, 0, value)).to_be_checked()


def press(page: Page, **event: Any) -> None:
    page.evaluate(
        "event => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))",
        {"bubbles": True, "cancelable": True, **event},
    )


def test_letters_of_other_scripts_stand_for_their_place(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    press(page, key="я", code="KeyZ")
    expect(first_radio(page, 0, 1)).not_to_be_checked()
    press(page, key="!", code="Digit1", shiftKey=True)
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)


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


def two_windows(visit: Visit, user: User) -> tuple[Page, Page]:
    """Two windows on one solution which disagree about its first step; the second one has been asked."""
    one = at_desk(visit, user)
    other = one.context.new_page()
    other.goto(one.url)
    expect(other.locator(".scripted .spot[aria-current]")).to_be_visible()
    one.keyboard.press("3")
    saved(one)
    other.bring_to_front()
    other.keyboard.press("1")
    expect(other.locator(".contest")).to_be_visible()
    return one, other


@pytest.mark.parametrize(("key", "value"), [("1", -1), ("3", 1)])
def test_rating_keys_decide_between_two_windows(
    rich: Project, alice: User, visit: Visit, key: str, value: int
) -> None:
    _, page = two_windows(visit, alice)
    assert page.locator(".contest kbd").all_inner_texts() == ["1", "3"]
    page.keyboard.press(key)
    expect(page.locator(".contest")).to_have_count(0)
    saved(page)
    wait_for(lambda: ratings() == [(0, value)])


def test_nothing_is_submitted_while_two_windows_disagree(rich: Project, alice: User, visit: Visit) -> None:
    _, page = two_windows(visit, alice)
    page.keyboard.press("Enter")
    expect(page.locator(".saved.trouble")).to_contain_text("Which one counts?")
    assert not Annotation.objects.exclude(submitted_at=None).exists()


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


def test_a_refusal_is_in_sight(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, viewport={"width": 360, "height": 640})
    open_sheet(page)
    change(page, "formulas as source", "w")
    box = page.locator(".said").bounding_box()
    button = page.get_by_role("button", name="Press a key").bounding_box()
    assert box is not None
    assert button is not None
    assert button["y"] + button["height"] <= box["y"] < 600
