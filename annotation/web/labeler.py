"""The labeling desk in the browser. Every act is a plain form first; htmx and the desk's scripts make it quick."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotation import access, labeling
from annotation.learning.standing import standing_of
from annotation.models import Lease
from annotation.web import grower, plain
from annotation.web.audience import audience, is_fetch
from annotation.web.desk_forms import fields_of, save_fields, submit_fields, times_of
from annotation.web.desk_page import desk_context, desk_page
from annotation.web.onward import after_practice, after_screening, halted, onward

SURPLUS = "Somebody else had the last place for that solution; yours is kept as one more opinion."


@audience("labelers")
@require_safe
def start_page(request: HttpRequest) -> HttpResponse:
    labelers = [
        (labeler, labeling.current_lease(labeler.pk), standing_of(labeler))
        for labeler in access.labelers_for(request.user)
    ]
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
    waiting = None if labeling.is_ready(labeler) else labeling.waiting_for(labeler)
    return {"project_slug": slug, "project": name, "waiting": waiting}


@audience("labelers")
@require_safe
def desk(request: HttpRequest, token: UUID) -> HttpResponse:
    lease = access.lease_for(request.user, token)
    if lease.submitted_at is not None:
        return render(request, "labeling/submitted.html", {"lease": lease})
    return desk_page(request, lease)


@audience("labelers")
@require_POST
def save(request: HttpRequest, token: UUID) -> HttpResponseBase:
    lease = access.lease_for(request.user, token)
    try:
        said, place = grower.save(request, lease) if lease.grows else save_steps(request, lease)
    except labeling.LabelingError as error:
        return refuse(request, lease, error)
    if is_fetch(request):
        return JsonResponse(said)
    messages.success(request, "Saved.")
    return plain.again(request, lease, f"{reverse('desk', args=[token])}#{place}")


def save_steps(request: HttpRequest, lease: Lease) -> tuple[dict[str, Any], str]:
    """What the page is told, and where in it the labeler is."""
    given = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    saved = labeling.save(lease=lease, **given._asdict())
    plain.keep_report(lease, request.POST, given.marks)
    if lease.alternatives_asked and not is_fetch(request):
        plain.ask(request, lease)
    others = fields_of(saved.others, grows=False)
    said = {"version": saved.version, **grower.hold_json(saved.hold), "others": others}
    return said, f"step-{max(given.marks, default=(0, 0))[0]}"


@audience("labelers")
@require_POST
def beat(request: HttpRequest, token: UUID) -> HttpResponse:
    """The page says that the labeler is at work; the answer, how long the solution is still theirs, and how the
    draft stands: without a version it is none any more.
    """
    lease = access.lease_for(request.user, token)
    renewed = labeling.renew(lease=lease, step_ms=times_of(request.POST))
    hold = labeling.Hold(renewed.until, renewed.seconds)
    return JsonResponse(grower.hold_json(hold) | {"version": renewed.version})


@audience("labelers")
@require_POST
def submit(request: HttpRequest, token: UUID) -> HttpResponseBase:
    lease = access.lease_for(request.user, token)
    try:
        submitted = grower.submit(request, lease) if lease.grows else hand_in(request, lease)
    except labeling.LabelingError as error:
        return refuse(request, lease, error)
    return next_solution(request, lease, SURPLUS if submitted.is_surplus else "")


def hand_in(request: HttpRequest, lease: Lease) -> labeling.Submitted:
    draft = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    given = submit_fields(request.POST)
    if given.early_end is None:
        plain.keep_report(lease, request.POST, draft.marks)
    return labeling.submit(lease=lease, **draft._asdict(), **given._asdict())


def next_solution(request: HttpRequest, done: Lease, notice: str) -> HttpResponseBase:
    """The next desk in the answer to a submit, or the page that says what there is to wait for."""
    if page := after_practice(request, done):
        return page
    try:
        lease = labeling.lease_next(labeler=done.labeler, opened=not is_fetch(request))
    except labeling.Halt as halt:
        return halted(request, done.project_slug, halt)
    if page := after_screening(request, done, lease):
        return page
    address = reverse("desk", args=[lease.token]) if lease else reverse("waiting", args=[done.project_slug])
    if not is_fetch(request):
        if notice:
            messages.info(request, notice)
        return redirect(address)
    if lease:
        seconds = 60 * min(lease.minutes, lease.most_minutes)  # from when it is opened, which is at once
        context = desk_context(lease) | {"notice": notice, "seconds": seconds}
        response = render(request, "labeling/_desk.html", context)
    else:
        context = waiting_context(done.labeler, done.project_slug, done.project_name)
        response = render(request, "labeling/_waiting.html", context | {"notice": notice})
    response["HX-Push-Url"] = address
    return response


def refuse(request: HttpRequest, lease: Lease, error: labeling.LabelingError) -> HttpResponseBase:
    """Say why, and leave the page as it is; without scripts, show it again."""
    if is_fetch(request):
        said = grower.refusal_json(request, lease, error) if lease.grows else refusal_json(error)
        return JsonResponse(said, status=409)
    messages.error(request, str(error))
    plain.keep(request, lease, error)
    return plain.again(request, lease, reverse("desk", args=[lease.token]))


def refusal_json(error: labeling.LabelingError) -> dict[str, Any]:
    said: dict[str, Any] = {"code": error.code, "detail": str(error)}
    if isinstance(error, labeling.Conflict):
        said |= {"version": error.version, "theirs": fields_of(error.theirs, grows=False)}
    elif isinstance(error, labeling.WrongRating):
        said["refused"] = list(fields_of(dict.fromkeys(error.spots, labeling.Mark(None)), grows=False))
    return said
