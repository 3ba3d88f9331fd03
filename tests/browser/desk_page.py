"""What the desk's browser tests do with a page."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from annotation.models import StepLabel, User

Visit = Callable[..., Page]


def at_desk(visit: Visit, user: User, **options: Any) -> Page:
    page = visit(user, "/label/", **options)
    page.get_by_role("button", name=re.compile("Start|Resume")).first.click()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    return page


def second_window(page: Page) -> Page:
    """Another tab of the same person, on the same solution."""
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".scripted .spot[aria-current]")).to_be_visible()
    return other


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def ratings() -> list[tuple[int, int | None]]:
    return list(StepLabel.objects.order_by("annotation", "step").values_list("step", "rating"))


def line(page: Page) -> Locator:
    """Where the desk says what it saved."""
    return page.locator(".finish .saved")


def saved(page: Page) -> None:
    """All that was rated so far: the page sends once it has drawn; until then the line is of the save before."""
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(line(page)).to_have_text("Saved")


def saved_at_last(page: Page) -> None:
    """After trouble: the page tries again by and by."""
    expect(line(page)).to_have_text("Saved", timeout=15_000)


def current(page: Page) -> str:
    return page.locator(".spot[aria-current] legend").inner_text()


def first_radio(page: Page, step: int, value: int) -> Locator:
    return page.locator(f"#step-{step} input[value='{value}']")


def is_rated(page: Page, step: int, rating: int) -> None:
    expect(first_radio(page, step, rating)).to_be_checked()


def is_at_solution(page: Page, number: int) -> None:
    expect(page.get_by_text(f"Step 1 of solution {number}")).to_be_visible(timeout=15_000)


def two_windows(visit: Visit, user: User) -> tuple[Page, Page]:
    """Two windows on one solution which disagree about its first step; the second one has been asked."""
    one = at_desk(visit, user)
    other = second_window(one)
    one.keyboard.press("3")
    saved(one)
    other.bring_to_front()
    other.keyboard.press("1")
    expect(other.locator(".contest")).to_be_visible()
    return one, other
