"""From here to the next solution, or to what stands before it."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from annotation import labeling
from annotation.models import Lease, Membership, Stage
from annotation.web.audience import is_fetch


def onward(request: HttpRequest, labeler: Membership) -> HttpResponseBase:
    """The next solution of this labeler."""
    slug = labeler.project.slug
    try:
        lease = labeling.lease_next(labeler=labeler.pk)
    except labeling.Halt as halt:
        return halted(request, slug, halt)
    return redirect("waiting", slug) if lease is None else redirect("desk", lease.token)


def halted(request: HttpRequest, slug: str, halt: labeling.Halt) -> HttpResponseBase:
    """The page on which the labeler sees to what stands before the next solution."""
    page = "guideline" if isinstance(halt, labeling.GuidelineChanged) else "standing"
    return go_to(request, reverse(page, args=[slug]))


def after_practice(request: HttpRequest, done: Lease) -> HttpResponseBase | None:
    """What was expected, before the next solution comes."""
    if done.stage != Stage.PRACTICE:
        return None
    return go_to(request, reverse("feedback", args=[done.token]))


def after_screening(request: HttpRequest, done: Lease, lease: Lease | None) -> HttpResponseBase | None:
    """How the screening went, once all of it is done."""
    if done.stage != Stage.SCREENING or (lease is not None and lease.round == done.round):
        return None
    return go_to(request, reverse("standing", args=[done.project_slug]))


def go_to(request: HttpRequest, address: str) -> HttpResponseBase:
    """Another page, also for the desk, which asks by htmx and swaps what it gets into its main part."""
    if not is_fetch(request):
        return redirect(address)
    where = {"path": address, "target": "#main", "select": "#main", "swap": "outerHTML"}
    return HttpResponse(headers={"HX-Location": json.dumps(where)})
