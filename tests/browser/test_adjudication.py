"""A manager decides on contested solutions, by the keyboard alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from annotation.learning import adjudication
from annotation.models import Gold, Project, Role, Solution
from tests.agreement.team import team_lines
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
