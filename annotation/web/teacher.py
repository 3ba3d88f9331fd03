"""What managers set before labelers: the instructions, gold, practice and screening."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from annotation import access
from annotation.learning import guidelines
from annotation.web.audience import audience
from annotation.web.forms import GuidelineForm
from annotation.web.pages import render_project

WITH_FORM = ["GET", "HEAD", "POST"]


@audience("managers")
@require_http_methods(WITH_FORM)
def instructions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Write the next version, look at it, publish it."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    latest = guidelines.in_force(project)
    form = GuidelineForm(request.POST or None, initial={"text": latest.text if latest else ""})
    is_previewed = request.method == "POST" and form.is_valid()
    if is_previewed and "preview" not in request.POST:
        made = guidelines.publish(actor=access.signed_in(request.user), project=project, **form.cleaned_data)
        messages.success(request, f"Version {made.version} is in force.")
        return redirect("instructions", slug)
    context = {
        "form": form,
        "latest": latest,
        "preview": form.cleaned_data["text"] if is_previewed else None,
        "versions": guidelines.versions_of(project),
    }
    return render_project(request, "manage/instructions.html", project, context)


@audience("viewers")
@require_safe
def instructions_version(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """One version, and what it changed."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    two = list(guidelines.versions_of(project).filter(version__in=(version, version - 1)))
    if not two or two[0].version != version:
        raise Http404
    before = two[1] if len(two) == 2 else None
    context = {
        "guideline": two[0],
        "before": before,
        "differences": guidelines.differences(before.text, two[0].text) if before else [],
    }
    return render_project(request, "manage/version.html", project, context)
