"""The labeling desk in the browser. Every act is a plain form first; htmx and label.js make it quick."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotation import access, labeling
from annotation.models import Annotation, Membership
from annotation.web.audience import audience
from annotation.web.forms import SubmitForm, parse_ratings


@audience("labelers")
@require_safe
def start_page(request: HttpRequest) -> HttpResponse:
    labelers = [(labeler, labeling.current_lease(labeler)) for labeler in access.labelers_for(request.user)]
    return render(request, "labeling/start.html", {"labelers": labelers})


@audience("labelers")
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponseBase:
    labeler = access.labeler_for(request.user, slug)
    annotation = labeling.lease_next(labeler=labeler)
    return redirect("waiting", slug) if annotation is None else redirect("desk", annotation.token)


@audience("labelers")
@require_safe
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    labeler = access.labeler_for(request.user, slug)
    return render(request, "labeling/waiting.html", waiting_context(labeler))


def waiting_context(labeler: Membership) -> dict[str, object]:
    return {"labeler": labeler, "project": labeler.project, "waiting": labeling.waiting_for(labeler)}


@audience("labelers")
@require_safe
def desk(request: HttpRequest, token: UUID) -> HttpResponse:
    annotation = access.lease_for(request.user, token)
    if annotation.submitted_at is not None:
        return render(request, "labeling/submitted.html", {"annotation": annotation})
    return render(request, "labeling/desk.html", desk_context(annotation))


def desk_context(annotation: Annotation) -> dict[str, object]:
    return {"desk": labeling.desk_of(annotation), "project": annotation.project}


@audience("labelers")
@require_POST
def save(request: HttpRequest, token: UUID) -> HttpResponseBase:
    annotation = access.lease_for(request.user, token)
    ratings = parse_ratings(request.POST)
    try:
        labeling.save(annotation=annotation, ratings=ratings)
    except labeling.LabelingError as error:
        return refuse(request, annotation, error)
    if is_fetch(request):
        return HttpResponse(status=204)
    messages.success(request, "Saved.")
    return redirect("desk", token)


@audience("labelers")
@require_POST
def submit(request: HttpRequest, token: UUID) -> HttpResponseBase:
    annotation = access.lease_for(request.user, token)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    try:
        labeling.submit(
            annotation=annotation,
            ratings=parse_ratings(request.POST),
            early_end=form.cleaned_data["early_end"] or None,
            explanation=form.cleaned_data["explanation"],
        )
    except labeling.LabelingError as error:
        return refuse(request, annotation, error)
    return next_solution(request, annotation.labeler)


def next_solution(request: HttpRequest, labeler: Membership) -> HttpResponseBase:
    """The next desk in the answer to a submit, or the page that says what there is to wait for."""
    slug = labeler.project.slug
    annotation = labeling.lease_next(labeler=labeler)
    address = reverse("desk", args=[annotation.token]) if annotation else reverse("waiting", args=[slug])
    if not is_fetch(request):
        return redirect(address)
    template = "labeling/_desk.html" if annotation else "labeling/_waiting.html"
    context = desk_context(annotation) if annotation else waiting_context(labeler)
    response = render(request, template, context)
    response["HX-Push-Url"] = address
    return response


def refuse(request: HttpRequest, annotation: Annotation, error: labeling.LabelingError) -> HttpResponseBase:
    """Say why, and leave the page as it is."""
    if is_fetch(request):
        return HttpResponse(str(error), status=409, content_type="text/plain")
    messages.error(request, str(error))
    lost = isinstance(error, labeling.LeaseLost)
    return redirect("label") if lost else redirect("desk", annotation.token)


def is_fetch(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "fetch"
