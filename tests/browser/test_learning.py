"""Instructions beside the work, and what comes between two solutions, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation import labeling
from annotation.demo import INSTRUCTIONS
from annotation.learning import course, gold, guidelines
from annotation.learning.gold import Judgement
from annotation.models import Acknowledgement, Annotation, Guideline, Membership, Project, Solution, User
from tests.browser.pictures import picture
from tests.conftest import rated

Visit = Callable[..., Page]
SETTLES = 750
"""Milliseconds that such a page takes no Enter."""


def press_enter_on(page: Page, button: str) -> None:
    """The button that Enter is for has the focus as soon as the page has settled."""
    expect(page.get_by_role("button", name=button)).to_be_focused()
    page.wait_for_timeout(SETTLES)
    page.keyboard.press("Enter")


def publish(project: Project, text: str, change: str = "") -> None:
    guidelines.publish(actor=None, project=project, text=text, change=change)


def test_a_new_version_comes_between_two_solutions(waiting: Project, alice: User, visit: Visit) -> None:
    publish(waiting, INSTRUCTIONS)
    page = visit(alice, "/label/")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Read this before you begin")).to_be_visible()
    expect(page.locator(".prose .katex").first).to_be_visible()
    press_enter_on(page, "I have read this")
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    publish(waiting, f"{INSTRUCTIONS}\nOne line more with $x^2$.\n", "One line more.")
    for key in "333":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The instructions have changed")).to_be_visible()
    assert page.url.endswith("/label/in/algebra/instructions/")
    assert Annotation.objects.exclude(submitted_at=None).count() == 1
    picture(page, "guideline-changed")
    press_enter_on(page, "I have read this")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1680, 1280, 360])
def test_instructions_open_beside_the_work_and_move_nothing(
    width: int, scheme: str, waiting: Project, alice: User, visit: Visit
) -> None:
    publish(waiting, INSTRUCTIONS)
    page = visit(alice, "/label/", viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.get_by_role("button", name="Start").click()
    picture(page, f"guideline-{width}-{scheme}")
    page.get_by_role("button", name="I have read this").click()
    step = page.locator(".scripted .spot[aria-current]")
    before = place(step)
    picture(page, f"desk-{width}-{scheme}")
    page.locator(".guideline summary").click()
    expect(page.locator(".guideline .example.good")).to_be_visible()
    picture(page, f"drawer-{width}-{scheme}")
    if width > 1000:
        assert place(step) == before
        assert right_of(step) <= place(page.locator(".guideline details"))["x"]
    page.locator(".guideline summary").click()
    expect(page.locator(".guideline .prose")).to_be_hidden()
    assert place(step) == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def right_of(locator: Any) -> float:
    box = place(locator)
    return float(box["x"] + box["width"])


def place(locator: Any) -> Any:
    return locator.bounding_box()


def test_a_doubled_enter_does_not_say_that_new_instructions_are_read(
    waiting: Project, alice: User, visit: Visit
) -> None:
    page = visit(alice, "/label/")
    page.get_by_role("button", name="Start").click()
    page.locator(".scripted .spot[aria-current]").wait_for()
    publish(waiting, INSTRUCTIONS, "All of it.")
    for key in ("3", "3", "3", "Enter"):
        page.keyboard.press(key)
    button = page.get_by_role("button", name="I have read this")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLES)
    assert not Acknowledgement.objects.exists()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert Acknowledgement.objects.count() == 1


@pytest.fixture
def school(waiting: Project) -> Project:
    """Solution 1 to practise with, solution 2 to screen with."""
    Project.objects.update(screening_size=1)
    notes = ["The sum needs $x_0 = 0$.", "This is only $x_1 = 1$ again.", "Here it *breaks*: $x_2$ is $3$."]
    ids = []
    for name in ("s1", "s2"):
        solution = Solution.objects.select_related("project").get(external_id=name)
        accepted = [frozenset({1}), frozenset({0, 1}), frozenset({-1})]
        judgements = [
            Judgement(step, 0, accepted[step], can_be_first_error=step == 2, note=note)
            for step, note in enumerate(notes)
        ]
        gold.write(actor=None, solution=solution, judgements=judgements)
        ids.append(solution.pk)
    course.choose(actor=None, project=waiting, practice=ids[:1], screening=ids[1:])
    return waiting


def test_from_practice_to_work_by_keyboard(school: Project, alice: User, visit: Visit) -> None:
    page = visit(alice, "/label/")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Practice 1 of 1")).to_be_visible()
    page.locator(".scripted .spot[aria-current]").wait_for()
    picture(page, "practice")
    for key in "31":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was expected")).to_be_visible()
    expect(page.locator(".feedback .katex").first).to_be_visible()
    picture(page, "feedback")
    press_enter_on(page, "Next")
    expect(page.get_by_text("Screening 1 of 1")).to_be_visible()
    page.locator(".scripted .spot[aria-current]").wait_for()
    for key in "331":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You have passed the screening")).to_be_visible()
    picture(page, "passed")
    press_enter_on(page, "Go on")
    expect(page.get_by_text("Step 1 of solution 3")).to_be_visible()
    assert Annotation.objects.exclude(submitted_at=None).count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_fit_their_screens(
    width: int, scheme: str, school: Project, alice: User, max_: User, visit: Visit
) -> None:
    publish(school, INSTRUCTIONS)
    publish(school, INSTRUCTIONS.replace("half a minute", "a minute"), "More time.")
    me = Membership.objects.get(user=alice)
    guidelines.acknowledge(labeler=me, guideline=Guideline.objects.latest("id"))
    for ratings in ({0: 1, 1: -1}, {0: -1}):
        lease = labeling.lease_next(labeler=me.pk)
        assert lease is not None
        labeling.submit(lease=lease, marks=rated(ratings))
    practised = Annotation.objects.earliest("id")
    with pytest.raises(labeling.ScreeningFailed):
        labeling.lease_next(labeler=me.pk)
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    solution = f"/projects/algebra/solutions/{practised.solution_id}"
    pages = {
        alice: {
            "me": "/label/me/",
            "standing": "/label/in/algebra/standing/",
            "feedback": f"/label/{practised.token}/feedback/",
        },
        max_: {
            "gold": "/projects/algebra/gold/",
            "gold-solution": f"{solution}/gold/",
            "solution": f"{solution}/",
            "people": "/projects/algebra/people/",
            "instructions": "/projects/algebra/instructions/",
            "version": "/projects/algebra/instructions/2/",
        },
    }
    for user, addresses in pages.items():
        page = visit(user, "/", **options)
        for name, address in addresses.items():
            page.goto(address)
            if name == "feedback":
                assert place(page.get_by_role("button", name="Next"))["x"] == place(page.locator("h1"))["x"]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            picture(page, f"{name}-{width}-{scheme}", full_page=True)
