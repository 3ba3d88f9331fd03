"""Whether labelers agree: boards of a slice of a project's labels."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from annotation import access
from annotation.agreement import board, contested, drift, first_errors, latent, pairwise, people, records, tables
from annotation.agreement.labels import Labels
from annotation.models import Guideline, Membership, Project
from annotation.web.agreement_tables import OF_ONE, TABLES, as_csv, names_of, with_decisions
from annotation.web.audience import audience
from annotation.web.pages import render_project
from annotation.web.slices import SliceForm, saved_of

SHOWN = 30
"""Contested steps."""
PLACES_SHOWN = 60
"""Steps; the table for download has all."""
MOST_ACROSS = 12
"""Labelers in the matrix."""

Board = dict[str, Any]


@audience("viewers")
@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures."""

    def lines(labels: Labels, _: Project) -> Board:
        return {"lines": board.lines(labels)}

    return render_board(request, slug, "agreement", lines)


@audience("viewers")
@require_safe
def contested_steps(request: HttpRequest, slug: str) -> HttpResponse:
    """The steps on which labelers disagree most, each with the way to it."""

    def steps(labels: Labels, _: Project) -> Board:
        return with_decisions(contested.most_contested(labels, SHOWN))

    return render_board(request, slug, "contested", steps)


@audience("viewers")
@require_safe
def first_error_board(request: HttpRequest, slug: str) -> HttpResponse:
    """How far first errors lie apart, and where they are."""

    def errors(labels: Labels, _: Project) -> Board:
        return {
            "lines": board.of_first_errors(labels),
            "distances": first_errors.distances(labels),
            "farthest": first_errors.MOST_APART,
            "places": first_errors.places(labels)[:PLACES_SHOWN],
        }

    return render_board(request, slug, "first_errors", errors)


@audience("viewers")
@require_safe
def labelers(request: HttpRequest, slug: str) -> HttpResponse:
    """Each labeler beside the others, beside gold, and in pairs."""

    def each(labels: Labels, project: Project) -> Board:
        found = people.profiles(labels, tables.gold(project.pk))
        busiest = sorted(found, key=lambda one: -one.annotations)[:MOST_ACROSS]
        return {
            "profiles": found,
            "has_gold": any(one.gold.n or one.found.n for one in found),
            "matrix": matrix([one.labeler for one in busiest], pairwise.pairs(labels)),
            "is_part": len(found) > MOST_ACROSS,
            "people": in_order(latent.judged(labels)[1], found),
            "names": names_of(labels),
        }

    return render_board(request, slug, "labelers", each)


def in_order(judged: list[latent.Person], profiles: list[people.Profile]) -> list[latent.Person]:
    """In the order of the profiles."""
    by_labeler = {one.labeler: one for one in judged}
    return [by_labeler[profile.labeler] for profile in profiles if profile.labeler in by_labeler]


def matrix(members: list[int], pairs: list[pairwise.Pair]) -> list[tuple[int, list[pairwise.Pair | None]]]:
    """A row for each member, with the pairs they are in: only those with members before them."""
    met = {frozenset((pair.one, pair.other)): pair for pair in pairs}
    return [(one, [met.get(frozenset((one, other))) for other in members[:at]]) for at, one in enumerate(members)]


@audience("viewers")
@require_safe
def labeler_profile(request: HttpRequest, slug: str, pseudonym: UUID) -> HttpResponse:
    """One labeler: figures, week by week, and where the way of rating changed."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    member = get_object_or_404(Membership, project=project, pseudonym=pseudonym)

    def one(labels: Labels, project: Project) -> Board:
        found = {profile.labeler: profile for profile in people.profiles(labels, tables.gold(project.pk))}
        own = labels.only(labels.labelers == member.pk)
        return {
            "member": member,
            "annotations": len(own.annotations),
            "labels": len(own.of),
            "query_of_member": query_of(request, pseudonym),
            "profile": found.get(member.pk),
            "weeks": drift.weeks(labels, member.pk),
            "changes": timeline(drift.drift(labels, member.pk), project),
            "guidelines": Guideline.objects.filter(project=project).order_by("version"),
            "pairs": [pair_from(member.pk, pair) for pair in pairwise.pairs(labels) if member.pk in pair[:2]],
            "lengths": drift.lengths(own.active_ms / 1000, tables.characters(own)),
            "names": names_of(labels),
        }

    return render_board(request, slug, "labeler", one, chooses_labeler=False)


def query_of(request: HttpRequest, labeler: UUID) -> str:
    """What the address asks for, of one labeler."""
    asked = request.GET.copy()
    asked["labeler"] = str(labeler)
    return asked.urlencode()


def pair_from(member: int, pair: pairwise.Pair) -> tuple[int, pairwise.Pair]:
    """The other one of the pair."""
    return (pair.other if pair.one == member else pair.one), pair


def timeline(changes: list[drift.Change], project: Project) -> list[tuple[Any, drift.Change | Guideline]]:
    """Changes of the labeler, and of the instructions, by day."""
    versions = Guideline.objects.filter(project=project, version__gt=1)
    events = [(change.day, change) for change in changes] + [(one.created_at.date(), one) for one in versions]
    return sorted(events, key=lambda event: event[0])


def render_board(
    request: HttpRequest, slug: str, name: str, figures: Any, *, chooses_labeler: bool = True
) -> HttpResponse:
    """A page of what `figures` finds in the labels that the address asks for."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = SliceForm(request.GET, project=project, chooses_labeler=chooses_labeler)
    context: Board = {"form": form, "query": request.GET.urlencode(), "saved": saved_of(project)}
    if form.is_valid():
        labels = tables.labels(form.slice_beside())
        context |= {"annotations": len(labels.annotations), "labels": len(labels.of), **figures(labels, project)}
    return render_project(request, f"boards/{name}.html", project, context, 200 if form.is_valid() else 400)


@audience("viewers")
@require_safe
def agreement_table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same figures as comma-separated values, to all their digits."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    if name not in TABLES:
        raise Http404
    form = SliceForm(request.GET, project=project)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    which = form.slice() if name in OF_ONE else form.slice_beside()
    return as_csv(f"{name}-{project.slug}.csv", TABLES[name](tables.labels(which), project))


@audience("viewers")
@require_safe
def ratings(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The ratings behind the figures of a slice, a JSON line each, with the text of the step.

    With a labeler, what everybody said of their solutions, as on the boards; with `own` what they said.
    """
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = SliceForm(request.GET, project=project)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    which = form.slice() if "own" in request.GET else form.slice_beside()
    response = StreamingHttpResponse(records.lines(which, texts=True), content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="ratings-{project.slug}.jsonl"'
    return response
