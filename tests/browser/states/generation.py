"""What managers see on the way to the next generation: endpoints, work, the verifier, what is drawn."""

from typing import Any

from playwright.sync_api import Page, expect

from annotation import runs, sampling, selection
from annotation.grading import grades
from annotation.models import Endpoint, Generation, Project, Role, Run
from annotation.scoring import training
from annotation.selection import Plan, Strategy
from tests.browser.states.kinds import State, at
from tests.conftest import person
from tests.endpoints.registered import fresh, scorer_behind_endpoint
from tests.scoring.labeled import load_sums, rate_everything, sums
from tests.serving.scripted import Scripted


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


def draw(cast: Any) -> Page:
    """With its preview."""
    cast.load(cast.project, sums(3), for_pool=True)
    settings = "strategy=uniform&size=4&uniform_percent=10&overlap_percent=0&quality_control_percent=0&seed=1"
    page = cast.visit(cast.max, f"/projects/algebra/generations/draw/?{settings}")
    expect(page.get_by_role("heading", name="What it would pick")).to_be_visible()
    return page


def work(cast: Any) -> Page:
    """Under way, with an item that is dead."""
    run = runs.start(project=cast.project, actor=cast.max, kind=Run.Kind.GRADE)
    runs.write_down(run, grades.UNGRADED, {"project": cast.project.pk, "grader": 1})
    runs.bury(run, {runs.take(run, most=1, seconds=60)[0]: "workers ended 5 times while they had it"})
    return cast.visit(cast.max, f"/projects/algebra/work/{run.pk}/")


STATES = {
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
}
