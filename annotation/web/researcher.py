"""Looking at a project: its counts, its solutions, and what labelers said of each step."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation import access, overlap, overview
from annotation.agreement import amounts, contested, parts, people, tables
from annotation.agreement.browsing import search
from annotation.agreement.labels import Labels
from annotation.learning import standing
from annotation.learning.gold import judgements_of
from annotation.models import Comment, Consensus, Grade, Project, Solution, Word
from annotation.web.agreement_tables import RATINGS, names_of, with_decisions
from annotation.web.audience import audience
from annotation.web.forms import CommentForm
from annotation.web.pages import after_of, manages, render_project
from annotation.web.slices import SearchForm, SliceForm, saved_of

PAGE = 30
CONTESTED_SHOWN = 3
DAYS_SHOWN = 120
"""The last ones; the table for download has all."""


@audience("viewers")
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    found = access.projects_for(request.user, access.VIEWERS)
    return render(request, "research/projects.html", {"projects": found})


@audience("viewers")
@require_safe
def project_overview(request: HttpRequest, slug: str) -> HttpResponse:
    """How far a project is, and what was labeled of it, day by day, week by week and by generation."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = SliceForm(request.GET, project=project)
    context = {"counts": overview.of(project), "queues": overview.queues_of(project), "form": form}
    context["budget"] = overlap.budget_of(project)
    if manages(request, project):
        context["paused"] = standing.paused(project)
    if form.is_valid():
        labels = tables.labels(form.slice_beside())
        own = labels if form.member is None else labels.only(labels.labelers == form.member)
        context |= amounts_of(own) | agreement_of(labels) | where_to_look(labels, project)
    context |= {"query": request.GET.urlencode(), "saved": saved_of(project)}
    return render_project(request, "research/overview.html", project, context, 200 if form.is_valid() else 400)


def amounts_of(labels: Labels) -> dict[str, Any]:
    days = amounts.days(labels)
    return {
        "annotations": len(labels.annotations),
        "labels": len(labels.of),
        "active_ms": int(labels.active_ms.sum()),
        "days": days[-DAYS_SHOWN:],
        "is_part": len(days) > DAYS_SHOWN,
        "classes": list(zip(RATINGS, (-1, 0, 1), amounts.classes(labels), strict=True)),
        "reasons": [
            (reason.value, *one) for reason, one in zip(tables.REASONS, amounts.reasons(labels), strict=True)
        ],
    }


def agreement_of(labels: Labels) -> dict[str, Any]:
    return {"weeks": parts.weeks(labels), "generations": parts.by_generation(labels)}


def where_to_look(labels: Labels, project: Project) -> dict[str, Any]:
    """The steps on which labelers disagree most, and who is farthest from the others on either side."""
    return {
        **with_decisions(contested.most_contested(labels, CONTESTED_SHOWN)),
        "ends": people.extremes(people.profiles(labels, tables.gold(project.pk))),
        "names": names_of(labels),
    }


@audience("viewers")
@require_safe
def solutions(request: HttpRequest, slug: str) -> HttpResponse:
    """Solutions in the order in which they were loaded, a page at a time, from one id on."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    after, form = after_of(request), SearchForm(request.GET, project=project)
    rows = search(form.search(), after=after, limit=PAGE + 1) if form.is_valid() else []
    asked = request.GET.copy()
    asked.pop("after", None)
    context = {
        "form": form,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].solution.pk if len(rows) > PAGE else None,
        "query": asked.urlencode(),
        "saved": saved_of(project),
        "is_first": not after,
    }
    return render_project(request, "research/solutions.html", project, context, 200 if form.is_valid() else 400)


@audience("viewers")
@require_safe
def solution(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = access.solution_for(request.user, slug, pk)
    return solution_page(request, found, CommentForm(solution=found))


def solution_page(request: HttpRequest, found: Solution, form: CommentForm) -> HttpResponse:
    """With the form of a comment, whose words stay when they are refused."""
    context: dict[str, Any] = {"solution": found, "form": form, "table": overview.labels_of(found)}
    context["gold"] = judgements_of(found)
    context["grade"] = Grade.objects.filter(solution=found).select_related("overruled_by").first()
    context["consensus"] = Consensus.objects.filter(pk=found.pk).select_related("author").first()
    context["words"] = Word.choices
    context["comments"] = Comment.objects.filter(solution=found).select_related("author").order_by("pk")
    status = 400 if form.errors else 200
    return render_project(request, "research/solution.html", found.project, context, status)
