"""Signing in again is put off: nothing opens the dialog over the work until the labeler does."""

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Project, Session, User
from tests.browser.desk_page import Visit, is_at_solution, line, press, ratings, saved
from tests.browser.signing import dialog, sign_in, with_ended_session


@pytest.fixture
def put_off(waiting: Project, alice: User, visit: Visit) -> Page:
    """Alice was signed out and said "Not now"."""
    page = with_ended_session(visit, alice, "3")
    press(page, "3")
    page.get_by_role("button", name="Not now").click()
    expect(dialog(page)).to_be_hidden()
    return page


def test_no_retry_and_no_rating_opens_it_again(put_off: Page) -> None:
    with put_off.expect_response("**/save/"):
        pass  # a retry
    with put_off.expect_response("**/save/"):
        press(put_off, "w", "2")
    expect(line(put_off)).to_contain_text("Not saved yet: you are signed out.")
    expect(dialog(put_off)).to_be_hidden()
    expect(put_off.locator("#step-1 input[value='0']")).to_be_checked()


def test_the_labeler_opens_it_from_the_line(put_off: Page) -> None:
    line(put_off).get_by_role("button", name="Sign in").click()
    expect(dialog(put_off)).to_be_visible()
    sign_in(put_off)
    saved(put_off)
    assert ratings() == [(0, 1), (1, 1)]


def test_a_submit_opens_it(put_off: Page) -> None:
    press(put_off, "1")
    expect(dialog(put_off)).to_be_hidden()
    press(put_off, "Enter")
    expect(dialog(put_off)).to_be_visible()
    sign_in(put_off)
    is_at_solution(put_off, 2)
    assert Annotation.objects.exclude(submitted_at=None).count() == 1


def test_the_next_time_it_asks_by_itself(put_off: Page) -> None:
    line(put_off).get_by_role("button", name="Sign in").click()
    sign_in(put_off)
    saved(put_off)
    Session.objects.all().delete()
    press(put_off, "3")
    expect(dialog(put_off)).to_be_visible()
