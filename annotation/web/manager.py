"""Running a project: load, people, settings, export."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import access, audit, exporting, importing, overlap, overview, people, projects, tasks
from annotation.learning import standing, watching
from annotation.models import Membership, Project, Role, Verdict
from annotation.web.audience import audience
from annotation.web.forms import LoadForm, MemberForm, ProjectForm, ProjectSettingsForm, RolesForm, save_changes
from annotation.web.pages import render_project

WITH_FORM = ["GET", "HEAD", "POST"]


@audience("staff")
@require_http_methods(WITH_FORM)
def new_project(request: HttpRequest) -> HttpResponseBase:
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = projects.create(actor=access.signed_in(request.user), project=form.save(commit=False))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("load", project.slug)
    return render(request, "manage/new_project.html", {"form": form})


@audience("managers")
@require_http_methods(WITH_FORM)
def project_settings(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    form = ProjectSettingsForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            save_changes(form)
            if not set(overlap.SETTINGS).isdisjoint(form.changed_data):
                overlap.forget(project)
                tasks.nudge_overlap(project.pk)
            audit.record(
                access.signed_in(request.user),
                "change settings",
                project,
                project=project,
                fields=form.changed_data,
            )
        messages.success(request, "Settings saved.")
        return redirect("settings", slug)
    return render_project(request, "manage/settings.html", project, {"form": form})


@audience("managers")
@require_http_methods(WITH_FORM)
def load(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    form = LoadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = importing.receive(
            project=project,
            actor=access.signed_in(request.user),
            file=file,
            name=file.name,
            format=form.cleaned_data["format"],
            size=file.size,
            for_pool=form.cleaned_data["for_pool"],
        )
        tasks.nudge_load(run.pk)
        return redirect("run", slug, run.pk)
    runs = project.load_runs.order_by("-id")[:20]
    status = 400 if form.errors else 200
    return render_project(request, "manage/load.html", project, {"form": form, "runs": runs}, status)


@audience("managers")
@require_safe
def run(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = access.run_for(request.user, slug, pk)
    template = "manage/_run.html" if request.headers.get("HX-Request") else "manage/run.html"
    refusals = found.refusals.order_by("line")[:50]
    return render_project(request, template, found.project, {"run": found, "refusals": refusals})


@audience("managers")
@require_safe
def refusals(request: HttpRequest, slug: str, pk: int) -> StreamingHttpResponse:
    """The refused lines as text, one a line, as the load command prints them."""
    found = access.run_for(request.user, slug, pk)
    rows = (f"{found.name}:{one.line}: {one.field}: {one.reason}\n" for one in found.refusals.order_by("line"))
    response = StreamingHttpResponse(rows, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.txt"'
    return response


@audience("managers")
@require_http_methods(WITH_FORM)
def members(request: HttpRequest, slug: str) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.MANAGERS)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = people.add_member(
            actor=access.signed_in(request.user),
            project=project,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            roles=[Role(role) for role in form.cleaned_data["roles"]],
        )
        messages.success(request, f"{membership.user} is in this project now.")
        return redirect("people", slug)
    return render_project(request, "manage/people.html", project, people_context(project, form))


def people_context(project: Project, form: MemberForm) -> dict[str, object]:
    known = Membership.objects.filter(project=project, user__isnull=False).select_related("user")
    labelers = list(known.filter(is_labeler=True).order_by("user__email"))
    standings, earlier = standing.standings(project, labelers), standing.earlier_decisions(labelers)
    control = watching.rolling(project, [one.pk for one in labelers])
    return {
        "standings": [(one, standings[one.pk], control[one.pk], earlier.get(one.pk, [])) for one in labelers],
        "verdicts": Verdict,
        "flags": list(watching.flags_of(project)),
        "form": form,
        "roles": Role,
        "members": known.order_by("user__email"),
        "past_labelers": Membership.objects.filter(project=project, user=None).count(),
    }


@audience("managers")
@require_POST
def member_roles(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    membership = access.membership_for(request.user, slug, pk)
    form = RolesForm(request.POST)
    if form.is_valid():
        roles = [Role(role) for role in form.cleaned_data["roles"]]
        people.set_roles(actor=access.signed_in(request.user), membership=membership, roles=roles)
        done = (
            f"{membership.user}: {', '.join(roles)}." if roles else f"{membership.user} has no role here any more."
        )
        messages.success(request, done)
    return redirect("people", slug)


@audience("managers")
@require_POST
def member_link(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A sign-in link for a labeler or researcher, to be passed on by hand."""
    membership = access.membership_for(request.user, slug, pk)
    project = membership.project
    secret = people.link_for_member(actor=access.signed_in(request.user), membership=membership)
    context = people_context(project, MemberForm()) | {"link_for": membership, "link_secret": secret}
    return render_project(request, "manage/people.html", project, context)


@audience("managers")
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    project = access.project_for(request.user, slug, access.MANAGERS)
    context = {"counts": overview.of(project), "formats": exporting.ABOUT}
    return render_project(request, "manage/export.html", project, context)


@audience("managers")
@require_POST
def download(request: HttpRequest, slug: str, format: str) -> HttpResponseBase:  # noqa: A002
    """The export, made while it is read."""
    project = access.project_for(request.user, slug, access.MANAGERS)
    if format not in exporting.FORMATS:
        raise Http404
    audit.record(access.signed_in(request.user), "export", project, project=project, format=format)
    name = f"{project.slug}-{format}-{timezone.now():%Y%m%d-%H%M%S}.jsonl"
    return StreamingHttpResponse(
        exporting.FORMATS[format](project),
        content_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
