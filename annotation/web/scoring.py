"""The verifier of a project: train it, score with it, see how good it is."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from annotation import access, tasks
from annotation.scoring import figures, scores, training
from annotation.web.audience import audience
from annotation.web.pages import render_project


@audience("viewers")
@require_safe
def verifier(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    context = {
        "versions": figures.versions_of(project),
        "runs": figures.runs_of(project),
        "under_way": figures.under_way(project),
    }
    return render_project(request, "research/verifier.html", project, context)


@audience("managers")
@require_POST
def start_training(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    run = training.start(project=project, actor=access.signed_in(request.user))
    tasks.nudge_run(run.pk)
    return redirect("work", slug, run.pk)


@audience("managers")
@require_POST
def start_scoring(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    scorer = access.scorer_for(request.user, slug, pk)
    run = scores.start(project=scorer.project, actor=access.signed_in(request.user), scorer=scorer)
    tasks.nudge_run(run.pk)
    return redirect("work", slug, run.pk)
