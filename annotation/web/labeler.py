"""The labeling desk in the browser. Every act is a plain form first; htmx and label.js make it quick."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotation import access, labeling
from annotation.learning import beside
from annotation.models import Lease
from annotation.web.audience import audience, is_fetch
from annotation.web.forms import SubmitForm, parse_ratings
from annotation.web.onward import after_practice, after_screening, halted, onward


@audience("labelers")
@require_safe
def start_page(request: HttpRequest) -> HttpResponse:
    labelers = [(labeler, labeling.current_lease(labeler.pk)) for labeler in access.labelers_for(request.user)]
    return render(request, "labeling/start.html", {"labelers": labelers})


@audience("labelers")
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponseBase:
    return onward(request, access.labeler_for(request.user, slug))


@audience("labelers")
@require_safe
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    labeler = access.labeler_for(request.user, slug)
    return render(request, "labeling/waiting.html", waiting_context(labeler.pk, slug, labeler.project.name))


def waiting_context(labeler: int, slug: str, name: str) -> dict[str, object]:
    return {"project_slug": slug, "project": name, "waiting": labeling.waiting_for(labeler)}


@audience("labelers")
@require_safe
def desk(request: HttpRequest, token: UUID) -> HttpResponse:
    lease = access.lease_for(request.user, token)
    if lease.submitted_at is not None:
        return render(request, "labeling/submitted.html", {"lease": lease})
    return render(request, "labeling/desk.html", desk_context(lease))


def desk_context(lease: Lease) -> dict[str, object]:
    desk = labeling.desk_of(lease)
    return {"desk": desk, "lease": lease, "project": lease.project_name, "beside": beside(lease)}


@audience("labelers")
@require_POST
def save(request: HttpRequest, token: UUID) -> HttpResponseBase:
    lease = access.lease_for(request.user, token)
    ratings = parse_ratings(request.POST)
    try:
        labeling.save(lease=lease, ratings=ratings)
    except labeling.LabelingError as error:
        return refuse(request, lease, error)
    if is_fetch(request):
        return HttpResponse(status=204)
    messages.success(request, "Saved.")
    return redirect(f"{reverse('desk', args=[token])}#step-{max(ratings, default=0)}")


@audience("labelers")
@require_POST
def submit(request: HttpRequest, token: UUID) -> HttpResponseBase:
    lease = access.lease_for(request.user, token)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    try:
        labeling.submit(
            lease=lease,
            ratings=parse_ratings(request.POST),
            early_end=form.cleaned_data["early_end"] or None,
            explanation=form.cleaned_data["explanation"],
        )
    except labeling.LabelingError as error:
        return refuse(request, lease, error)
    return next_solution(request, lease)


def next_solution(request: HttpRequest, done: Lease) -> HttpResponseBase:
    """The next desk in the answer to a submit, or the page that says what there is to wait for."""
    if page := after_practice(request, done):
        return page
    try:
        lease = labeling.lease_next(labeler=done.labeler)
    except labeling.Halt as halt:
        return halted(request, done.project_slug, halt)
    if page := after_screening(request, done, lease):
        return page
    address = reverse("desk", args=[lease.token]) if lease else reverse("waiting", args=[done.project_slug])
    if not is_fetch(request):
        return redirect(address)
    if lease:
        response = render(request, "labeling/_desk.html", desk_context(lease))
    else:
        context = waiting_context(done.labeler, done.project_slug, done.project_name)
        response = render(request, "labeling/_waiting.html", context)
    response["HX-Push-Url"] = address
    return response


def refuse(request: HttpRequest, lease: Lease, error: labeling.LabelingError) -> HttpResponseBase:
    """Say why, and leave the page as it is."""
    if is_fetch(request):
        return HttpResponse(str(error), status=409, content_type="text/plain")
    messages.error(request, str(error))
    return redirect("label") if isinstance(error, labeling.LeaseLost) else redirect("desk", lease.token)
