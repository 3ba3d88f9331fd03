"""What all pages of one project share."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotation import access
from annotation.models import Project


def after_of(request: HttpRequest) -> int:
    """From which row on a list is to be shown: after this solution. Raises `BadRequest`."""
    after = request.GET.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise BadRequest("after takes the number of a solution")
    return int(after)


def render_project(
    request: HttpRequest, template: str, project: Project, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the project, with the tabs that this person may open."""
    manages = access.projects_for(request.user, access.MANAGERS).filter(pk=project.pk).exists()
    return render(request, template, {**context, "project": project, "manages": manages}, status=status)
