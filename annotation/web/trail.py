"""Who did what in a project, the latest first."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotation import access, audit
from annotation.web.audience import audience
from annotation.web.pages import number_of, render_project

PAGE = 100


@audience("managers")
@require_safe
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """A page at a time, from one entry back."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    before = number_of(request, "before")
    rows = audit.of_project(project, before=before, limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first": before is None,
    }
    return render_project(request, "manage/trail.html", project, context)
