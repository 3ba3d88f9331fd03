"""The network, the session or the place goes away while a labeler is at work."""

from playwright.sync_api import expect

from annotation import people
from annotation.models import Annotation, Place, Project, User
from tests.browser.desk_page import Visit, at_desk, ratings, saved, saved_at_last


def test_a_lost_network_loses_no_rating(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.keyboard.press("2")
    expect(page.locator(".saved.trouble")).to_contain_text("Not saved yet")
    assert ratings() == []
    page.context.set_offline(False)
    saved(page)
    assert ratings() == [(0, 1), (1, 0)]


def test_a_submit_without_network_can_be_repeated(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.keyboard.press("1")
    saved(page)
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator(".saved.trouble")).to_contain_text("Not submitted")
    expect(page.locator("#step-0 input[value='-1']")).to_be_checked()
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()


def test_whoever_is_signed_out_signs_in_elsewhere_and_goes_on(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    page.context.clear_cookies()
    page.keyboard.press("3")
    expect(page.locator(".saved.trouble")).to_contain_text("Not saved yet")
    other = page.context.new_page()
    other.goto(f"/account/link/{people.make_link(user=alice)}/")
    other.get_by_role("button", name="Sign in").click()
    saved_at_last(page)
    assert ratings() == [(0, 1)]
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()


def test_nothing_can_be_rated_while_a_submit_is_under_way(waiting: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    page.route("**/submit/", lambda route: (page.wait_for_timeout(800), route.continue_()))
    for key in ("3", "3", "3", "Enter", "1"):
        page.keyboard.press(key)
    expect(page.get_by_text("Step 1 of solution 2")).to_be_visible()
    assert [rating for _, rating in ratings()] == [1, 1, 1]


def test_a_solution_that_went_to_somebody_else_is_explained(
    waiting: Project, alice: User, bob: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    Place.objects.filter(labeler__user=alice).update(labeler=bob.memberships.get())
    page.keyboard.press("3")
    expect(page.locator(".hold")).to_contain_text("Somebody else has this solution too")
    for key in ("1", "u", "3", "3", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".notice")).to_contain_text("kept as one more opinion")
    assert Annotation.objects.exclude(submitted_at=None).get().is_surplus
