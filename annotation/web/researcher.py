"""Looking at a project: its counts, its solutions, and what labelers said of each step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation import access, overview
from annotation.learning.gold import judgements_of
from annotation.models import Grade, Word
from annotation.web.audience import audience
from annotation.web.pages import after_of, number_of, render_project

PAGE = 30


@audience("viewers")
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    found = access.projects_for(request.user, access.VIEWERS)
    return render(request, "research/projects.html", {"projects": found})


@audience("viewers")
@require_safe
def project_overview(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    context = {"counts": overview.of(project), "labelers": overview.labelers_of(project)}
    return render_project(request, "research/overview.html", project, context)


@audience("viewers")
@require_safe
def solutions(request: HttpRequest, slug: str) -> HttpResponse:
    """Solutions in the order in which they were loaded, a page at a time, from one id on."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    after, run, only_labeled = after_of(request), number_of(request, "run"), request.GET.get("labeled") == "1"
    rows = overview.solutions_of(project, after=after, run=run, only_labeled=only_labeled, limit=PAGE + 1)
    context = {
        "run": run,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "only_labeled": only_labeled,
        "is_first": not after,
    }
    return render_project(request, "research/solutions.html", project, context)


@audience("viewers")
@require_safe
def solution(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = access.solution_for(request.user, slug, pk)
    context = {"solution": found, "table": overview.labels_of(found), "gold": judgements_of(found)}
    context["grade"] = Grade.objects.filter(solution=found).select_related("overruled_by").first()
    context["words"] = Word.choices
    return render_project(request, "research/solution.html", found.project, context)
