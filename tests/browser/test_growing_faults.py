"""Phase 1 when things cross: late ratings, a project that changes meanwhile, lost answers, closed windows."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Choice, Project, StepLabel, User
from tests.browser.desk_page import Visit, at_desk, press, saved, second_window
from tests.browser.holding import Gate, eventually
from tests.growing.trees import tree_line


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line(), tree_line(problem="Another problem.")])
    return project


def at_step(page: Page, number: int) -> None:
    expect(page.locator(".spot[aria-current] legend")).to_contain_text(f"Step {number},")


def radio(page: Page, name: str, value: int) -> Any:
    return page.locator(f"#{name} input[value='{value}']")


def labels() -> dict[tuple[int, int], int | None]:
    rows = StepLabel.objects.values_list("step", "completion", "rating")
    return {(step, completion): rating for step, completion, rating in rows}


def is_at_the_next(page: Page) -> None:
    expect(page.get_by_text("Another problem.")).to_be_visible()


# --- a rating that comes late --------------------------------------------------------------------------------


def test_a_rating_on_the_way_that_was_left_meanwhile_is_kept(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    gate = Gate(page)
    press(page, "3", "2")
    at_step(page, 2)
    saved(page)
    gate.hold()
    press(page, "c")
    gate.wait()
    press(page, "3")
    gate.let_go()
    expect(page.locator("#at-1")).to_contain_text("completion 1 of 1")
    saved(page)
    assert labels()[1, 0] == 1
    press(page, "3")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    saved(page)
    press(page, "Enter")
    is_at_the_next(page)


def test_showing_fewer_from_now_on_leaves_an_open_page_usable(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    gate = Gate(page)
    Project.objects.update(candidates_shown=1)
    page.wait_for_timeout(300)
    gate.hold()
    press(page, "2")
    gate.wait()
    press(page, "3")
    gate.let_go()
    expect(page.locator("#step-0-1")).to_have_count(0)
    expect(page.locator(".saved.trouble")).to_contain_text("not among what is offered for step 1")
    at_step(page, 2)
    press(page, "3")
    saved(page)
    assert labels() == {(0, 0): 0, (1, 0): 1}
    press(page, "Enter")
    is_at_the_next(page)


def test_showing_more_from_now_on_shows_them(growing: Project, alice: User, visit: Visit) -> None:
    Project.objects.update(candidates_shown=1)
    page = at_desk(visit, alice)
    Project.objects.update(candidates_shown=5)
    press(page, "3")
    expect(page.locator("#step-0-1")).to_be_visible()
    expect(radio(page, "step-0-0", 1)).to_be_checked()
    press(page, "1")
    at_step(page, 2)


def test_a_lot_that_is_due_is_cast_when_the_page_asks(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "3")
    saved(page)
    Project.objects.update(candidates_shown=1)
    page.reload()
    at_step(page, 2)
    assert Choice.objects.get().completion == 0


# --- answers that get lost ----------------------------------------------------------------------------------


def test_choosing_again_after_a_lost_answer_is_no_other_window(
    growing: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    gate = Gate(page)
    press(page, "3", "3")
    at_step(page, 2)
    drawn = Choice.objects.get().completion
    assert drawn is not None
    saved(page)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.evaluate("""() => new MutationObserver(() => console.log(document.querySelector('.saved').textContent))
        .observe(document.querySelector('.saved'), {childList: true, characterData: true, subtree: true})""")
    gate.lose_answer()
    press(page, "c")
    eventually(page, lambda: Choice.objects.get().completion == 1 - drawn)
    press(page, "w", "w", "w", "w", *(["s"] * drawn), "c")
    eventually(page, lambda: Choice.objects.get().completion == drawn)
    saved(page)
    assert said
    assert not [text for text in said if "Another window" in text]
    expect(page.locator(f"#step-0-{drawn}").locator("..")).to_contain_class("chosen")


# --- what is typed ------------------------------------------------------------------------------------------


def test_a_half_written_step_is_there_after_a_reload(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    press(page, "1", "1")
    expect(page.get_by_role("textbox")).to_be_visible()
    press(page, "n")
    page.keyboard.type("Count: 4, 5")
    saved(page)
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.locator("#written-0 textarea")).to_have_value("Count: 4, 5")
    press(page, "n")
    page.locator("#written-0 .use").click()
    eventually(page, lambda: Choice.objects.filter(text="Count: 4, 5").exists())
    saved(page)
    page.reload()
    expect(page.locator("#at-0 .chosen")).to_contain_text("Count: 4, 5")
    assert asked == ["beforeunload"]


def test_a_step_written_for_another_way_is_shown_and_kept(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.on("dialog", lambda dialog: dialog.accept())
    press(page, "3", "2")
    at_step(page, 2)
    press(page, "1", "1", "1")
    press(page, "n")
    page.keyboard.type("Six.")
    press(page, "Escape", "w", "w", "w", "w", "w", "1")
    expect(page.locator(".notice")).to_contain_text("You had written: Six.")
    page.locator(".notice").get_by_role("button").click()
    expect(page.locator(".notice")).to_have_count(0)
    saved(page)
    page.reload()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    expect(page.locator(".notice")).to_have_count(0)


def test_a_step_written_while_a_rating_is_away_goes_on(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    gate = Gate(page)
    press(page, "1")
    saved(page)
    gate.hold()
    press(page, "1", "n")
    gate.wait()
    page.keyboard.type("Count.")
    press(page, "Control+Enter")
    gate.let_go()
    expect(page.locator("#written-1 textarea")).to_be_focused()


# --- two windows --------------------------------------------------------------------------------------------


@pytest.fixture
def parted(growing: Project, alice: User, visit: Visit) -> Page:
    """A window that disagrees about a completion and then went another way."""
    one = at_desk(visit, alice, expect_trouble=True)
    press(one, "3", "2")
    at_step(one, 2)
    saved(one)
    other = second_window(one)
    press(one, "3")
    saved(one)
    other.bring_to_front()
    other.route("**/save/", lambda route: route.abort("connectionreset"))
    press(other, "1", "c")
    expect(other.locator(".saved")).to_contain_text("Not saved yet")
    other.unroute("**/save/")
    other.evaluate("dispatchEvent(new Event('online'))")
    expect(other.locator("#at-1")).to_contain_text("completion 1 of 1")
    return other


def test_a_question_about_a_spot_that_went_away_stays(parted: Page) -> None:
    question = parted.locator(".contest")
    expect(question).to_contain_text("Another window says Positive, this one Negative.")
    expect(question).to_contain_text("on another way")
    parted.reload()
    expect(question).to_be_visible()
    press(parted, "3")
    saved_or_asked = parted.locator(".saved")
    expect(saved_or_asked).to_contain_text("Which one counts?")
    press(parted, "Enter")
    expect(saved_or_asked).to_contain_text("Not submitted: two windows disagree here.")
    assert not Annotation.objects.exclude(submitted_at=None).exists()
    question.get_by_role("button", name="Keep Negative").click()
    expect(question).to_have_count(0)
    eventually(parted, lambda: labels()[1, 0] == -1)


def test_it_comes_back_to_its_spot(parted: Page) -> None:
    press(parted, "c")
    expect(parted.locator("#step-1-0 .contest")).to_be_visible()
    parted.get_by_role("button", name="Take Positive").click()
    expect(parted.locator(".contest")).to_have_count(0)
    saved(parted)
    expect(radio(parted, "step-1-0", 1)).to_be_checked()
    assert labels()[1, 0] == 1
