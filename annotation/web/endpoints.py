"""Model endpoints of a project: registered, changed, tried out, asked for scores."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, writing
from annotation import endpoints as registry
from annotation.endpoints.examples import example_of
from annotation.endpoints.registry import protocols
from annotation.models import Endpoint
from annotation.scoring import scores
from annotation.serving.trying import Trial, try_generator, try_scorer
from annotation.web.audience import audience
from annotation.web.endpoint_forms import EndpointForm
from annotation.web.pages import render_project
from annotation.web.runner import begun
from annotation.web.sampling import GrowingForm

SUGGESTED_SECONDS = {Endpoint.Role.SCORER: 30.0, Endpoint.Role.GENERATOR: 120.0}
TRIAL_SECONDS = 20.0
"""A person waits for it."""
ONE_AT_A_TIME = threading.Lock()
"""A trial holds a thread of the web server; the others of the process are for people at work."""


@audience("managers")
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.MANAGERS)
    context = {
        "endpoints": project.endpoints.order_by("role", "name"),
        "roles": [(role, protocols(role)) for role in Endpoint.Role.values],
    }
    return render_project(request, "manage/endpoints.html", project, context)


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, role: str, protocol: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    if role not in Endpoint.Role.values or protocol not in protocols(role):
        raise Http404
    seconds = SUGGESTED_SECONDS[Endpoint.Role(role)]
    return edited(request, Endpoint(project=project, role=role, protocol=protocol, seconds=seconds))


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    return edited(request, access.endpoint_for(request.user, slug, pk))


def edited(request: HttpRequest, row: Endpoint) -> HttpResponseBase:
    form = EndpointForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and form.is_valid():
        try:
            kept = save(request, form)
        except registry.BadEndpoint as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{kept.name} is saved.")
            if "try" not in request.POST:
                return redirect("endpoint", kept.project.slug, kept.pk)
            return tried(request, kept)
    return shown(request, form, None)


def tried(request: HttpRequest, row: Endpoint) -> HttpResponse:
    """The page with what came of a trial; a key that cannot be read any more is said, not sent."""
    trial = None
    if ONE_AT_A_TIME.acquire(blocking=False):
        try:
            trial = trial_of(row)
        except registry.UnreadableKey as error:
            messages.error(request, str(error))
        finally:
            ONE_AT_A_TIME.release()
    else:
        messages.error(request, "Another connection is being tested just now; test this one again in a moment.")
    return shown(request, EndpointForm(instance=row), trial)


def save(request: HttpRequest, form: EndpointForm) -> Endpoint:
    actor, row = access.signed_in(request.user), form.instance
    if row.pk is None:
        return registry.register(endpoint=row, actor=actor, key=form.cleaned_data["key"])
    return registry.change(endpoint=row, actor=actor, key=form.key_given)


def shown(request: HttpRequest, form: EndpointForm, trial: Trial | None) -> HttpResponse:
    row: Endpoint = form.instance
    context: dict[str, Any] = {
        "form": form,
        "endpoint": row,
        "protocol": protocols(row.role)[row.protocol],
        "trial": trial,
        "can_go": row.pk is not None and not registry.is_used(row),
    }
    if row.pk is not None and row.pk == row.project.writer_id:
        context |= {"growing": GrowingForm(), "at_desk": writing.figures_of(row.project)}
    status = 400 if form.errors else 200
    return render_project(request, "manage/endpoint.html", row.project, context, status)


def trial_of(row: Endpoint) -> Trial:
    """What came of a call with a solution of the project."""
    called = registry.called(row)
    brief = replace(called, seconds=min(called.seconds, TRIAL_SECONDS))
    problem, steps = example_of(row.project)
    if row.role == Endpoint.Role.SCORER:
        return asyncio.run(try_scorer(brief, problem, steps))
    return asyncio.run(try_generator(brief, problem))


@audience("managers")
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    row = access.endpoint_for(request.user, slug, pk)
    try:
        registry.remove(endpoint=row, actor=access.signed_in(request.user))
    except registry.BadEndpoint as error:
        messages.error(request, str(error))
        return redirect("endpoint", slug, pk)
    messages.success(request, f"{row.name} is removed.")
    return redirect("endpoints", slug)


@audience("managers")
@require_POST
def score(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    row = access.endpoint_for(request.user, slug, pk)
    if row.role != Endpoint.Role.SCORER:
        raise Http404
    actor = access.signed_in(request.user)
    scorer = registry.scorer_of(row, actor)
    return begun(scores.start(project=row.project, actor=actor, scorer=scorer))
