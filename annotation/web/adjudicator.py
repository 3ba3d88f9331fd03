"""Deciding what holds where labelers disagree."""

import re
from itertools import dropwhile

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from annotation import access
from annotation.agreement import contested, tables
from annotation.agreement.tables import Slice
from annotation.learning import adjudication
from annotation.learning.adjudication import Verdict
from annotation.learning.quality import Place
from annotation.models import Consensus, ConsensusStep, Project, Solution
from annotation.ratings import RATINGS
from annotation.web.audience import audience
from annotation.web.pages import render_project

RATED = re.compile(r"rating-(\d{1,5})-(\d{1,5})")
MOST = 100_000
"""Contested steps that are looked through for the next solution."""


@audience("managers")
@require_safe
def next_contested(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To the most contested solution about which nobody has decided."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    solution = next_of(project)
    if solution is None:
        messages.info(request, "No solution that labelers disagree on waits for a decision.")
        return redirect("contested", slug)
    return redirect("adjudicate", slug, solution)


def next_of(project: Project) -> int | None:
    steps = contested.most_contested(tables.labels(Slice(project.pk)), MOST)
    settled = set(Consensus.objects.filter(solution__project=project).values_list("pk", flat=True))
    left = dropwhile(lambda one: one.solution in settled, steps)
    found = next(left, None)
    return found.solution if found else None


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def adjudicate(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    solution = access.managed_solution_for(request.user, slug, pk)
    if request.method != "POST":
        return sheet(request, solution, [])
    try:
        adjudication.record(
            actor=access.signed_in(request.user),
            solution=solution,
            verdicts=parse_verdicts(request.POST),
            note=request.POST.get("note", "").replace("\0", "")[:4000],
            makes_gold=request.POST.get("gold") == "1",
        )
    except ValidationError as error:
        return sheet(request, solution, error.messages)
    messages.success(request, f"Decided on solution {pk}.")
    return redirect("next-contested", slug)


def sheet(request: HttpRequest, solution: Solution, errors: list[str]) -> HttpResponse:
    context = {
        "solution": solution,
        "sheet": adjudication.sheet_of(solution),
        "codes": ConsensusStep.Code,
        "errors": errors,
    }
    status = 400 if errors else 200
    return render_project(request, "manage/adjudicate.html", solution.project, context, status)


def parse_verdicts(post: QueryDict) -> dict[Place, Verdict]:
    """The fields `rating-STEP-COMPLETION` and `code-STEP-COMPLETION`. Raises `BadRequest`."""
    verdicts = {}
    for name in post:
        if found := RATED.fullmatch(name):
            step, completion = int(found[1]), int(found[2])
            rating = {str(one): one for one in RATINGS}.get(post.get(name, ""))
            if rating is None:
                raise BadRequest(f"{name} must be -1, 0 or 1")
            verdicts[step, completion] = Verdict(rating, post.get(f"code-{step}-{completion}", ""))
    return verdicts
