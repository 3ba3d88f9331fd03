"""Whether this process lives and can work, and the page for a refused form."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation import access, outage
from annotation.web.audience import audience

log = logging.getLogger(__name__)

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@audience("anyone")
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@audience("anyone")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers and keeps what it has acknowledged."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(name) FROM unnest(%s::text[]) AS name", [list(DURABLE)])
            values = [value for (value,) in cursor.fetchall()]
    except DatabaseError as error:
        log.warning("the database does not answer: %s", outage.why(error))
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if "off" in values:
        wrong = DURABLE[values.index("off")]
        return HttpResponse(f"PostgreSQL runs with {wrong}=off\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@audience("signed-in")
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Where somebody who just signed in most likely wants to go."""
    if access.projects_for(request.user, access.VIEWERS).exists():
        return redirect("projects")
    return redirect("label")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
