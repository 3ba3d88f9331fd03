"""Phase 1 at the desk: rating what is offered, going on, choosing another, writing a step."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation import exporting
from annotation.models import Annotation, Choice, HumanCompletion, Project, StepLabel, User
from tests.browser.conftest import wait_for
from tests.browser.desk_page import Visit, at_desk, current, saved
from tests.growing.trees import node, tree_line


@pytest.fixture
def growing(project: Project, load: Any) -> Project:
    load(project, [tree_line(), tree_line(problem="Another problem.")])
    return project


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def at_step(page: Page, number: int) -> None:
    expect(page.locator(".spot[aria-current] legend")).to_contain_text(f"Step {number},")


def steps_of_export(project: Project) -> Any:
    (line,) = exporting.FORMATS["prm800k"](project)
    return json.loads(line)["label"]["steps"]


def test_each_candidate_costs_one_key_and_enter_submits(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.is_navigation_request() else None)
    press(page, "31")
    at_step(page, 2)
    expect(page.locator("#at-0 .chosen")).to_contain_text("Goes on from here")
    assert page.locator("#at-0 .candidate:visible").count() == 1
    press(page, "113")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    assert asked == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("Another problem.")).to_be_visible()
    done = Annotation.objects.exclude(submitted_at=None).get()
    assert (done.finish_reason, done.chosen) == ("solution", [0, 2])
    assert [len(step["completions"]) for step in steps_of_export(growing)] == [2, 3]


def test_keys_for_a_step_that_is_not_there_yet_rate_nothing(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.set_offline(True)
    press(page, "3111")
    expect(page.locator(".spot[aria-current]")).to_contain_text("on its way")
    expect(page.locator(".saved.trouble")).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    at_step(page, 2)
    assert list(StepLabel.objects.order_by("position").values_list("rating", flat=True)) == [1, -1]


def test_c_goes_on_from_another_one(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "32")
    at_step(page, 2)
    expect(page.get_by_text("That is seven.")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#at-1")).to_contain_text("completion 1 of 1")
    expect(page.locator("#at-0 .chosen")).to_contain_text("Add.")
    press(page, "ww")
    page.keyboard.press("c")
    expect(page.get_by_text("That is seven.")).to_be_visible()
    assert Choice.objects.get(path=[]).completion == 0


def test_correcting_an_earlier_step_opens_what_follows_anew(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "32")
    at_step(page, 2)
    press(page, "23")
    press(page, "wwww")
    assert current(page).startswith("Step 1, completion 1 of 2")
    page.keyboard.press("1")
    expect(page.locator("#at-1")).to_contain_text("It is")
    at_step(page, 2)
    page.keyboard.press("u")
    expect(page.locator("#step-1-1 input[value='1']")).to_be_checked()
    assert page.locator("#step-1-0 input[value='0']").is_checked()


def test_n_writes_the_step_when_none_is_positive(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    assert not page.get_by_role("textbox").is_visible()
    press(page, "11")
    expect(page.get_by_role("textbox")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Count: $4, 5, 6$. 1 2 3")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#written-1 textarea")).to_be_focused()
    expect(page.locator("#at-0 .chosen .katex")).to_be_visible()
    page.keyboard.type("So six.\n\n# Answer\n\n6")
    page.locator("#written-1 .use").click()
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Another problem.")).to_be_visible()
    texts = HumanCompletion.objects.order_by("step").values_list("text", flat=True)
    assert list(texts) == ["Count: $4, 5, 6$. 1 2 3", "So six.\n\n# Answer\n\n6"]
    assert [step["chosen_completion"] for step in steps_of_export(growing)] == [None, None]


def test_a_reload_goes_on_where_it_was(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "32")
    at_step(page, 2)
    press(page, "2")
    saved(page)
    page.reload()
    assert current(page).startswith("Step 2, completion 2 of 3")
    expect(page.locator("#at-0 .chosen")).to_contain_text("Double it.")


def test_two_windows_do_not_overwrite_each_others_way(growing: Project, alice: User, visit: Visit) -> None:
    one = at_desk(visit, alice)
    press(one, "22")
    at_step(one, 2)
    drawn = Choice.objects.get().completion
    other = visit(alice, one.url.replace(one.url.split("/label")[0], ""), expect_trouble=True)
    at_step(other, 2)
    one.keyboard.press("c")
    wait_for(lambda: Choice.objects.get(path=[]).completion != drawn)
    other.keyboard.press("n")
    other.keyboard.type("Mine.")
    other.keyboard.press("Control+Enter")
    expect(other.locator(".saved.trouble")).to_contain_text("Another window went on differently from step 1")
    assert other.locator("#written-0 textarea").input_value() == "Mine."
    assert Choice.objects.get(path=[]).completion == 1 - (drawn or 0)
    other.locator("#written-0").press("n")
    other.keyboard.press("Control+Enter")
    wait_for(lambda: Choice.objects.get(path=[]).text == "Mine.")


def test_giving_up_keeps_the_step_at_hand(growing: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "3")
    page.get_by_text("I cannot rate this").click()
    page.get_by_label("Why?").fill("Too long.")
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Another problem.")).to_be_visible()
    (step,) = steps_of_export(growing)
    assert [one["rating"] for one in step["completions"]] == [1, None]


def test_it_works_without_javascript(growing: Project, alice: User, visit: Visit) -> None:
    page = visit(alice, "/label/", java_script_enabled=False)
    page.get_by_role("button", name="Start").click()
    go_on = page.get_by_role("button", name="Save and go on")
    page.locator("#step-0-0").get_by_text("Neutral").click()
    page.locator("#step-0-1").get_by_text("Negative").click()
    go_on.click()
    expect(page.locator("#at-1 .ratings")).to_have_count(3)
    page.locator("#written-0 textarea").fill("Mine.")
    page.locator("#at-0 .own-words .goes-on").click()
    go_on.click()
    expect(page.locator("#at-1 .ratings")).to_have_count(0)
    page.locator("#written-1 textarea").fill("# Answer\n\n6")
    go_on.click()
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Another problem.")).to_be_visible()
    assert [step["human_completion"]["text"] for step in steps_of_export(growing)] == ["Mine.", "# Answer\n\n6"]


def test_a_way_of_many_steps(project: Project, alice: User, visit: Visit, load: Any) -> None:
    tree = node("# Answer\n\n8")
    for number in range(8, 0, -1):
        tree = node(f"Step {number} of the way.", tree)
    load(project, [{"problem": "P", "tree": [tree]}])
    page = at_desk(visit, alice)
    for number in range(1, 10):
        at_step(page, number)
        page.keyboard.press("3")
    expect(page.get_by_text("The solution has come to its answer.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="you have rated 1 solution")).to_be_visible()
    assert Annotation.objects.get().chosen == [0] * 9
