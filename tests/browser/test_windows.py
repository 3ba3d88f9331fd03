"""Two windows on one solution, signing in again, and somebody else getting the solution meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Place, Project, StepLabel, User
from tests.browser.desk_page import (
    Visit,
    at_desk,
    is_at_solution,
    is_rated,
    line,
    press,
    ratings,
    saved,
    saved_at_last,
    second_window,
    two_windows,
)
from tests.browser.signing import dialog, sign_in, with_ended_session, with_password
from tests.local import wait_for


def test_windows_that_rate_different_steps_end_up_the_same(waiting: Project, alice: User, visit: Visit) -> None:
    one = at_desk(visit, alice)
    press(one, "3")
    saved(one)
    other = second_window(one)
    press(other, "2")
    saved(other)
    press(one, "w", "2")
    saved(one)
    is_rated(one, 1, 0)
    assert ratings() == [(0, 0), (1, 0)]


@pytest.fixture
def contested(waiting: Project, alice: User, visit: Visit) -> tuple[Page, Page]:
    """Two windows; the first says positive for step 1, the second wants negative."""
    one = at_desk(visit, alice, expect_trouble=True)
    other = second_window(one)
    press(one, "3")
    saved(one)
    press(other, "1")
    expect(other.locator(".contest")).to_have_text(
        "Another window says Positive, this one Negative. Keep Negative1Take Positive3"
    )
    expect(line(other)).to_contain_text("Which one counts?")
    assert ratings() == [(0, 1)]
    return one, other


def test_a_window_may_keep_its_rating(contested: tuple[Page, Page]) -> None:
    _, other = contested
    other.get_by_role("button", name="Keep Negative").click()
    saved(other)
    assert ratings() == [(0, -1)]
    expect(other.locator(".contest")).to_have_count(0)


def test_a_window_may_take_the_other_rating(contested: tuple[Page, Page]) -> None:
    _, other = contested
    other.get_by_role("button", name="Take Positive").click()
    is_rated(other, 0, 1)
    expect(other.locator(".contest")).to_have_count(0)
    press(other, "s", "2")
    saved(other)
    assert ratings() == [(0, 1), (1, 0)]


def test_rating_again_decides_too(contested: tuple[Page, Page]) -> None:
    _, other = contested
    press(other, "2")
    saved(other)
    assert ratings() == [(0, 0)]
    expect(other.locator(".contest")).to_have_count(0)


@pytest.mark.parametrize(("key", "value"), [("1", -1), ("3", 1)])
def test_rating_keys_decide_between_two_windows(
    rich: Project, alice: User, visit: Visit, key: str, value: int
) -> None:
    _, page = two_windows(visit, alice)
    assert page.locator(".contest kbd").all_inner_texts() == ["1", "3"]
    page.keyboard.press(key)
    expect(page.locator(".contest")).to_have_count(0)
    saved(page)
    wait_for(lambda: ratings() == [(0, value)])


def test_nothing_is_submitted_while_two_windows_disagree(rich: Project, alice: User, visit: Visit) -> None:
    _, page = two_windows(visit, alice)
    page.keyboard.press("Enter")
    expect(page.locator(".saved.trouble")).to_contain_text("Which one counts?")
    assert not Annotation.objects.exclude(submitted_at=None).exists()


def test_what_one_window_submitted_the_other_learns(waiting: Project, alice: User, visit: Visit) -> None:
    one = at_desk(visit, alice, expect_trouble=True)
    other = second_window(one)
    press(one, "1", "Enter")
    is_at_solution(one, 2)
    press(other, "3")
    expect(line(other)).to_contain_text("This solution is submitted")
    other.get_by_role("link", name="Go on").click()
    expect(other.get_by_role("heading", name="You have submitted this solution")).to_be_visible()
    other.get_by_role("button", name="Next solution").click()
    is_at_solution(other, 2)
    assert ratings() == [(0, -1)]


# --- signing in again ---------------------------------------------------------------------------------------


@pytest.fixture
def signed_out(waiting: Project, alice: User, visit: Visit) -> Page:
    """Alice has rated a step; then her session ended, and she rated another one."""
    page = with_ended_session(visit, alice, "3")
    press(page, "3")
    expect(dialog(page)).to_be_visible()
    expect(line(page)).to_contain_text("Not saved yet: you are signed out.")
    return page


def test_a_session_that_ended_is_renewed_in_place(signed_out: Page) -> None:
    assert ratings() == [(0, 1)]
    sign_in(signed_out, "a wrong password")
    expect(signed_out.locator("#signin .error")).to_contain_text("do not go together")
    sign_in(signed_out)
    expect(signed_out.get_by_role("dialog")).to_be_hidden()
    saved_at_last(signed_out)
    assert ratings() == [(0, 1), (1, 1)]
    press(signed_out, "2", "Enter")
    is_at_solution(signed_out, 2)
    assert ratings() == [(0, 1), (1, 1), (2, 0)]
    assert Annotation.objects.exclude(submitted_at=None).count() == 1


def test_signing_in_as_somebody_else_is_explained_and_can_be_mended(signed_out: Page, bob: User) -> None:
    sign_in(signed_out, email=with_password(bob).email)
    expect(signed_out.locator("#signin .error")).to_contain_text("That is somebody else")
    assert ratings() == [(0, 1)]
    sign_in(signed_out, email="alice@lab.example")
    saved_at_last(signed_out)
    assert ratings() == [(0, 1), (1, 1)]
    assert not StepLabel.objects.filter(annotation__labeler__user=bob).exists()


def test_not_now_leaves_the_ratings_in_the_page(signed_out: Page) -> None:
    signed_out.get_by_role("button", name="Not now").click()
    is_rated(signed_out, 1, 1)
    expect(line(signed_out)).to_contain_text("Not saved yet")


def test_a_submit_waits_for_signing_in(waiting: Project, alice: User, visit: Visit) -> None:
    page = with_ended_session(visit, alice, "1")
    press(page, "Enter")
    sign_in(page)
    is_at_solution(page, 2)
    assert Annotation.objects.exclude(submitted_at=None).count() == 1


# --- leases -------------------------------------------------------------------------------------------------


def lapse(user: User) -> None:
    Place.objects.filter(labeler__user=user, filled_at=None).update(
        leased_at=timezone.now() - timedelta(minutes=31), expires_at=timezone.now() - timedelta(minutes=1)
    )


def test_the_page_says_how_long_the_solution_is_ours(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, timezone_id="Asia/Kolkata")
    expect(page.locator(".hold")).to_contain_text("Yours until", timeout=6000)
    until = Place.objects.get(labeler__user=alice).expires_at
    assert until is not None
    shown = (until + timedelta(hours=5, minutes=30)).strftime("%H:%M")
    expect(page.locator(".hold")).to_have_text(f"Yours until {shown}")
    Project.objects.update(lease_minutes=4)
    press(page, "3")
    expect(page.locator(".hold")).to_have_text("Yours for 4 more minutes")


def test_a_lapsed_lease_that_went_to_somebody_else_is_told_while_the_page_is_open(
    waiting: Project, alice: User, bob: User, visit: Visit
) -> None:
    mine = at_desk(visit, alice)
    mine.wait_for_load_state("networkidle")  # it asks at once how long it is its own, and that renews
    press(mine, "3")
    saved(mine)
    lapse(alice)
    theirs = at_desk(visit, bob)
    is_at_solution(theirs, 1)
    press(mine, "3")
    expect(mine.locator(".hold")).to_contain_text("Somebody else has this solution too")
    press(mine, "3", "Enter")
    expect(mine.locator(".notice")).to_contain_text("kept as one more opinion")
    press(theirs, "1", "Enter")
    is_at_solution(theirs, 3)
    done = Annotation.objects.exclude(submitted_at=None).order_by("submitted_at")
    assert [(one.labeler.user, one.is_surplus) for one in done] == [(alice, True), (bob, False)]


def test_a_solution_that_was_sent_along_and_never_opened_lapses(
    waiting: Project, alice: User, bob: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    press(page, "1", "Enter")
    is_at_solution(page, 2)
    place = Place.objects.get(labeler__user=alice, filled_at=None)
    assert place.expires_at is not None
    assert place.expires_at < timezone.now() + timedelta(minutes=2, seconds=1)
    page.close()
    lapse(alice)
    is_at_solution(at_desk(visit, bob), 2)


def test_a_solution_that_was_sent_along_stays_once_it_is_opened(
    waiting: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    press(page, "1", "Enter")
    is_at_solution(page, 2)
    soon = timezone.now() + timedelta(minutes=20)
    wait_for(lambda: Place.objects.filter(labeler__user=alice, filled_at=None, expires_at__gt=soon).exists())
    expect(page.locator(".hold")).to_contain_text("Yours until")
