"""Phase 1, act by act: what the page says there is to do, keys at a dead end, and taking acts back."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from annotation.models import Choice, Project, StepLabel, User
from tests.browser.desk_page import Visit, at_desk, press, saved
from tests.browser.holding import Gate, eventually
from tests.growing.trees import node

DOUBLE = "Double it."
END = "So six.\n\n# Answer\n\n6"


@pytest.fixture
def page(project: Project, alice: User, visit: Visit, load: Any) -> Page:
    """Two first steps, of which nothing continues the second one."""
    tree = [node(DOUBLE, node("That is six."), node("That is seven.")), node("Add.")]
    load(project, [{"problem": "What is $3 + 3$?", "tree": tree}])
    return at_desk(visit, alice)


def verdict(page: Page) -> Locator:
    return page.locator(".verdict [role=status]")


def at_step(page: Page, number: int) -> None:
    expect(page.locator(".spot[aria-current] legend")).to_contain_text(f"Step {number},")


def rated() -> list[tuple[int, int, int | None]]:
    rows = StepLabel.objects.exclude(rating=None)
    return sorted(rows.values_list("step", "completion", "rating"))


def ways() -> list[tuple[int | None, str]]:
    return [(one.completion, one.text) for one in sorted(Choice.objects.all(), key=lambda one: one.path)]


def write(page: Page, text: str, key: str = "n") -> None:
    press(page, key)
    page.keyboard.type(text)
    press(page, "Control+Enter")


# --- what there is to do ------------------------------------------------------------------------------------


def test_the_line_says_what_there_is_to_do(page: Page) -> None:
    expect(verdict(page)).to_have_text("Rate all that is offered; then the solution goes on.")
    press(page, "1", "1")
    expect(verdict(page)).to_have_text("Write the stepn.")
    press(page, "u", "3")
    at_step(page, 2)
    expect(verdict(page)).to_have_text("Write the stepn.")
    press(page, "w", "w", "w", "2", "s", "2")
    at_step(page, 2)
    gone_on = Choice.objects.get(path=[]).completion
    press(page, *("11" if gone_on == 0 else ""))
    expect(verdict(page)).to_have_text("Write the stepn, or take another wayc.")
    write(page, END)
    expect(verdict(page)).to_have_text("The solution has come to its answer.")


def test_the_line_waits_with_the_page(page: Page) -> None:
    gate = Gate(page)
    press(page, "3")
    saved(page)
    gate.hold()
    press(page, "1")
    gate.wait()
    expect(verdict(page)).to_have_text("The next step is on its way …")
    gate.let_go()
    expect(verdict(page)).to_have_text("Rate all that is offered; then the solution goes on.")


def test_rating_keys_at_a_dead_end_are_no_text(page: Page) -> None:
    press(page, "1", "3")
    at_step(page, 2)
    expect(page.get_by_role("textbox")).to_be_visible()
    press(page, *"233233233")
    expect(page.get_by_role("textbox")).to_have_value("")
    expect(page.locator("#written-1 .own-text kbd")).to_have_text("n")
    write(page, END)
    expect(verdict(page)).to_have_text("The solution has come to its answer.")


def test_another_way_may_lie_further_back(page: Page) -> None:
    press(page, "3", "2")
    at_step(page, 2)
    press(page, "3", "1")
    at_step(page, 3)
    press(page, "c")
    expect(page.locator("#at-0 .chosen")).to_contain_text("Add.")


# --- taking acts back ---------------------------------------------------------------------------------------


def test_undo_takes_back_one_written_step_after_the_other(page: Page) -> None:
    press(page, "1", "1")
    write(page, "Count.")
    expect(page.locator("#written-1 textarea")).to_be_focused()
    page.keyboard.type("On.")
    press(page, "Control+Enter")
    expect(page.locator("#written-2 textarea")).to_be_focused()
    saved(page)
    press(page, "Escape", "u")
    eventually(page, lambda: ways() == [(None, "Count.")])
    expect(page.locator("#at-2")).to_have_count(0)
    expect(page.locator("#written-1 textarea")).to_have_value("On.")
    press(page, "u")
    eventually(page, lambda: ways() == [])
    expect(page.locator("#written-0 textarea")).to_have_value("Count.")
    assert rated() == [(0, 0, -1), (0, 1, -1)]
    press(page, "u")
    eventually(page, lambda: rated() == [(0, 0, -1)])


def test_undo_takes_back_a_choice_before_a_rating(page: Page) -> None:
    press(page, "2", "2")
    at_step(page, 2)
    drawn = Choice.objects.get().completion
    press(page, "c")
    eventually(page, lambda: Choice.objects.get(path=[]).completion != drawn)
    press(page, "c")
    eventually(page, lambda: Choice.objects.get(path=[]).completion == drawn)
    press(page, "u")
    eventually(page, lambda: Choice.objects.get(path=[]).completion != drawn)
    press(page, "u")
    eventually(page, lambda: Choice.objects.get(path=[]).completion == drawn)
    assert Choice.objects.get(path=[]).is_drawn
    assert rated() == [(0, 0, 0), (0, 1, 0)]
    press(page, "u")
    eventually(page, lambda: rated() == [(0, 0, 0)])


def test_undo_brings_back_the_text_before(page: Page) -> None:
    press(page, "1", "1")
    write(page, END)
    saved(page)
    expect(page.locator("#written-0 .use")).to_be_hidden()
    expect(page.locator("#at-0 .own-words")).to_contain_text("Ends with this one")
    press(page, "n", "Control+Home")
    page.keyboard.type("Mine. ")
    expect(page.locator("#written-0 .use")).to_be_visible()
    press(page, "Control+Enter")
    eventually(page, lambda: ways() == [(None, f"Mine. {END}")])
    saved(page)
    press(page, "u")
    eventually(page, lambda: ways() == [(None, END)])
    press(page, "u")
    eventually(page, lambda: ways() == [])


def test_undo_before_the_step_has_arrived(page: Page) -> None:
    gate = Gate(page)
    press(page, "1", "1")
    saved(page)
    gate.hold()
    write(page, "Count.")
    gate.wait()
    press(page, "u")
    gate.let_go()
    saved(page)
    assert ways() == []
    expect(page.locator("#written-0 textarea")).to_have_value("Count.")
    expect(page.locator("#at-1")).to_have_count(0)


def test_undo_goes_on_after_a_reload(page: Page) -> None:
    press(page, "1", "1")
    write(page, "Count.")
    expect(page.locator("#written-1 textarea")).to_be_focused()
    saved(page)
    page.reload()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    press(page, "u")
    eventually(page, lambda: ways() == [])
    press(page, "u")
    eventually(page, lambda: rated() == [(0, 0, -1)])
