"""The solution in an open page is gone: a manager ended the screening, or the person labels here no more."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Membership, Project, User
from tests.browser.desk_page import Visit, at_desk, line, press, saved

GONE = "This solution is no longer yours"


@pytest.fixture
def page(waiting: Project, alice: User, visit: Visit) -> Page:
    page = at_desk(visit, alice, expect_trouble=True)
    press(page, "3")
    saved(page)
    return page


@pytest.fixture
def asked(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/save/") else None)
    return asked


def test_a_draft_that_is_gone_is_said_once_with_a_way_on(page: Page, asked: list[str]) -> None:
    Annotation.objects.all().delete()
    press(page, "3")
    expect(line(page)).to_contain_text(GONE)
    page.wait_for_timeout(3000)
    assert len(asked) == 1
    line(page).get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Label", exact=True)).to_be_visible()


def test_whoever_labels_here_no_more_is_told(page: Page, asked: list[str]) -> None:
    Membership.objects.update(is_labeler=False)
    press(page, "3")
    expect(line(page)).to_contain_text(GONE)
    assert len(asked) == 1


def test_a_submit_of_what_is_gone_says_so(page: Page) -> None:
    press(page, "1")
    saved(page)
    Annotation.objects.all().delete()
    press(page, "Enter")
    expect(line(page)).to_contain_text(f"Not submitted: {GONE}")
    dialogs: list[Any] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.accept()))
    line(page).get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Label", exact=True)).to_be_visible()
    assert not dialogs
