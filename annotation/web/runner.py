"""The page of a run: how far it is, and what can be done with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotation import access, runs, tasks
from annotation.models import Run
from annotation.web.audience import audience, is_fetch
from annotation.web.pages import render_project

SHOWN_DEAD = 20


def begun(run: Run) -> HttpResponseBase:
    """Tell workers of a run, and show it."""
    tasks.nudge_run(run.pk)
    return redirect("work", run.project.slug, run.pk)


@audience("managers")
@require_safe
def work(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    run = access.work_for(request.user, slug, pk)
    dead = run.items.filter(is_dead=True).order_by("thing")[:SHOWN_DEAD]
    context = {"run": run, "progress": runs.progress(run), "dead": dead, "tallies": run.tallies.order_by("word")}
    if is_fetch(request):
        return render(request, "manage/_work.html", {**context, "project": run.project})
    return render_project(request, "manage/work.html", run.project, context)


@audience("managers")
@require_POST
def change_work(request: HttpRequest, slug: str, pk: int, how: str) -> HttpResponseBase:
    run = access.work_for(request.user, slug, pk)
    actor = access.signed_in(request.user)
    if how == "try-again":
        revived = runs.try_again(run=run, actor=actor)
        messages.success(request, f"{revived} are tried again.")
    elif how in runs.CHANGES:
        if not runs.change(run=run, actor=actor, how=how):
            messages.error(request, "Nothing changed: the run had changed meanwhile.")
    else:
        raise Http404
    return begun(run)
