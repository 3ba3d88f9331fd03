"""What researchers and managers note down."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotation import access
from annotation.models import Comment, Project, SavedFilter
from annotation.web.audience import audience
from annotation.web.pages import render_project
from annotation.web.slices import SliceForm

PAGE = 100
BOARDS = ("overview", "solutions", "agreement", "contested", "first-errors", "labelers", "against-people")


class CommentForm(forms.Form):
    text = forms.CharField(max_length=4_000)
    step = forms.IntegerField(required=False, min_value=1, max_value=32_767)


class FilterForm(forms.Form):
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=1_000)
    board = forms.ChoiceField(choices=[(name, name) for name in BOARDS])


@audience("viewers")
@require_POST
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Say something about a solution, or about one of its steps."""
    solution = access.solution_for(request.user, slug, pk)
    form = CommentForm(request.POST)
    step = form.cleaned_data["step"] if form.is_valid() else None
    if not form.is_valid() or (step is not None and step > solution.length):
        messages.error(request, "A comment says something, about the solution or about one of its steps.")
        return redirect("solution", slug, pk)
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
    """Keep a filter under a name; the same name again replaces it."""
    project = access.project_for(request.user, slug, access.VIEWERS)
    form = FilterForm(request.POST)
    if not form.is_valid() or not is_filter(project, form.cleaned_data["query"]):
        messages.error(request, "Give the filter a name; what it shows must be something that can be shown.")
        return redirect("agreement", slug)
    given = form.cleaned_data
    kept = {"query": given["query"], "author": access.signed_in(request.user)}
    SavedFilter.objects.update_or_create(project=project, name=given["name"], defaults=kept)
    messages.success(request, f"Kept as “{given['name']}”.")
    return redirect(f"{reverse(given['board'], args=[slug])}?{given['query']}")


@audience("viewers")
@require_POST
def forget_filter(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    project = access.project_for(request.user, slug, access.VIEWERS)
    SavedFilter.objects.filter(project=project, pk=pk).delete()
    return redirect("agreement", slug)


def is_filter(project: Project, query: str) -> bool:
    return SliceForm(QueryDict(query), project=project).is_valid()
