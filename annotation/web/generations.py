"""Generations of active learning: what there is, what a plan would pick, and drawing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, runs, selection
from annotation.models import Project, Run
from annotation.selection import figures
from annotation.web.audience import audience
from annotation.web.pages import render_project
from annotation.web.plans import PlanForm


@audience("viewers")
@require_safe
def generations(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    context = {
        "rows": figures.generations_of(project),
        "trains": figures.waits_for_training(project) and Run.Kind.TRAIN not in runs.under_way(project),
    }
    return render_project(request, "research/generations.html", project, context)


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The plan and, once it is given, what it would pick; a post draws what the preview showed."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    given = request.POST if request.method == "POST" else (request.GET or None)
    form = PlanForm(given, project=project)
    context: dict[str, Any] = {"form": form, "preview": None}
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                return drawn(request, project, form)
            context["preview"] = selection.preview(project, form.plan())
        except selection.BadPlan as bad:
            form.add_error(bad.field if bad.field in form.fields else None, bad.sentence)
    return render_project(request, "manage/draw.html", project, context, 400 if form.errors else 200)


def drawn(request: HttpRequest, project: Project, form: PlanForm) -> HttpResponseBase:
    actor = access.signed_in(request.user)
    generation = selection.draw(project=project, plan=form.plan(), actor=actor)
    messages.success(
        request, f"Generation {generation.number} is in the queue: {generation.picks.count()} solutions."
    )
    return redirect("generations", project.slug)


@audience("managers")
@require_POST
def close(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    generation = access.generation_for(request.user, slug, pk)
    selection.close(generation=generation, actor=access.signed_in(request.user))
    messages.success(request, f"Generation {generation.number} is closed.")
    return redirect("generations", slug)
