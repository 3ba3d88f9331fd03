"""What managers and researchers see."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from annotation import runs, sampling, selection
from annotation.demo import INSTRUCTIONS
from annotation.grading import grades
from annotation.learning import guidelines, standing
from annotation.models import (
    Comment,
    Endpoint,
    Generation,
    LoadRun,
    Membership,
    Project,
    Role,
    Run,
    Solution,
    Verdict,
)
from annotation.scoring import training
from annotation.selection import Plan, Strategy
from tests.against_people.told import tell_more
from tests.agreement.team import TEAM, team_lines
from tests.browser.states.kinds import State, at
from tests.browser.states.labeler import submitted
from tests.browser.states.learner import school_of
from tests.conftest import person
from tests.endpoints.registered import fresh, scorer_behind_endpoint
from tests.scoring.labeled import load_sums, rate_everything, sums
from tests.screening.acts import do, fail
from tests.serving.scripted import Scripted


def people_with_link(cast: Any) -> Page:
    page = cast.visit(cast.max, "/projects/algebra/people/")
    page.get_by_role("button", name="Sign-in link").first.click()
    expect(page.locator(".secret")).to_be_visible()
    return page


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


def verifier(cast: Any) -> Page:
    """A version trained on labels, and another behind an endpoint."""
    project, _ = Project.objects.get_or_create(slug="sums", defaults={"name": "Sums"})
    for name, role in (("alice", Role.LABELER), ("max", Role.MANAGER)):
        person(name, project, role)
    load_sums(project, cast.load)
    rate_everything(cast.alice, project)
    scorer_behind_endpoint(project)
    for _ in training.work(training.start(project=project, actor=None)):
        continue
    return cast.visit(cast.max, "/projects/sums/verifier/")


def endpoints(cast: Any) -> Page:
    scorer_behind_endpoint(cast.project)
    return cast.visit(cast.max, "/projects/algebra/endpoints/")


def endpoint(cast: Any) -> Page:
    scorer = scorer_behind_endpoint(cast.project)
    return cast.visit(cast.max, f"/projects/algebra/endpoints/{scorer.endpoint_id}/")


def generator(cast: Any) -> Endpoint:
    kept: Endpoint = fresh(cast.project, name="Writer", role="generator", protocol="completions")
    kept.save()
    return kept


def writer(cast: Any) -> Page:
    """The generator that is asked while people label."""
    row = cast.project.writer = generator(cast)
    cast.project.save()
    return cast.visit(cast.max, f"/projects/algebra/endpoints/{row.pk}/")


def settings_with_generator(cast: Any) -> Page:
    generator(cast)
    return cast.visit(cast.max, "/projects/algebra/settings/")


def sample(cast: Any) -> Page:
    return cast.visit(cast.max, f"/projects/algebra/endpoints/{generator(cast).pk}/sample/")


def sampled(cast: Any) -> Page:
    """A run that is done, but for what was cut off."""
    with Scripted() as server:
        row = generator(cast)
        row.url = server.url("writes")
        row.save()
        run = sampling.start(endpoint=row, actor=cast.max, plan=sampling.Plan(n=10, seed=0))
        for _ in sampling.work(run):
            continue
    return cast.visit(cast.max, f"/projects/algebra/work/{run.pk}/")


def tried_endpoint(cast: Any) -> Page:
    """The page after a test of the connection that went well."""
    page = endpoint(cast)
    with Scripted() as server:
        page.get_by_label("URL").fill(server.url("ok"))
        page.get_by_role("button", name="test the connection").click()
        page.get_by_role("heading", name="What came back").wait_for()
    return page


def generations(cast: Any) -> Page:
    """Two, of which one is closed."""
    verifier(cast)
    project = Project.objects.get(slug="sums")
    cast.load(project, sums(20), for_pool=True)
    for strategy in (Strategy.UNIFORM, Strategy.UNIFORM):
        selection.draw(project=project, plan=Plan(strategy=strategy, size=5), actor=cast.max)
        rate_everything(cast.alice, project)
    selection.close(generation=Generation.objects.get(project=project, number=1), actor=cast.max)
    return cast.visit(cast.max, "/projects/sums/generations/")


def against_people(cast: Any) -> Page:
    """A verifier that has scored what it learned from and what came later, and picks of either kind."""
    verifier(cast)
    project = Project.objects.get(slug="sums")
    if not Generation.objects.filter(project=project).exists():
        tell_more(project, cast.load, cast.alice)
    return cast.visit(cast.max, "/projects/sums/beside-people/")


def draw(cast: Any) -> Page:
    """With its preview."""
    cast.load(cast.project, sums(3), for_pool=True)
    settings = "strategy=uniform&size=4&uniform_percent=10&overlap_percent=0&quality_control=0&seed=1"
    page = cast.visit(cast.max, f"/projects/algebra/generations/draw/?{settings}")
    expect(page.get_by_role("heading", name="What it would pick")).to_be_visible()
    return page


def work(cast: Any) -> Page:
    """Under way, with an item that is dead."""
    run = runs.start(project=cast.project, actor=cast.max, kind=Run.Kind.GRADE)
    runs.write_down(run, grades.UNGRADED, {"project": cast.project.pk, "grader": 1})
    runs.bury(run, {runs.take(run, most=1, seconds=60)[0]: "workers ended 5 times while they had it"})
    return cast.visit(cast.max, f"/projects/algebra/work/{run.pk}/")


PROFILE = f"agreement/labelers/{UUID(TEAM[1])}/"
STATES = {
    "projects": State("projects", at("/projects/", "sam")),
    "new project": State("new-project", at("/projects/new/", "sam")),
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
    "verifier": State("verifier", verifier),
    "verifier, none": State("verifier", at("/projects/algebra/verifier/")),
    "endpoints": State("endpoints", endpoints),
    "endpoints, none": State("endpoints", at("/projects/algebra/endpoints/")),
    "new endpoint": State("new-endpoint", at("/projects/algebra/endpoints/new/scorer/pooling/")),
    "endpoint": State("endpoint", endpoint),
    "endpoint, tried": State("endpoint", tried_endpoint),
    "writer": State("endpoint", writer),
    "settings, with a generator": State("settings", settings_with_generator),
    "sample": State("sample", sample),
    "sampled": State("work", sampled),
    "generations": State("generations", generations),
    "generations, none": State("generations", at("/projects/algebra/generations/")),
    "draw": State("draw", draw),
    "draw, empty": State("draw", at("/projects/algebra/generations/draw/")),
    "work": State("work", work),
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
    "settings": State("settings", at("/projects/algebra/settings/")),
    "settings, refused": State("settings", settings_refused),
}
