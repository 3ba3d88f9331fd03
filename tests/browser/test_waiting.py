"""The page that says what there is to wait for."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from annotation import labeling
from annotation.models import Place, Project, Task, User
from tests.browser.desk_page import Visit, at_desk, is_at_solution, press
from tests.conftest import labeler

RING = 6
"""Pixels that the ring of the focus takes beside a button."""
UNTIL = datetime(2040, 1, 1, 14, 5, tzinfo=UTC)


@pytest.fixture
def with_bob(waiting: Project, alice: User, bob: User) -> Project:
    """Bob has the only solution that is left for Alice, until 14:05 UTC; the first one wants two opinions."""
    first = Task.objects.order_by("id")[0]
    Task.objects.filter(pk=first.pk).update(wanted=2)
    Place.objects.create(task=first, slot=1, wanted=2)
    Task.objects.filter(solution__external_id="s3").update(priority=-1)
    Task.objects.filter(solution__external_id="s2").update(is_open=False)
    Place.objects.filter(task__is_open=True, slot=0, task__solution__external_id="s3").update(
        labeler=labeler(bob, waiting), leased_at=UNTIL - timedelta(hours=1), expires_at=UNTIL
    )
    return waiting


def test_the_empty_queue_tells_the_truth_in_the_readers_time(with_bob: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice, timezone_id="Asia/Kolkata")
    press(page, "1", "Enter")
    expect(page.get_by_role("heading", name="Well done: you have rated 1 solution")).to_be_visible()
    told = "1 is with somebody else until {}; 1 waits for a second opinion; you are done with yours."
    expect(page.locator(".why")).to_have_text(told.format("19:35"))
    first, second = (page.locator(".waiting .button").nth(number).bounding_box() for number in (0, 1))
    assert first is not None and second is not None  # noqa: PT018
    assert second["x"] - first["x"] - first["width"] >= RING
    page.reload()
    expect(page.locator(".why")).to_have_text(told.format("19:35"))
    without = visit(alice, page.url, java_script_enabled=False)
    expect(without.locator(".why")).to_have_text(told.format("14:05 UTC"))


def test_it_notices_when_something_comes_free_and_starts_nothing_by_itself(
    with_bob: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice)
    page.clock.install()
    press(page, "1", "Enter")
    expect(page.get_by_role("button", name="Look again")).to_be_visible()
    Place.objects.filter(expires_at=UNTIL).update(expires_at=UNTIL.replace(year=2020))
    page.reload()
    expect(page.get_by_role("heading", name="There is a solution for you")).to_be_visible()
    Place.objects.filter(expires_at__year=2020).update(expires_at=UNTIL)
    page.clock.run_for(31_000)
    expect(page.get_by_role("button", name="Look again")).to_be_focused()
    Place.objects.filter(expires_at=UNTIL).update(expires_at=UNTIL.replace(year=2020))
    page.clock.run_for(31_000)
    expect(page.get_by_role("button", name="Start")).to_be_focused()
    assert labeling.current_lease(labeler(alice, with_bob).pk) is None
    page.keyboard.press("Enter")
    is_at_solution(page, 3)
