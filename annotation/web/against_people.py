"""Scores, picks and grades beside what labelers say."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotation import access
from annotation.against_people import choosing, graders, picks, scores
from annotation.agreement import tables
from annotation.agreement.tables import Slice
from annotation.models import Scorer
from annotation.web.agreement_tables import FIGURE, Rows, as_csv, cells
from annotation.web.audience import audience
from annotation.web.pages import render_project
from annotation.web.slices import ScorerForm, saved_of

SUSPECTS_SHOWN = 30
SUSPECTS_LISTED = 10_000


@audience("viewers")
@require_safe
def against_people(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = ScorerForm(request.GET, project=project)
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode(), "saved": saved_of(project)}
    if form.is_valid():
        context |= boards(form.slice(), form.chosen_scorer())
    return render_project(request, "boards/against_people.html", project, context, 200 if form.is_valid() else 400)


def boards(which: Slice, scorer: Scorer | None) -> dict[str, Any]:
    labels = tables.labels(which)
    picked = picks.picked(which.project)
    graded = graders.graded(labels)
    found: dict[str, Any] = {
        "scorer": scorer,
        "picks": picks.board(labels, picked),
        "verdicts": graders.verdicts(graded),
        "suspects": graders.suspects(graded, scorer, SUSPECTS_SHOWN),
    }
    if scorer is not None:
        found["board"] = scores.board(labels, scorer, picks.drawn_uniformly(picked))
        found["chosen"] = choosing.board(which, scorer, choosing.MOST_PROBLEMS)
        found["in_table"] = choosing.ALL_PROBLEMS
    return found


@audience("viewers")
@require_safe
def against_people_table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same as comma-separated values."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    if name not in TABLES:
        raise Http404
    form = ScorerForm(request.GET, project=project)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    return as_csv(f"{name}-{project.slug}.csv", TABLES[name](form.slice(), form.chosen_scorer()))


def table_of_picks(which: Slice, _: Scorer | None) -> Rows:
    yield "generation", "reason", *(f"{name}_{part}" for name in ("found", "more") for part in FIGURE)
    for one in picks.board(tables.labels(which), picks.picked(which.project)):
        yield one.generation, one.reason, *cells(one.found), *cells(one.more)


def of_scores(which: Slice, scorer: Scorer) -> scores.Board:
    return scores.board(tables.labels(which), scorer, picks.drawn_uniformly(picks.picked(which.project)))


def table_of_aucs(which: Slice, scorer: Scorer | None) -> Rows:
    yield "scorer", "labels", *(f"auc_{part}" for part in FIGURE)
    if scorer is not None:
        for one in of_scores(which, scorer).rows:
            yield scorer, one.name, *cells(one.auc)


def table_of_calibration(which: Slice, scorer: Scorer | None) -> Rows:
    yield "scorer", "low", "high", "predicted", *(f"right_{part}" for part in FIGURE)
    if scorer is not None:
        for one in of_scores(which, scorer).bins:
            yield scorer, one.low, one.high, one.predicted, *cells(one.right)


def table_of_choosing(which: Slice, scorer: Scorer | None) -> Rows:
    names = ("best", "majority", "uniform")
    yield "scorer", "n", *(f"{name}_{part}" for name in names for part in ("mean", "std")), "problems", "short"
    if scorer is not None:
        for one in choosing.board(which, scorer, choosing.ALL_PROBLEMS).rows:
            yield scorer, one.n, *one.best, *one.majority, *one.uniform, one.problems, one.short


def table_of_grades(which: Slice, _: Scorer | None) -> Rows:
    yield "verdict", *(f"labelers_say_otherwise_{part}" for part in FIGURE)
    for one in graders.verdicts(graders.graded(tables.labels(which))):
        yield one.verdict, *cells(one.against)


def table_of_suspects(which: Slice, scorer: Scorer | None) -> Rows:
    yield graders.Suspect._fields
    yield from graders.suspects(graders.graded(tables.labels(which)), scorer, SUSPECTS_LISTED)


TABLES = {
    "picks": table_of_picks,
    "auc": table_of_aucs,
    "calibration": table_of_calibration,
    "best-of-n": table_of_choosing,
    "grades": table_of_grades,
    "suspects": table_of_suspects,
}
