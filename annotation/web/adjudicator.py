"""Deciding what holds where labelers disagree."""

import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from annotation import access
from annotation.agreement import contested, tables
from annotation.agreement.tables import Slice
from annotation.learning import adjudication
from annotation.learning.adjudication import Row, Verdict
from annotation.learning.quality import Place
from annotation.models import ConsensusStep, Project, Solution
from annotation.ratings import RATINGS
from annotation.web.audience import audience
from annotation.web.pages import number_of, render_project

WORDS = {str(one): one for one in RATINGS}
RATED = re.compile(r"rating-(\d{1,5})-(\d{1,5})")
CHOICES = {"codes": ConsensusStep.Code, "keyed": [(rating, key) for key, rating in enumerate(RATINGS, 1)]}
MOST = 100_000
"""Contested steps that are looked through for the next solution."""


@audience("managers")
@require_safe
def next_contested(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To the most contested solution about which nobody has decided, or to the next one after `after`."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    after = number_of(request, "after")
    solution = next_of(project, after)
    if solution is None:
        which = "solution" if after is None or adjudication.decided([after]) else "other solution"
        messages.info(request, f"No {which} that labelers disagree on waits for a decision.")
        return redirect("contested", slug)
    return redirect("adjudicate", slug, solution)


def next_of(project: Project, after: int | None) -> int | None:
    """The most contested ones first; after the last of them those that were skipped."""
    steps = contested.most_contested(tables.labels(Slice(project.pk)), MOST)
    order = list(dict.fromkeys(one.solution for one in steps))
    begin = order.index(after) + 1 if after in order else 0
    settled = adjudication.decided(order)
    return next((one for one in order[begin:] + order[:begin] if one not in settled and one != after), None)


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def adjudicate(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    solution = access.managed_solution_for(request.user, slug, pk)
    if request.method != "POST":
        return sheet(request, solution)
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
    return redirect(f"{reverse('next-contested', args=[slug])}?after={pk}")


class Filled(NamedTuple):
    """A row with what is chosen of it in the form."""

    row: Row
    rating: int | None
    code: str


def sheet(request: HttpRequest, solution: Solution, errors: Collection[str] = ()) -> HttpResponse:
    """The form; a refused one as it was sent."""
    found = adjudication.sheet_of(solution)
    context: dict[str, Any] = {"solution": solution, "sheet": found, "errors": errors, **CHOICES}
    if request.method == "POST":
        note, makes_gold = request.POST.get("note", ""), request.POST.get("gold") == "1"
        context |= {"rows": filled(found.rows, request.POST), "note": note, "makes_gold": makes_gold}
    else:
        context |= {"rows": suggested(found.rows), "note": found.consensus.note if found.consensus else ""}
    return render_project(request, "manage/adjudicate.html", solution.project, context, 400 if errors else 200)


def suggested(rows: Iterable[Row]) -> list[Filled]:
    return [Filled(row, row.suggested, row.verdict.code if row.verdict else "") for row in rows]


def filled(rows: Iterable[Row], post: QueryDict) -> list[Filled]:
    names = [(row, f"{row.step}-{row.completion}") for row in rows]
    return [
        Filled(row, WORDS.get(post.get(f"rating-{name}", "")), post.get(f"code-{name}", "")) for row, name in names
    ]


def parse_verdicts(post: QueryDict) -> dict[Place, Verdict]:
    """The fields `rating-STEP-COMPLETION` and `code-STEP-COMPLETION`. Raises `BadRequest`."""
    verdicts = {}
    for name in post:
        if found := RATED.fullmatch(name):
            step, completion = int(found[1]), int(found[2])
            rating = WORDS.get(post.get(name, ""))
            if rating is None:
                raise BadRequest(f"{name} must be -1, 0 or 1")
            verdicts[step, completion] = Verdict(rating, post.get(f"code-{step}-{completion}", ""))
    return verdicts
