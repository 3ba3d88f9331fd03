"""Who did what in a project, the latest first."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotation import access, audit
from annotation.models import AuditEntry, Membership, Project
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
    members = members_of(project, rows)
    context = {
        "rows": [(one, members.get(one.target, one.target)) for one in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first": before is None,
    }
    return render_project(request, "manage/trail.html", project, context)


def members_of(project: Project, rows: list[AuditEntry]) -> dict[str, str]:
    """By target the people among the targets, as the other pages name them."""
    kind = f"{Membership._meta.model_name} "
    keys = [one.target.removeprefix(kind) for one in rows if one.target.startswith(kind)]
    found = Membership.objects.filter(project=project, pk__in=keys).select_related("user")
    return {f"{kind}{one.pk}": str(one.user or one.pseudonym) for one in found}
