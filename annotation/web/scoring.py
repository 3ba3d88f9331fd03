"""The verifier of a project: train it, score with it, see how good it is."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from annotation import access, runs
from annotation.models import Run
from annotation.scoring import figures, scores, training
from annotation.web.audience import audience
from annotation.web.pages import render_project
from annotation.web.runner import begun


@audience("viewers")
@require_safe
def verifier(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    versions = figures.versions_of(project)
    context = {
        "versions": versions,
        "measured": next((version for version in versions if version.report), None),
        "runs": runs.latest(project, Run.Kind.TRAIN, Run.Kind.SCORE),
        "under_way": runs.under_way(project),
    }
    return render_project(request, "research/verifier.html", project, context)


@audience("managers")
@require_POST
def start_training(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    return begun(training.start(project=project, actor=access.signed_in(request.user)))


@audience("managers")
@require_POST
def start_scoring(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    scorer = access.scorer_for(request.user, slug, pk)
    return begun(scores.start(project=scorer.project, actor=access.signed_in(request.user), scorer=scorer))
