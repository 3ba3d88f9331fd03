"""What is asked about the first error, at the desk."""

from typing import Any

import pytest
from playwright.sync_api import expect

from annotation.models import Annotation, ErrorReport, Project, User
from tests.browser.conftest import wait_for
from tests.browser.desk_page import Visit, at_desk, press


@pytest.fixture
def asking(project: Project, load: Any) -> Project:
    project.asks_progress = project.asks_critique = True
    project.error_categories = ["arithmetic", "logic"]
    project.save()
    steps, critiques = ["One and one.", "That is three."], [[], ["It is two."]]
    load(project, [{"problem": "What is 1 + 1?", "steps": steps, "critiques": critiques}])
    return project


def test_it_is_asked_when_there_is_an_error_and_kept_as_it_is_said(
    asking: Project, alice: User, visit: Visit
) -> None:
    page = at_desk(visit, alice, expect_trouble=True)
    report = page.get_by_role("region", name="About the error")
    expect(report).to_be_hidden()
    press(page, "3", "1")
    expect(report).to_be_visible()
    press(page, "Enter")
    expect(page.locator(".saved")).to_contain_text("how far the solution had come")
    report.get_by_label("Some").check()
    report.get_by_label("arithmetic").check()
    report.get_by_role("group", name="Critique 1").get_by_text("Neutral").click()
    report.get_by_label("in your own words").fill("1 + 1 is two.")
    wait_for(lambda: ErrorReport.objects.filter(critique="1 + 1 is two.").exists())
    page.reload()
    expect(report.get_by_label("arithmetic")).to_be_checked()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="you have rated 1 solution")).to_be_visible()
    kept = ErrorReport.objects.get()
    assert (kept.step, kept.progress, kept.category, kept.ratings) == (1, 1, "arithmetic", [0])
    assert Annotation.objects.get().finish_reason == "found_error"


def test_a_key_is_shown_where_it_does_something(asking: Project, alice: User, visit: Visit) -> None:
    page = at_desk(visit, alice)
    press(page, "3", "1")
    step, question = page.locator(".spot[aria-current] .negative kbd"), page.locator(".question kbd").first
    expect(step).to_be_visible()
    expect(question).to_be_hidden()
    press(page, "t")
    expect(question).to_be_visible()
    expect(step).to_be_hidden()
    press(page, "Escape")
    expect(step).to_be_visible()
    expect(question).to_be_hidden()
