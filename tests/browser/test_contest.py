"""Two windows on one solution that say different things: the labeler is always asked, and asked again."""

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Project, User
from tests.browser.desk_page import Visit, at_desk, is_rated, line, press, ratings, saved, second_window
from tests.browser.holding import Gate
from tests.local import wait_for


@pytest.fixture
def crossing(waiting: Project, alice: User, visit: Visit) -> tuple[Page, Page]:
    """The first window rates step 2 positive while its save of step 1 is away; the other one had it negative."""
    one = at_desk(visit, alice, expect_trouble=True)
    gate = Gate(one)
    press(one, "3")
    saved(one)
    other = second_window(one)
    one.bring_to_front()
    gate.hold()
    press(one, "w", "2")
    gate.wait()
    other.bring_to_front()
    press(other, "1")
    saved(other)
    one.bring_to_front()
    press(one, "3")
    gate.let_go()
    return one, other


def test_a_rating_made_while_a_save_was_away_is_no_silent_winner(crossing: tuple[Page, Page]) -> None:
    one, _ = crossing
    expect(one.locator("#step-1 .contest")).to_contain_text(
        "Another window says Negative, this one Positive. Keep Positive3Take Negative1"
    )
    expect(line(one)).to_contain_text("Which one counts?")
    assert ratings() == [(0, 0), (1, -1)]
    one.get_by_role("button", name="Keep Positive").click()
    saved(one)
    assert ratings() == [(0, 0), (1, 1)]
    is_rated(one, 1, 1)


def test_the_page_and_the_server_agree_when_theirs_is_taken(crossing: tuple[Page, Page]) -> None:
    one, _ = crossing
    one.get_by_role("button", name="Take Negative").click()
    is_rated(one, 1, -1)
    saved(one)
    assert ratings() == [(0, 0), (1, -1)]


@pytest.fixture
def contested(waiting: Project, alice: User, visit: Visit) -> Page:
    """The second of two windows wants negative for step 1, the first says positive."""
    one = at_desk(visit, alice, expect_trouble=True)
    other = second_window(one)
    press(one, "3")
    saved(one)
    other.bring_to_front()
    press(other, "1")
    expect(other.locator(".contest")).to_be_visible()
    return other


def reload(page: Page) -> list[str]:
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    expect(page.locator(".scripted .spot[aria-current]")).to_be_visible()
    return asked


def test_leaving_before_deciding_asks_and_the_question_comes_again(contested: Page) -> None:
    assert reload(contested) == ["beforeunload"]
    expect(contested.locator("#step-0 .contest")).to_contain_text(
        "Another window says Positive, this one Negative."
    )
    assert ratings() == [(0, 1)]
    contested.get_by_role("button", name="Keep Negative").click()
    saved(contested)
    assert ratings() == [(0, -1)]
    assert reload(contested) == []
    expect(contested.locator(".contest")).to_have_count(0)
    is_rated(contested, 0, -1)


def test_what_was_decided_is_not_asked_again(contested: Page) -> None:
    reload(contested)
    contested.get_by_role("button", name="Take Positive").click()
    expect(contested.locator(".contest")).to_have_count(0)
    assert reload(contested) == []
    expect(contested.locator(".contest")).to_have_count(0)
    is_rated(contested, 0, 1)
    assert ratings() == [(0, 1)]


def test_a_rating_key_decides_after_a_reload_too(contested: Page) -> None:
    reload(contested)
    press(contested, "1")
    expect(contested.locator(".contest")).to_have_count(0)
    wait_for(lambda: ratings() == [(0, -1)])
