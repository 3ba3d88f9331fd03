"""What a model writes while the labeler is at the desk: the page asks for it until it is there."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from annotation import access, labeling, tasks
from annotation.models import Lease
from annotation.web import grower
from annotation.web.audience import audience


@audience("labelers")
@require_POST
def ask(request: HttpRequest, token: UUID) -> HttpResponse:
    """What has come of what was asked for; asks, where nobody has."""
    lease = access.lease_for(request.user, token)
    said = grower.ask(request, lease) if lease.grows else alternatives(lease)
    if said["waits"]:
        tasks.nudge_writer()
    return JsonResponse(said)


def alternatives(lease: Lease) -> dict[str, Any]:
    """Whether alternatives for the first error may still come, and those that are there as HTML."""
    desk = labeling.asking_desk_of(lease)
    error = next((step for step in desk.steps if step.is_first_error), None)
    html = render_to_string("labeling/_alternatives.html", {"desk": desk, "step": error}) if error else ""
    return {"waits": desk.waits, "step": error.index if error else None, "html": html}
