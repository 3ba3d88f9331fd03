"""What the desk shows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annotation import labeling
from annotation.labeling import Amendment
from annotation.learning import beside
from annotation.models import Lease, Progress
from annotation.web import grower
from annotation.web.desk_forms import Unkept

DESK_MODULES = [
    f"desk/{name}.js"
    for name in ("clock", "growing", "http", "journal", "keys", "page", "rating", "report", "saver", "turning")
]
"""What `desk/main.js` imports, so that the page can ask for all of it at once."""


def desk_page(request: HttpRequest, lease: Lease, unkept: Unkept | None = None) -> HttpResponse:
    context = desk_context(lease, unkept) | {"desk_modules": DESK_MODULES}
    return render(request, "labeling/desk.html", context)


def desk_context(lease: Lease, unkept: Unkept | None = None) -> dict[str, object]:
    """`unkept` is what a form had in it that is not on the server, for which the form keeps it."""
    unkept = unkept or Unkept()
    said = {"lease": lease, "beside": beside(lease), "explanation": unkept.explanation}
    if lease.grows:
        return grower.context_of(lease, unkept.texts) | said
    desk = labeling.desk_of(lease)
    context: dict[str, object] = {"desk": desk, "project": lease.project_name, **said}
    return context if desk.asks is None else context | report_context(lease, desk.asks, unkept.amendment)


def report_context(lease: Lease, asks: labeling.Asked, unkept: Amendment) -> dict[str, object]:
    report = labeling.kept_report(lease)
    critiques = [
        [one._replace(rating=unkept.ratings.get((one.step, one.position), one.rating)) for one in group]
        for group in labeling.given_critiques(asks, report)
    ]
    if unkept:
        report = unkept.of(report.step if report else 0, report)
    return {"asks": asks, "report": report, "critiques": critiques, "progress": Progress.choices}
