"""Whether labelers agree: the figures of a slice of a project's labels, as a page and as a table."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from annotation import access
from annotation.agreement import board, tables
from annotation.agreement.contested import Contested, most_contested
from annotation.agreement.figures import Figure
from annotation.agreement.labels import Labels
from annotation.agreement.people import Profile, profiles
from annotation.agreement.tables import KINDS, Slice
from annotation.models import Annotation, Completion, Guideline, Membership, Problem, Project, Task
from annotation.web.audience import audience
from annotation.web.pages import render_project

MOST_CHOICES = 100
SHOWN = 10
DOWNLOADED = 1_000
"""Contested steps."""


class SliceForm(forms.Form):
    """Which labels are looked at; each of its states has an address."""

    generation = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(required=False)
    labeler = forms.ModelChoiceField(Membership.objects.none(), required=False, to_field_name="pseudonym")
    subject = forms.ChoiceField(required=False)
    level = forms.ChoiceField(required=False)
    guideline = forms.TypedChoiceField(label="Instructions", coerce=int, empty_value=None, required=False)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Until and with", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        tasks = Task.objects.filter(project=project, generation__isnull=False)
        problems = Problem.objects.filter(project=project)
        versions = Guideline.objects.filter(project=project).order_by("version")
        for name, values in (
            ("generation", tasks.values_list("generation", flat=True).distinct().order_by("generation")),
            ("kind", KINDS),
            ("subject", some_of(problems, "subject")),
            ("level", some_of(problems, "level")),
            ("guideline", versions.values_list("version", flat=True)),
        ):
            chosen = [("", "all"), *((value, value) for value in values)]
            self.fields[name].choices = chosen  # type: ignore[attr-defined]
        said = Annotation.objects.filter(labeler=OuterRef("pk"), submitted_at__isnull=False)
        labelers = Membership.objects.filter(Exists(said), project=project).order_by("pseudonym")
        self.fields["labeler"].queryset = labelers  # type: ignore[attr-defined]
        self.fields["labeler"].empty_label = "all"  # type: ignore[attr-defined]
        self.fields["labeler"].label_from_instance = lambda one: str(one.pseudonym)[:8]  # type: ignore[attr-defined]

    def slice(self) -> Slice:
        given = self.cleaned_data
        labeler, until = given["labeler"], given["until"]
        return Slice(
            project=self.project.pk,
            generation=given["generation"],
            labeler=labeler.pk if labeler else None,
            subject=given["subject"] or None,
            level=given["level"] or None,
            guideline=given["guideline"],
            kind=given["kind"] or None,
            since=midnight(given["since"]),
            until=midnight(until and until + timedelta(days=1)),
        )


def some_of(problems: Any, name: str) -> Any:
    found = problems.filter(**{f"{name}__isnull": False}).values_list(name, flat=True)
    return found.distinct().order_by(name)[:MOST_CHOICES]


def midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


@audience("viewers")
@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = SliceForm(request.GET, project=project)
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode()}
    if form.is_valid():
        labels = tables.labels(form.slice())
        context |= {
            "annotations": len(labels.annotations),
            "labels": len(labels.of),
            "lines": board.lines(labels),
            "generations": board.by_generation(labels),
            "contested": with_texts(most_contested(labels, SHOWN)),
            "profiles": with_names(profiles(labels)),
        }
    return render_project(request, "research/agreement.html", project, context, 200 if form.is_valid() else 400)


def with_texts(found: list[Contested]) -> list[tuple[Contested, str]]:
    solutions = Completion.objects.filter(solution__in={one.solution for one in found})
    texts = {(c.solution_id, c.step, c.index): c.text for c in solutions}
    return [(one, texts[one.solution, one.step, one.completion]) for one in found]


def with_names(found: list[Profile]) -> list[tuple[Any, Profile]]:
    names = dict(Membership.objects.filter(pk__in=[one.labeler for one in found]).values_list("pk", "pseudonym"))
    return [(names[one.labeler], one) for one in found]


Rows = Iterator[Sequence[Any]]
FIGURE = ("value", "low", "high", "n", "undefined_because")


def table_of_figures(labels: Labels) -> Rows:
    yield "figure", *FIGURE, "n_counts"
    for name, figure, of in board.lines(labels):
        yield name, *cells(figure), of


def table_of_labelers(labels: Labels) -> Rows:
    figures = ("severity", "agreement", "negative", "neutral")
    yield "labeler", "annotations", *(f"{name}_{part}" for name in figures for part in FIGURE)
    for name, profile in with_names(profiles(labels)):
        parts = (cell for figure in figures for cell in cells(getattr(profile, figure)))
        yield name, profile.annotations, *parts


def table_of_steps(labels: Labels) -> Rows:
    yield (*Contested._fields, "text")
    for one, text in with_texts(most_contested(labels, DOWNLOADED)):
        yield *one, text


def cells(figure: Figure) -> tuple[Any, ...]:
    return figure.value, figure.low, figure.high, figure.n, figure.because


TABLES = {"figures": table_of_figures, "labelers": table_of_labelers, "steps": table_of_steps}


@audience("viewers")
@require_safe
def agreement_table(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same figures as comma-separated values, to all their digits."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    if name not in TABLES:
        raise Http404
    form = SliceForm(request.GET, project=project)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{project.slug}.csv"'
    csv.writer(response).writerows(TABLES[name](tables.labels(form.slice())))
    return response
