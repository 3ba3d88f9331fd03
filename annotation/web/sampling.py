"""Sampling from a generator: what is asked for, and the run that asks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from annotation import access, runs, sampling, tasks, writing
from annotation.models import PARTS, Endpoint, Run
from annotation.sampling.plan import MOST_PROBLEMS, MOST_SEED, MOST_STOPS, MOST_TEMPERATURE, MOST_TOKENS
from annotation.serving.generators import MOST_SAMPLES
from annotation.web.audience import audience
from annotation.web.forms import LinesField
from annotation.web.pages import render_project
from annotation.web.runner import begun


class SamplingForm(forms.Form):
    n = forms.IntegerField(label="Solutions of each problem", min_value=1, max_value=PARTS, initial=8)
    per_request = forms.IntegerField(
        label="In one request",
        min_value=1,
        max_value=MOST_SAMPLES,
        initial=8,
        help_text="All of them must be written within the endpoint's deadline.",
    )
    temperature = forms.FloatField(label="Temperature", min_value=0, max_value=MOST_TEMPERATURE, initial=1.0)
    max_tokens = forms.IntegerField(
        label="Tokens at most",
        min_value=1,
        max_value=MOST_TOKENS,
        initial=1024,
        help_text="Solutions that come no further than this are left out, and counted.",
    )
    seed = forms.IntegerField(
        label="Seed",
        required=False,
        min_value=0,
        max_value=MOST_SEED,
        help_text="Sample i of a problem gets the seed plus i. Empty: the server has its own.",
    )
    problems = forms.IntegerField(
        label="Problems at most",
        required=False,
        min_value=1,
        max_value=MOST_PROBLEMS,
        help_text="Drawn by the seed. Empty: all.",
    )
    stop = LinesField(
        forms.CharField(max_length=100),
        label="Stop at",
        required=False,
        max_length=MOST_STOPS,
        help_text="Texts at which the server stops writing, one a line.",
    )
    only_new = forms.BooleanField(
        label="Only problems that have no solution by this model",
        required=False,
    )

    def plan(self) -> sampling.Plan:
        """Of a valid form."""
        given: dict[str, Any] = self.cleaned_data
        return sampling.Plan(**{**given, "stop": tuple(given["stop"])})


class GrowingForm(forms.Form):
    problems = forms.IntegerField(
        label="Problems at most",
        required=False,
        min_value=1,
        max_value=MOST_PROBLEMS,
        initial=100,
        help_text="Empty: all.",
    )
    seed = forms.IntegerField(label="Seed", initial=0, min_value=0, max_value=MOST_SEED)


@audience("managers")
@require_POST
def grow(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Queue problems whose solutions labelers grow together with the project's generator."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    form = GrowingForm(request.POST)
    if not form.is_valid():
        raise BadRequest("problems and seed take numbers")
    try:
        begun_ones = writing.begin(project=project, actor=access.signed_in(request.user), **form.cleaned_data)
    except writing.NoWriter:
        messages.error(request, "First choose in the settings which generator is asked while people label.")
        return redirect("settings", slug)
    tasks.nudge_writer()
    messages.success(request, f"{begun_ones} problems are in the queue; their first steps are being written.")
    return redirect("overview", slug)


@audience("managers")
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    endpoint = access.endpoint_for(request.user, slug, pk)
    if endpoint.role != Endpoint.Role.GENERATOR:
        raise Http404
    form = SamplingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actor = access.signed_in(request.user)
        return begun(sampling.start(endpoint=endpoint, actor=actor, plan=form.plan()))
    return shown(request, endpoint, form)


def shown(request: HttpRequest, endpoint: Endpoint, form: SamplingForm) -> HttpResponse:
    context = {
        "form": form,
        "endpoint": endpoint,
        "problems": endpoint.project.problems.values("statement").distinct().count(),
        "runs": runs.latest(endpoint, Run.Kind.SAMPLE),
    }
    return render_project(request, "manage/sample.html", endpoint.project, context, 400 if form.errors else 200)
