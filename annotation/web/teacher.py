"""What managers set before labelers: the instructions, gold, practice and screening."""

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, audit
from annotation.learning import course, gold, guidelines, standing, watching
from annotation.models import Annotation, Completion, Project, Solution, Stage, Verdict
from annotation.web.audience import audience
from annotation.web.forms import (
    DecisionForm,
    GoldFromForm,
    GuidelineForm,
    RulesForm,
    parse_gold,
    parse_ids,
    save_changes,
)
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
    versions = guidelines.versions_of(project)
    two = [get_object_or_404(versions, version=version), *versions.filter(version=version - 1)]
    before = two[1] if len(two) == 2 else None
    context = {
        "guideline": two[0],
        "before": before,
        "differences": guidelines.differences(before.text, two[0].text) if before else [],
    }
    return render_project(request, "manage/version.html", project, context)


@audience("managers")
@require_http_methods(WITH_FORM)
def gold_of_solution(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Write what is accepted, step by step."""
    solution = access.managed_solution_for(request.user, slug, pk)
    if request.method == "POST":
        try:
            write_gold(request, solution)
        except ValidationError as error:
            return gold_page(request, solution, error.messages)
        messages.success(request, "Gold saved." if "remove" not in request.POST else "Gold removed.")
        return redirect("gold-solution", slug, pk)
    return gold_page(request, solution, [])


def write_gold(request: HttpRequest, solution: Solution) -> None:
    actor = access.signed_in(request.user)
    if "remove" in request.POST:
        gold.remove(actor=actor, solution=solution)
    else:
        gold.write(actor=actor, solution=solution, judgements=parse_gold(request.POST))


def gold_page(request: HttpRequest, solution: Solution, errors: list[str]) -> HttpResponse:
    judged = gold.judgements_of(solution)
    completions = Completion.objects.filter(solution=solution).order_by("step", "index")
    context = {
        "solution": solution,
        "errors": errors,
        "has_gold": bool(judged),
        "rows": [(one, judged.get((one.step, one.index))) for one in completions],
    }
    return render_project(request, "manage/gold_solution.html", solution.project, context, 400 if errors else 200)


@audience("managers")
@require_POST
def gold_from(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Take an annotation of this solution as gold."""
    solution = access.managed_solution_for(request.user, slug, pk)
    form = GoldFromForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    submitted = Annotation.objects.filter(solution=solution, submitted_at__isnull=False).select_related("solution")
    annotation = get_object_or_404(submitted, pk=form.cleaned_data["annotation"])
    try:
        gold.make_from(
            actor=access.signed_in(request.user), annotation=annotation, as_well=form.cleaned_data["as_well"]
        )
    except ValidationError as error:
        return gold_page(request, solution, error.messages)
    messages.success(
        request, "This annotation is gold now. Widen what is accepted where others may be right, too."
    )
    return redirect("gold-solution", slug, pk)


@audience("managers")
@require_http_methods(WITH_FORM)
def gold_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All gold of a project, and which of it is for practice and for the screening."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    errors: list[str] = []
    if request.method == "POST":
        try:
            choose(request, project)
        except ValidationError as error:
            errors = error.messages
        else:
            return redirect("gold", slug)
    return gold_list_page(request, project, RulesForm(instance=project), errors)


def choose(request: HttpRequest, project: Project) -> None:
    course.choose(
        actor=access.signed_in(request.user),
        project=project,
        practice=parse_ids(request.POST.getlist("practice")),
        screening=parse_ids(request.POST.getlist("screening")),
    )
    messages.success(request, "Practice and screening saved.")


def gold_list_page(request: HttpRequest, project: Project, form: RulesForm, errors: list[str]) -> HttpResponse:
    chosen = {stage: set(course.items_of(project, stage).values_list("gold_id", flat=True)) for stage in Stage}
    context = {
        "form": form,
        "errors": errors,
        "rows": gold.of_project(project).prefetch_related("steps"),
        "practice": chosen[Stage.PRACTICE],
        "screening": chosen[Stage.SCREENING],
        "is_screening": course.is_screening(project),
    }
    return render_project(request, "manage/gold.html", project, context, 400 if errors or form.errors else 200)


@audience("managers")
@require_POST
def screening_rules(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    form = RulesForm(request.POST, instance=project)
    if not form.is_valid():
        return gold_list_page(request, access.project_for(request.user, slug, access.MANAGERS), form, [])
    with transaction.atomic():
        save_changes(form)
        actor, fields = access.signed_in(request.user), form.changed_data
        audit.record(actor, "change screening", project, project=project, fields=fields)
    messages.success(request, "Rules saved.")
    return redirect("gold", slug)


@audience("managers")
@require_POST
def dismiss(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Take a flag down."""
    flag = access.flag_for(request.user, slug, pk)
    watching.dismiss(actor=access.signed_in(request.user), flag=flag)
    messages.success(request, "The flag is down.")
    return redirect("people", slug)


@audience("managers")
@require_POST
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Let a labeler in, turn them down, or give them another try, with a reason."""
    labeler = access.membership_for(request.user, slug, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        verdict = Verdict(form.cleaned_data["verdict"])
        actor = access.signed_in(request.user)
        standing.decide(actor=actor, labeler=labeler, verdict=verdict, reason=form.cleaned_data["reason"])
        messages.success(request, f"{labeler.user}: {verdict.label}.")
    else:
        messages.error(request, "Say why; the reason is kept.")
    return redirect("people", slug)
