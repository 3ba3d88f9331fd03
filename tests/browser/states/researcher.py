"""What researchers and managers see of what was labeled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from annotation.grading import grades
from annotation.learning import guidelines
from annotation.models import Comment, Generation, Project, Role, Solution
from tests.against_people.told import tell_more
from tests.agreement.team import TEAM, team_lines
from tests.browser.states.generation import verifier
from tests.browser.states.kinds import State, at
from tests.browser.states.labeler import submitted
from tests.conftest import person


def solution(cast: Any) -> Page:
    submitted(cast)
    return cast.visit(cast.max, f"/projects/algebra/solutions/{Solution.objects.earliest('pk').pk}/")


def overview(cast: Any) -> Page:
    submitted(cast)
    return cast.visit(cast.max, "/projects/algebra/")


def of_team(path: str) -> Callable[[Any], Page]:
    """A page of a project in which four labelers agree more or less, for half a year."""

    def show(cast: Any) -> Page:
        project, _ = Project.objects.get_or_create(slug="team", defaults={"name": "Team"})
        person("max", project, Role.MANAGER)
        if not Solution.objects.filter(project=project).exists():
            assert not cast.load(project, team_lines(60)).refused
            guidelines.publish(actor=cast.max, project=project, text="Rate with care.")
        return cast.visit(cast.max, f"/projects/team/{path}")

    return show


def refused_decision(cast: Any) -> Page:
    """Negative without a reason: that is missing, and what comes after is left out."""
    of_team("")(cast)
    page = cast.visit(cast.max, "/projects/team/adjudicate/", expect_trouble=True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".left-out").first).to_be_attached()
    return page


def comments(cast: Any) -> Page:
    solution = Solution.objects.filter(project=cast.project).earliest("pk")
    Comment.objects.create(solution=solution, step=1, author=cast.max, text="Is this a step at all?")
    return cast.visit(cast.max, "/projects/algebra/comments/")


def graded(cast: Any) -> Page:
    """One of the three is undecided; one was decided by a manager."""
    run = grades.start(project=cast.project, actor=cast.max)
    for _ in grades.work(run):
        continue
    solution = Solution.objects.filter(project=cast.project).earliest("pk")
    grades.overrule(solution=solution, actor=cast.max, word="undecided", because="the problem is ambiguous")
    return cast.visit(cast.max, "/projects/algebra/grades/")


def graded_solution(cast: Any) -> Page:
    graded(cast)
    return solution(cast)


def against_people(cast: Any) -> Page:
    """A verifier that has scored what it learned from and what came later, and picks of either kind."""
    verifier(cast)
    project = Project.objects.get(slug="sums")
    if not Generation.objects.filter(project=project).exists():
        tell_more(project, cast.load, cast.alice)
    return cast.visit(cast.max, "/projects/sums/beside-people/")


STATES = {
    "overview": State("overview", overview),
    "comments": State("comments", comments),
    "comments, none": State("comments", at("/projects/algebra/comments/")),
    "adjudicate": State("adjudicate", of_team("adjudicate/")),
    "adjudicate, refused": State("adjudicate", refused_decision),
    "overview, of a team": State("overview", of_team("")),
    "agreement": State("agreement", of_team("agreement/?kind=regular")),
    "agreement, none": State("agreement", at("/projects/algebra/agreement/")),
    "contested steps": State("contested", of_team("agreement/steps/")),
    "contested steps, none": State("contested", at("/projects/algebra/agreement/steps/")),
    "first errors": State("first-errors", of_team("agreement/first-errors/")),
    "first errors, none": State("first-errors", at("/projects/algebra/agreement/first-errors/")),
    "labelers": State("labelers", of_team("agreement/labelers/")),
    "labelers, none": State("labelers", at("/projects/algebra/agreement/labelers/")),
    "labeler": State("labeler-profile", of_team(f"agreement/labelers/{UUID(TEAM[1])}/")),
    "labeler, too early": State(
        "labeler-profile", of_team(f"agreement/labelers/{UUID(TEAM[1])}/?until=2020-01-01")
    ),
    "empty overview": State("overview", at("/projects/algebra/")),
    "solutions": State("solutions", at("/projects/algebra/solutions/")),
    "solutions, looked for": State("solutions", of_team("solutions/?text=follows&labeled=on")),
    "solution": State("solution", solution),
    "solution, graded": State("solution", graded_solution),
    "grades": State("grades", graded),
    "grades, none": State("grades", at("/projects/algebra/grades/")),
    "beside people": State("against-people", against_people),
    "beside people, none": State("against-people", at("/projects/algebra/beside-people/")),
}
