"""What labelers read and see of themselves: instructions, feedback on practice, where they stand."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation import access
from annotation.learning import guidelines
from annotation.models import Guideline, Membership
from annotation.web.audience import audience
from annotation.web.forms import AcknowledgeForm
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
