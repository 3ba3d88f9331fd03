"""What all pages of one project share."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from annotation import access
from annotation.models import Project


def after_of(request: HttpRequest) -> int:
    """From which row on a list is to be shown: after this solution. Raises `BadRequest`."""
    return number_of(request, "after") or 0


def number_of(request: HttpRequest, name: str) -> int | None:
    """A row's number in the address; None when it is not there. Raises `BadRequest`."""
    given = request.GET.get(name)
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise BadRequest(f"{name} takes a number")
    return int(given)


def render_project(
    request: HttpRequest, template: str, project: Project, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the project, with the tabs that this person may open."""
    shared = {"project": project, "manages": manages(request, project)}
    return render(request, template, {**context, **shared}, status=status)


def manages(request: HttpRequest, project: Project) -> bool:
    return access.projects_for(request.user, access.MANAGERS).filter(pk=project.pk).exists()


def within_site(address: str) -> str | None:
    """An address that a page was given to go on to, if it is one of this site."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else None
