"""What labelers read and see of themselves: instructions, feedback on practice, where they stand."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, labeling
from annotation.learning import course, guidelines, watching
from annotation.learning.feedback import feedback_on
from annotation.learning.progress import progress_of
from annotation.learning.standing import standing_of
from annotation.models import Guideline, Membership, Stage
from annotation.web.audience import audience
from annotation.web.forms import AcknowledgeForm, ReplyForm
from annotation.web.onward import onward


@audience("labelers")
@require_http_methods(["GET", "HEAD", "POST"])
def guideline(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The instructions in force. Whoever has not read them yet says here that they have, and goes on.

    What was read counts only if it is still in force; otherwise the newer version is shown.
    """
    labeler = access.labeler_for(request.user, slug)
    latest = guidelines.in_force(labeler.project)
    if latest is None:
        return redirect("label")
    form = AcknowledgeForm(request.POST)
    if form.is_valid() and form.cleaned_data["version"] == latest.version:
        guidelines.acknowledge(labeler=labeler, guideline=latest)
        return onward(request, labeler)
    return render(request, "labeling/guideline.html", guideline_context(labeler, latest))


def guideline_context(labeler: Membership, latest: Guideline) -> dict[str, object]:
    """Somebody's first time is without what changed."""
    read = guidelines.last_read(labeler)
    before = read if read != latest else None
    return {
        "project": labeler.project,
        "guideline": latest,
        "is_new": read != latest,
        "changes": guidelines.changes_since(labeler, latest),
        "differences": guidelines.differences(before.text, latest.text) if before else [],
    }


@audience("labelers")
@require_safe
def feedback(request: HttpRequest, token: UUID) -> HttpResponse:
    """After a practice solution: what was expected of each step."""
    annotation = access.practised_for(access.signed_in(request.user), token)
    context = {
        "annotation": annotation,
        "project": annotation.labeler.project,
        "steps": feedback_on(annotation),
        "standing": standing_of(annotation.labeler),
    }
    return render(request, "labeling/feedback.html", context)


@audience("labelers")
@require_safe
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """How far this labeler has come, and what is next."""
    labeler = access.labeler_for(request.user, slug)
    context = {"project": labeler.project, "standing": standing_of(labeler)}
    return render(request, "labeling/standing.html", context)


@audience("labelers")
@require_POST
def reply(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What a paused labeler says to it."""
    labeler = access.labeler_for(request.user, slug)
    form = ReplyForm(request.POST)
    try:
        watching.reply(labeler=labeler, text=form.cleaned_data["text"] if form.is_valid() else "")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Your reply is with the managers of this project.")
    return redirect("standing", slug)


@audience("labelers")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """A labeler's own figures, one section a project."""
    rows = [
        {
            "project": labeler.project,
            "progress": progress_of(labeler),
            "standing": standing_of(labeler),
            "guideline": guidelines.in_force(labeler.project),
            "practises": course.items_of(labeler.project, Stage.PRACTICE).exists(),
        }
        for labeler in access.labelers_for(request.user)
    ]
    return render(request, "labeling/me.html", {"rows": rows})


@audience("labelers")
@require_POST
def practise_again(request: HttpRequest, slug: str) -> HttpResponseBase:
    labeler = access.labeler_for(request.user, slug)
    labeling.practise_again(labeler=labeler.pk)
    return onward(request, labeler)
