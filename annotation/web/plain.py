"""The desk's forms as they come without its scripts: whatever is wrong with one, nothing in it is lost."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from annotation import access, labeling, tasks
from annotation.labeling import Amendment, Marks
from annotation.models import Lease
from annotation.web.desk_forms import Unkept, amendment_of, grow_fields, save_fields, text_of, texts_of
from annotation.web.desk_page import desk_page

NO_ERROR = "What you say about the error is kept once a step is rated negative; it is still in the form."


def keep_report(lease: Lease, post: QueryDict, marks: Marks) -> None:
    """Keep what the form says of the first error, if there is one with these marks.

    Raises `WrongReport` and `AlreadySubmitted`.
    """
    if not lease.asks_report:
        return
    amendment = amendment_of(post)
    step = labeling.error_of(lease, marks)
    if step is not None and (amendment or labeling.kept_report(lease)):
        labeling.amend_report(lease=lease, step=step, amendment=amendment)


def ask(request: HttpRequest, lease: Lease) -> None:
    """Have alternatives for a first error written, where there are none; a page with scripts asks by itself."""
    if labeling.asking_desk_of(lease).waits:
        tasks.nudge_writer()
        messages.info(request, "A model writes alternatives for that step; save again in a moment to see them.")


def keep(request: HttpRequest, lease: Lease, error: labeling.LabelingError) -> None:
    """Keep what can be kept of a form that was refused."""
    draft = save_fields(request.POST, allows_unsure=lease.allows_unsure)
    draft = draft._replace(marks={spot: mark for spot, mark in draft.marks.items() if spot not in against(error)})
    if lease.grows:
        for turns in (grow_fields(request.POST).turns, {}):
            with suppress(labeling.LabelingError):
                labeling.grow(lease=lease, **draft._asdict(), turns=turns)
                return
        return
    with suppress(labeling.LabelingError):
        labeling.save(lease=lease, **draft._asdict())
    with suppress(labeling.LabelingError):
        keep_report(lease, request.POST, {})


def against(error: labeling.LabelingError) -> set[labeling.Spot]:
    """The spots that the refusal is about."""
    if isinstance(error, labeling.Conflict):
        return set(error.theirs)
    return set(error.spots) if isinstance(error, labeling.NotOffered) else set()


def again(request: HttpRequest, lease: Lease, address: str) -> HttpResponseBase:
    """The desk at that address; at once, where the form has something in it that has no other place yet."""
    lease = access.lease_for(request.user, lease.token)
    unkept = unkept_of(lease, request.POST)
    if lease.submitted_at is not None or not unkept:
        return redirect(address)
    if unkept.amendment:
        messages.warning(request, NO_ERROR)
    return desk_page(request, lease, unkept)


def unkept_of(lease: Lease, post: QueryDict) -> Unkept:
    explanation = text_of(post, "explanation")
    if lease.grows:
        growth = labeling.growing_desk_of(lease).growing
        kept = {step.index: step.own_text for step in growth.steps}
        texts = {step: text for step, text in texts_of(post).items() if text != kept.get(step)}
        return Unkept(explanation, texts)
    amendment = amendment_of(post) if lease.asks_report else Amendment()
    has_home = not amendment.has_content or labeling.error_of(lease, {}) is not None
    return Unkept(explanation, amendment=Amendment() if has_home else amendment)
