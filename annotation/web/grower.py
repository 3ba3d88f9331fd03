"""The desk for a solution that grows, in the browser: what differs from `labeler`, which calls this."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from annotation import labeling
from annotation.labeling import GrownStep, Growth, Hold, Submitted
from annotation.labeling.growth import Path
from annotation.models import Lease
from annotation.web.audience import is_fetch
from annotation.web.desk_forms import fields_of, grow_fields, save_fields, submit_fields


@dataclass(frozen=True)
class StepOfPage:
    """A step as the page shows it."""

    step: GrownStep
    ms: str
    """Time at work on it so far, in milliseconds."""


def context_of(lease: Lease) -> dict[str, object]:
    desk = labeling.growing_desk_of(lease)
    steps = steps_of(lease, desk.growing)
    return {
        "desk": desk,
        "lease": desk.lease,
        "project": lease.project_name,
        "grown": steps,
        **path_of(desk.growing),
    }


def steps_of(lease: Lease, growth: Growth) -> list[StepOfPage]:
    times = dict(enumerate(lease.step_ms))
    return [StepOfPage(step, str(times.get(step.index, 0))) for step in growth.steps]


def path_of(growth: Growth) -> dict[str, str]:
    """The way so far, and how the solution ends: "open" while it does not."""
    return {"path": ",".join(map(str, growth.path)), "reason": growth.finish_reason or "open"}


def save(request: HttpRequest, lease: Lease) -> HttpResponseBase:
    given = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    turns, path = grow_fields(request.POST)
    saved = labeling.grow(lease=lease, **given._asdict(), turns=turns)
    if is_fetch(request):
        said = {"version": saved.version, **hold_json(saved.hold), "others": fields_of(saved.others, grows=True)}
        return JsonResponse(said | growth_json(lease, saved.growth, path))
    messages.success(request, "Saved.")
    return redirect(f"{reverse('desk', args=[lease.token])}#at-{saved.growth.last.index}")


def submit(request: HttpRequest, lease: Lease) -> Submitted:
    draft = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    turns, _ = grow_fields(request.POST)
    given = submit_fields(request.POST)
    return labeling.hand_in(
        lease=lease,
        **draft._asdict(),
        turns=turns,
        key=given.key,
        early_end=given.early_end,
        explanation=given.explanation,
    )


def refusal_json(request: HttpRequest, lease: Lease, error: labeling.LabelingError) -> dict[str, Any]:
    """Why, and where the solution really is."""
    said: dict[str, Any] = {"code": error.code, "detail": str(error)}
    if isinstance(error, labeling.Conflict):
        said |= {"version": error.version, "theirs": fields_of(error.theirs, grows=True)}
    elif isinstance(error, labeling.OtherWay | labeling.WrongChoice):
        version = error.version if isinstance(error, labeling.OtherWay) else lease.version
        growth = labeling.growing_desk_of(lease).growing
        said |= {"version": version, **growth_json(lease, growth, grow_fields(request.POST).path)}
    return said


def growth_json(lease: Lease, growth: Growth, known: Path) -> dict[str, Any]:
    """The way so far; and, where the page knows another one, its steps `since` they part, as HTML."""
    if growth.path == known:
        return path_of(growth)
    since = next((i for i, ways in enumerate(zip(growth.path, known, strict=False)) if ways[0] != ways[1]), None)
    since = (min(len(growth.path), len(known)) if since is None else since) + 1
    context = {"lease": lease, "grown": steps_of(lease, growth)[since:]}
    return {**path_of(growth), "since": since, "html": render_to_string("labeling/_grown_steps.html", context)}


def hold_json(hold: Hold) -> dict[str, object]:
    return {"until": hold.until, "seconds": round(hold.seconds)}
