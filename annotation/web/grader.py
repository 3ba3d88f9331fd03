"""Grades of final answers: figures, the lists to look at, and a manager's own decision."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from annotation import access, runs
from annotation.grading import figures, grades
from annotation.models import Run
from annotation.web.audience import audience
from annotation.web.pages import after_of, render_project
from annotation.web.runner import begun

PAGE = 50


@audience("viewers")
@require_safe
def grades_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    which = request.GET.get("list", "undecided")
    if which not in figures.LISTS:
        raise BadRequest(f"list takes {', '.join(figures.LISTS)}")
    rows = figures.listed(project, which, after=after_of(request), limit=PAGE + 1)
    context = {
        "figures": figures.of(project),
        "which": which,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "runs": runs.latest(project, Run.Kind.GRADE),
        "is_under_way": Run.Kind.GRADE in runs.under_way(project),
    }
    return render_project(request, "research/grades.html", project, context)


@audience("managers")
@require_POST
def start_grading(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    return begun(grades.start(project=project, actor=access.signed_in(request.user)))


@audience("managers")
@require_POST
def overrule(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    solution = access.managed_solution_for(request.user, slug, pk)
    word, because = request.POST.get("word", ""), request.POST.get("because", "")
    try:
        grades.overrule(
            solution=solution, actor=access.signed_in(request.user), word=word or None, because=because
        )
    except ValueError as error:
        messages.error(request, f"Not changed: {error}.")
    else:
        messages.success(request, "The grade is decided." if word else "The grader's verdict holds again.")
    return redirect("solution", slug, pk)
