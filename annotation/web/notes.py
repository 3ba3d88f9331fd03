"""What researchers and managers note down."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotation import access, audit
from annotation.models import Comment, Project, SavedFilter
from annotation.web.audience import audience
from annotation.web.forms import CommentForm
from annotation.web.pages import manages, render_project, within_site
from annotation.web.researcher import solution_page
from annotation.web.slices import SliceForm

PAGE = 100
BOARDS = ("overview", "solutions", "agreement", "contested", "first-errors", "labelers", "against-people")


class FilterForm(forms.Form):
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=1_000)
    board = forms.ChoiceField(choices=[(name, name) for name in BOARDS])


@audience("viewers")
@require_POST
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Say something about a solution, or about one of its steps."""
    solution = access.solution_for(request.user, slug, pk)
    form = CommentForm(request.POST, solution=solution)
    if not form.is_valid():
        return solution_page(request, solution, form)
    step = form.cleaned_data["step"]
    Comment.objects.create(
        solution=solution,
        step=step and step - 1,
        author=access.signed_in(request.user),
        text=form.cleaned_data["text"],
    )
    return redirect(f"{reverse('solution', args=[slug, pk])}#comments")


@audience("viewers")
@require_safe
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """What was said last, wherever."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    found = Comment.objects.filter(solution__project=project).select_related("author", "solution__problem")
    return render_project(request, "boards/comments.html", project, {"comments": found.order_by("-pk")[:PAGE]})


@audience("viewers")
@require_POST
def save_filter(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Keep a filter under a name; the same name again replaces one's own."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    actor, form = access.signed_in(request.user), FilterForm(request.POST)
    if not form.is_valid() or not is_filter(project, form.cleaned_data["query"]):
        messages.error(request, "Give the filter a name; what it shows must be something that can be shown.")
        return redirect("agreement", slug)
    given = form.cleaned_data
    theirs = SavedFilter.objects.filter(project=project, name=given["name"]).exclude(author=actor)
    if theirs.exists() and not manages(request, project):
        messages.error(request, f"“{given['name']}” is somebody else's; choose another name.")
    else:
        kept = {"query": given["query"], "author": actor}
        SavedFilter.objects.update_or_create(project=project, name=given["name"], defaults=kept)
        messages.success(request, f"Kept as “{given['name']}”.")
    return redirect(f"{reverse(given['board'], args=[slug])}?{given['query']}")


@audience("viewers")
@require_POST
def forget_filter(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Its author may, and who manages the project; back to where they were."""
    found = access.saved_filter_for(request.user, slug, pk)
    with transaction.atomic():
        said = {"name": found.name, "query": found.query}
        audit.record(access.signed_in(request.user), "forget filter", found, project=found.project, **said)
        found.delete()
    messages.success(request, f"“{found.name}” is forgotten.")
    return redirect(within_site(request.POST.get("next", "")) or reverse("agreement", args=[slug]))


def is_filter(project: Project, query: str) -> bool:
    return SliceForm(QueryDict(query), project=project).is_valid()
