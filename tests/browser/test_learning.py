"""Instructions beside the work, and what comes between two solutions, in a real browser."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.demo import INSTRUCTIONS
from annotation.learning import guidelines
from annotation.models import Annotation, Project, User

Visit = Callable[..., Page]
PICTURES = os.environ.get("STEPMARK_PICTURES")


def picture(page: Page, name: str) -> None:
    """Keeps a picture where STEPMARK_PICTURES says, for people to look at."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def publish(project: Project, text: str, change: str = "") -> None:
    guidelines.publish(actor=None, project=project, text=text, change=change)


def test_a_new_version_comes_between_two_solutions(waiting: Project, alice: User, visit: Visit) -> None:
    publish(waiting, INSTRUCTIONS)
    page = visit(alice, "/label/")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Read this before you begin")).to_be_visible()
    expect(page.locator(".prose .katex").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".scripted .step[aria-current]")).to_be_visible()
    publish(waiting, f"{INSTRUCTIONS}\nOne line more with $x^2$.\n", "One line more.")
    for key in "333":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The instructions have changed")).to_be_visible()
    assert page.url.endswith("/label/in/algebra/instructions/")
    assert Annotation.objects.exclude(submitted_at=None).count() == 1
    picture(page, "guideline-changed")
    page.keyboard.press("Enter")
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
    step = page.locator(".scripted .step[aria-current]")
    before = place(step)
    picture(page, f"desk-{width}-{scheme}")
    page.locator(".guideline summary").click()
    expect(page.locator(".guideline .example.good")).to_be_visible()
    picture(page, f"drawer-{width}-{scheme}")
    if width > 1000:
        assert place(step) == before
    page.locator(".guideline summary").click()
    expect(page.locator(".guideline .prose")).to_be_hidden()
    assert place(step) == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def place(locator: Any) -> Any:
    return locator.bounding_box()
