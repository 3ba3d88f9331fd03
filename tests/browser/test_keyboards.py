"""Keyboards of other countries and scripts."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, first_radio


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
    send(page, key=key, code=code, shiftKey=shift)
    expect(first_radio(page, 0, value)).to_be_checked()


def send(page: Page, **event: Any) -> None:
    page.evaluate(
        "event => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))",
        {"bubbles": True, "cancelable": True, **event},
    )


def test_letters_of_other_scripts_stand_for_their_place(rich: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.keyboard.press("3")
    send(page, key="я", code="KeyZ")
    expect(first_radio(page, 0, 1)).not_to_be_checked()
    send(page, key="!", code="Digit1", shiftKey=True)
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
