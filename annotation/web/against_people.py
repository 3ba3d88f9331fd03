"""Scores, picks and grades beside what labelers say."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotation import access
from annotation.against_people import choosing, graders, picks, scores
from annotation.agreement import tables
from annotation.agreement.tables import Slice
from annotation.models import Project, Scorer
from annotation.web.agreement_tables import FIGURE, Rows, as_csv, cells
from annotation.web.audience import audience
from annotation.web.pages import number_of, render_project

SUSPECTS_SHOWN = 30


@audience("viewers")
@require_safe
def against_people(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    scorer = scorer_of(request, project)
    context: dict[str, Any] = {
        "scorers": project.scorers.select_related("endpoint").defer("weights", "report").order_by("-pk"),
        "scorer": scorer,
        "picks": picks.picks(project),
        "verdicts": graders.verdicts(project),
        "suspects": graders.suspects(project, scorer, SUSPECTS_SHOWN),
    }
    if scorer is not None:
        context["board"] = scores.board(tables.labels(Slice(project.pk)), scorer)
        context["chosen"] = choosing.board(scorer)
    return render_project(request, "boards/against_people.html", project, context)


@audience("viewers")
@require_safe
def against_people_table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same as comma-separated values."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    if name not in TABLES:
        raise Http404
    rows = TABLES[name](project, scorer_of(request, project))
    return as_csv(f"{name}-{project.slug}.csv", rows)


def scorer_of(request: HttpRequest, project: Project) -> Scorer | None:
    """The scorer that the address names, or the latest one. Raises `Http404` for another project's."""
    number = number_of(request, "scorer")
    if number is not None:
        return access.scorer_for(request.user, project.slug, number)
    return project.scorers.order_by("-pk").first()


def table_of_picks(project: Project, _: Scorer | None) -> Rows:
    yield "generation", "reason", *(f"{name}_{part}" for name in ("found", "more") for part in FIGURE)
    for one in picks.picks(project):
        yield one.generation, one.reason, *cells(one.found), *cells(one.more)


def table_of_calibration(project: Project, scorer: Scorer | None) -> Rows:
    yield "scorer", "low", "high", "predicted", *(f"right_{part}" for part in FIGURE)
    if scorer is not None:
        for one in scores.board(tables.labels(Slice(project.pk)), scorer).bins:
            yield scorer, one.low, one.high, one.predicted, *cells(one.right)


def table_of_choosing(_: Project, scorer: Scorer | None) -> Rows:
    names = ("best", "majority", "uniform")
    yield "scorer", "n", *(f"{name}_{part}" for name in names for part in ("mean", "std")), "problems", "short"
    if scorer is not None:
        for one in choosing.board(scorer).rows:
            yield scorer, one.n, *one.best, *one.majority, *one.uniform, one.problems, one.short


def table_of_suspects(project: Project, scorer: Scorer | None) -> Rows:
    yield graders.Suspect._fields
    yield from graders.suspects(project, scorer, 10_000)


TABLES = {
    "picks": table_of_picks,
    "calibration": table_of_calibration,
    "best-of-n": table_of_choosing,
    "suspects": table_of_suspects,
}
