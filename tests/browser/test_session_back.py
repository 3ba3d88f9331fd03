"""Signed out in the middle of the work, and back again: by a link in another tab, or in the dialog."""

import pytest
from playwright.sync_api import Page, expect

from annotation import people
from annotation.models import Project, Session, User
from tests.browser.desk_page import Visit, is_at_solution, press, ratings, saved, saved_at_last
from tests.browser.signing import dialog, sign_in, with_ended_session


@pytest.fixture
def signed_out(waiting: Project, alice: User, visit: Visit) -> Page:
    """A saved rating, then the session ended."""
    return with_ended_session(visit, alice, "3")


def sign_in_elsewhere(page: Page, user: User) -> Page:
    """By a link in another tab, as the dialog advises."""
    other = page.context.new_page()
    other.goto(f"/account/link/{people.make_link(user=user)}/")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    return other


def test_the_dialog_goes_when_another_tab_has_signed_in(signed_out: Page, alice: User) -> None:
    press(signed_out, "3")
    expect(dialog(signed_out)).to_be_visible()
    sign_in_elsewhere(signed_out, alice)
    signed_out.bring_to_front()
    expect(dialog(signed_out)).to_be_hidden()
    saved_at_last(signed_out)
    press(signed_out, "2")
    saved(signed_out)
    assert ratings() == [(0, 1), (1, 1), (2, 0)]


def test_the_dialog_stays_for_somebody_else(signed_out: Page, bob: User) -> None:
    press(signed_out, "3")
    expect(dialog(signed_out)).to_be_visible()
    sign_in_elsewhere(signed_out, bob)
    signed_out.bring_to_front()
    expect(signed_out.locator(".finish .saved")).to_contain_text("not theirs who is signed in now", timeout=15_000)
    assert dialog(signed_out).is_visible()
    assert ratings() == [(0, 1)]


def test_who_has_lost_every_cookie_is_asked_to_sign_in_too(waiting: Project, alice: User, visit: Visit) -> None:
    """Without the form's token the server refuses before it looks who asks."""
    page = with_ended_session(visit, alice, "3")
    page.context.clear_cookies()
    press(page, "2")
    expect(dialog(page)).to_be_visible()
    sign_in(page)
    expect(dialog(page)).to_be_hidden()
    saved_at_last(page)
    assert ratings() == [(0, 1), (1, 0)]
    page.context.clear_cookies()
    press(page, "3", "Enter")
    expect(dialog(page)).to_be_visible()
    sign_in(page)
    is_at_solution(page, 2)


def test_beside_somebody_elses_session_one_can_sign_in_again(
    waiting: Project, alice: User, bob: User, visit: Visit
) -> None:
    page = with_ended_session(visit, alice, "3")
    sign_in_elsewhere(page, bob)
    page.bring_to_front()
    press(page, "2")
    line = page.locator(".finish .saved")
    expect(line).to_contain_text("not theirs who is signed in now", timeout=15_000)
    line.get_by_role("button", name="Sign in").click()
    sign_in(page)
    saved_at_last(page)
    assert ratings() == [(0, 1), (1, 0)]


def test_a_submit_goes_on_when_another_tab_has_signed_in(signed_out: Page, alice: User) -> None:
    signed_out.get_by_text("I cannot rate this").click()
    signed_out.get_by_label("Why?").fill("Too long.")
    signed_out.get_by_role("button", name="Give up").click()
    expect(dialog(signed_out)).to_be_visible()
    sign_in_elsewhere(signed_out, alice)
    signed_out.bring_to_front()
    is_at_solution(signed_out, 2)


def test_not_now_asks_again_after_the_next_end_of_a_session(signed_out: Page, alice: User) -> None:
    press(signed_out, "3")
    dialog(signed_out).get_by_role("button", name="Not now").click()
    press(signed_out, "w", "2")
    expect(signed_out.locator(".finish .saved")).to_contain_text("Not saved yet")
    assert dialog(signed_out).is_hidden()
    sign_in_elsewhere(signed_out, alice).close()
    saved_at_last(signed_out)
    Session.objects.all().delete()
    press(signed_out, "2")
    expect(dialog(signed_out)).to_be_visible()


def test_all_that_is_rated_before_signing_in_again_arrives(signed_out: Page) -> None:
    """Three ratings with the dialog put off; then by its button."""
    press(signed_out, "2")
    dialog(signed_out).get_by_role("button", name="Not now").click()
    press(signed_out, "w", "w", "2", "3", "3")
    assert ratings() == [(0, 1)]
    signed_out.locator(".finish").get_by_role("button", name="Sign in").click()
    sign_in(signed_out)
    expect(dialog(signed_out)).to_be_hidden()
    saved_at_last(signed_out)
    assert ratings() == [(0, 0), (1, 1), (2, 1)]
