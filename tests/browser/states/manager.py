"""What managers see of the people, the settings and the files of a project."""

from typing import Any

from playwright.sync_api import Page, expect

from annotation.demo import INSTRUCTIONS
from annotation.learning import guidelines, standing
from annotation.models import LoadRun, Membership, Role, Solution, Verdict
from tests.browser.states.kinds import State, at
from tests.browser.states.learner import school_of
from tests.conftest import person
from tests.screening.acts import do, fail


def people_with_link(cast: Any) -> Page:
    page = cast.visit(cast.max, "/projects/algebra/people/")
    page.get_by_role("button", name="Sign-in link").first.click()
    expect(page.locator(".secret")).to_be_visible()
    return page


def people_refused(cast: Any) -> Page:
    page = cast.visit(cast.max, "/projects/algebra/people/")
    page.get_by_label("Email").fill("new@lab.example")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".error").first).to_be_visible()
    return page


def people_standing(cast: Any) -> Page:
    """Somebody who failed, and about whom a manager has decided."""
    school, carol = school_of(cast)
    person("max", school, Role.MANAGER)
    do(carol, school, 2)
    fail(carol, school)
    me = Membership.objects.select_related("project").get(user=carol, project=school)
    standing.decide(actor=cast.max, labeler=me, verdict=Verdict.LET_IN, reason="A slip of the mouse, as she says.")
    return cast.visit(cast.max, "/projects/school/people/")


def people_trail(cast: Any) -> Page:
    """What managers did of late, one of them with a reason."""
    people_standing(cast)
    return cast.visit(cast.max, "/projects/school/trail/")


def gold_list(cast: Any) -> Page:
    school, _ = school_of(cast)
    person("max", school, Role.MANAGER)
    return cast.visit(cast.max, "/projects/school/gold/")


def gold_solution(cast: Any) -> Page:
    solution = Solution.objects.filter(project=cast.project).earliest("pk")
    return cast.visit(cast.max, f"/projects/algebra/solutions/{solution.pk}/gold/")


def gold_written(cast: Any) -> Page:
    school, _ = school_of(cast)
    person("max", school, Role.MANAGER)
    solution = Solution.objects.get(external_id="s2")
    return cast.visit(cast.max, f"/projects/school/solutions/{solution.pk}/gold/")


def instructions(cast: Any) -> Page:
    """Being written, with its preview."""
    page = cast.visit(cast.max, "/projects/algebra/instructions/")
    page.get_by_label("Instructions", exact=True).fill(INSTRUCTIONS)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    return page


def version(cast: Any) -> Page:
    guidelines.publish(actor=cast.max, project=cast.project, text=f"{INSTRUCTIONS}\nBe fair.", change="All of it.")
    return cast.visit(cast.max, "/projects/algebra/instructions/2/")


def settings_refused(cast: Any) -> Page:
    page = cast.visit(cast.max, "/projects/algebra/settings/")
    page.get_by_label("Name").fill(" ")
    page.get_by_role("button", name="Save settings").click()
    expect(page.locator(".error").first).to_be_visible()
    return page


def failed_run(cast: Any) -> Page:
    run = cast.load(cast.project, ["[", '{"problem": "1 + 1"}', "]"])
    assert run.state == LoadRun.State.FAILED
    return cast.visit(cast.max, f"/projects/algebra/load/{run.pk}/")


STATES = {
    "projects": State("projects", at("/projects/", "sam")),
    "new project": State("new-project", at("/projects/new/", "sam")),
    "load": State("load", at("/projects/algebra/load/")),
    "run": State("run", lambda cast: cast.visit(cast.max, f"/projects/algebra/load/{cast.run.pk}/")),
    "run, failed": State("run", failed_run),
    "export": State("export", at("/projects/algebra/export/")),
    "people": State("people", at("/projects/algebra/people/")),
    "people, refused": State("people", people_refused),
    "people, link": State("member-link", people_with_link),
    "people, standing": State("people", people_standing),
    "gold": State("gold", gold_list),
    "gold, none": State("gold", at("/projects/algebra/gold/")),
    "gold of a solution": State("gold-solution", gold_written),
    "gold of a solution, none": State("gold-solution", gold_solution),
    "instructions": State("instructions", instructions),
    "version": State("version", version),
    "trail": State("trail", people_trail),
    "settings": State("settings", at("/projects/algebra/settings/")),
    "settings, refused": State("settings", settings_refused),
}
