"""A manager decides on contested solutions, by the keyboard alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from annotation.learning import adjudication
from annotation.models import Gold, Project, Role, Solution
from tests.agreement.team import BEGAN, TEAM, line, team_lines
from tests.conftest import person


def test_by_keys_from_one_solution_to_the_next(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    load(project, team_lines(8))
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/")
    first = page.url
    contested = page.locator(".contested")
    expect(contested.first).to_have_attribute("aria-current", "step")
    count = contested.count()
    for _ in range(count):
        page.keyboard.press("3")
        page.keyboard.press("5")
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided on solution")).to_be_visible()
    assert page.url != first
    solution = Solution.objects.get(pk=first.rstrip("/").split("/")[-2])
    kept = adjudication.verdicts_of(solution)
    assert [verdict.code for verdict in kept.values()].count("slip") == count
    assert {verdict.rating for verdict in kept.values()} == {1}
    assert Gold.objects.filter(pk=solution.pk).exists()


def test_keys_act_on_the_step_that_has_the_focus(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    """Also where nobody disagrees: there a decision may overrule all of them. Outside the form they do nothing."""
    load(project, [line(TEAM[who], 1, [1, ends, 1, 1], BEGAN, 30_000) for who, ends in enumerate((1, 0))])
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/")
    current, ratings = page.locator(".verdict[aria-current]"), page.locator("[name^=rating-]:checked")
    expect(current).to_have_attribute("data-step", "1")
    page.keyboard.press("j")
    expect(current).to_have_attribute("data-step", "2")
    page.keyboard.press("2")
    expect(current).to_have_attribute("data-step", "2")
    expect(current.get_by_label("neutral")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(current).to_have_attribute("data-step", "1")
    page.keyboard.press("Shift+Tab")
    expect(current).to_have_attribute("data-step", "0")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("1")
    expect(ratings.first).to_have_value("1")
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    assert ratings.evaluate_all("all => all.map(one => one.name + ' ' + one.value)") == [
        "rating-0-0 -1",
        "rating-2-0 0",
        "rating-3-0 1",
    ]
    expect(page.locator(".left-out")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided on solution")).to_be_visible()
    assert {
        place: verdict.rating for place, verdict in adjudication.verdicts_of(Solution.objects.get()).items()
    } == {(0, 0): -1}


def test_a_key_goes_on_only_from_a_step_that_was_open(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    """Or the reason that is changed after the rating would be that of the next step."""
    load(project, [line(TEAM[who], 1, [1, one, 1, one], BEGAN, 30_000) for who, one in enumerate((1, 0))])
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/")
    for key in ("3", "4", "3", "4", "ArrowUp", "2", "6"):
        page.keyboard.press(key)
    expect(page.locator(".verdict[aria-current]")).to_have_attribute("data-step", "1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided on solution")).to_be_visible()
    kept = adjudication.verdicts_of(Solution.objects.get())
    assert (kept[1, 0], kept[3, 0]) == ((0, "ambiguity"), (1, "rubric_gap"))


def test_what_is_skipped_by_a_key_waits(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    load(project, team_lines(8))
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/")
    first = page.url
    page.keyboard.press("s")
    page.wait_for_url(lambda url: url != first)
    assert "/adjudicate/" in page.url


def test_a_refused_form_has_the_focus_where_something_is_missing(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    load(project, [line(TEAM[who], 1, [1, one, 1, one], BEGAN, 30_000) for who, one in enumerate((1, 0))])
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/", expect_trouble=True)
    for key in ("3", "4", "3", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("alert")).to_have_text("Step 4: say why labelers disagreed.")
    expect(page.locator(".verdict[aria-current]")).to_have_attribute("data-step", "3")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided on solution")).to_be_visible()


def test_keys_do_nothing_while_a_note_is_written(
    project: Project, load: Callable[..., Any], visit: Callable[..., Page]
) -> None:
    load(project, team_lines(8))
    page = visit(person("max", project, Role.MANAGER), "/projects/algebra/adjudicate/")
    page.get_by_label("Note").fill("")
    page.get_by_label("Note").press_sequentially("13g")
    expect(page.get_by_label("Note")).to_have_value("13g")
    expect(page.get_by_label("Make it gold, too")).not_to_be_checked()
    expect(page.locator(".contested [name^=rating-]:checked")).to_have_count(0)
