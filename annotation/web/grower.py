"""The desk for a solution that grows, in the browser: what differs from `labeler`, which calls this."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from annotation import labeling, tasks
from annotation.labeling import GrowingDesk, GrownStep, Growth, Hold, Submitted
from annotation.labeling.continuing import Awaited
from annotation.labeling.growth import Path
from annotation.models import Lease
from annotation.web.desk_forms import fields_of, grow_fields, save_fields, submit_fields


@dataclass(frozen=True)
class StepOfPage:
    """A step as the page shows it."""

    step: GrownStep
    ms: str
    """Time at work on it so far, in milliseconds."""
    own_text: str
    """What the labeler has written for it, used or not."""
    awaited: Awaited | None = None
    """What a generator was asked for, where nothing is offered."""


NO_TEXTS: Mapping[int, str] = {}


def context_of(lease: Lease, texts: Mapping[int, str] = NO_TEXTS) -> dict[str, object]:
    """`texts` are the labeler's own, by step, where they are not what is stored."""
    desk = labeling.growing_desk_of(lease)
    context = {"desk": desk, "project": lease.project_name, **path_of(desk.growing)}
    lost = [f"Step {step + 1}: {text}" for step, text in texts.items() if step >= len(desk.growing.steps)]
    notice = "\n".join(["The solution went another way. You had written:", *lost]) if lost else ""
    return {**context, "grown": steps_of(desk, texts), "notice": notice}


def steps_of(desk: GrowingDesk, texts: Mapping[int, str] = NO_TEXTS) -> list[StepOfPage]:
    times = dict(enumerate(desk.lease.step_ms))
    steps = [
        StepOfPage(step, str(times.get(step.index, 0)), texts.get(step.index, step.own_text))
        for step in desk.growing.steps
    ]
    return [*steps[:-1], replace(steps[-1], awaited=desk.awaited)]


def path_of(growth: Growth) -> dict[str, str]:
    """The way so far, and how the solution ends: "open" while it does not."""
    return {"path": ",".join(map(str, growth.path)), "reason": growth.finish_reason or "open"}


def save(request: HttpRequest, lease: Lease) -> tuple[dict[str, Any], str]:
    """What the page is told, and where in it the labeler is."""
    given = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    turns, path, again = grow_fields(request.POST)
    saved = labeling.grow(lease=lease, **given._asdict(), turns=turns)
    others = fields_of(saved.others, grows=True)
    said = {"version": saved.version, **hold_json(saved.hold), "others": others}
    if saved.is_asked:
        tasks.nudge_writer()
    desk = GrowingDesk(lease, saved.growth, saved.awaited)
    return said | growth_json(desk, path, again), f"at-{saved.growth.last.index}"


def ask(request: HttpRequest, lease: Lease) -> dict[str, Any]:
    """Whether completions for the open step may still come; what has come, or why there is nothing, as HTML."""
    desk = labeling.growing_desk_of(lease)
    again = None if desk.waits else desk.growing.last.index
    return {"waits": desk.waits} | growth_json(desk, grow_fields(request.POST).path, again)


def submit(request: HttpRequest, lease: Lease) -> Submitted:
    draft = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    turns = grow_fields(request.POST).turns
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
        said |= {"version": version, "step": error.step, **now_json(request, lease)}
    elif isinstance(error, labeling.NotOffered):
        refused = fields_of(dict.fromkeys(error.spots, labeling.Mark(None)), grows=True)
        said |= {"refused": list(refused), **now_json(request, lease, error.step)}
    return said


def now_json(request: HttpRequest, lease: Lease, again: int | None = None) -> dict[str, Any]:
    return growth_json(labeling.growing_desk_of(lease), grow_fields(request.POST).path, again)


def growth_json(desk: GrowingDesk, known: Path, again: int | None = None) -> dict[str, Any]:
    """The way so far; and, where the page knows another one, its steps `since` they part, as HTML.

    Also where the page is known to show something else, from the step `again` on.
    """
    growth = desk.growing
    if growth.path == known and again is None:
        return path_of(growth)
    since = next((i for i, ways in enumerate(zip(growth.path, known, strict=False)) if ways[0] != ways[1]), None)
    since = (min(len(growth.path), len(known)) if since is None else since) + 1
    since = since if again is None else min(since, again)
    context = {"lease": desk.lease, "grown": steps_of(desk)[since:]}
    return {**path_of(growth), "since": since, "html": render_to_string("labeling/_grown_steps.html", context)}


def hold_json(hold: Hold) -> dict[str, object]:
    return {"until": hold.until, "seconds": round(hold.seconds)}
