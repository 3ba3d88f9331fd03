"""The forms of the site. What the desk sends is parsed in `desk_forms`."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from annotation.importing import FORMATS as LOAD_FORMATS
from annotation.learning.gold import Judgement
from annotation.models import Endpoint, Project, Role, Solution, Theme, Verdict
from annotation.web.desk_forms import RATING

JUDGED = re.compile(r"accept-(\d{1,5})-(\d{1,4})")


def parse_gold(post: QueryDict) -> list[Judgement]:
    """The fields `accept-STEP-COMPLETION` (several), `error-STEP` and `note-STEP-COMPLETION` as judgements."""
    judgements = []
    for name in post:
        if found := JUDGED.fullmatch(name):
            values = post.getlist(name)
            if not all(value in RATING and value for value in values):
                raise BadRequest(f"{name} must be -1, 0 or 1")
            step, completion = int(found[1]), int(found[2])
            judgements.append(
                Judgement(
                    step,
                    completion,
                    frozenset(int(value) for value in values),
                    can_be_first_error=completion == 0 and f"error-{step}" in post,
                    note=post.get(f"note-{step}-{completion}", "").replace("\0", "").strip()[:2000],
                )
            )
    return sorted(judgements)


def parse_ids(values: Sequence[str]) -> list[int]:
    """Numbers of rows, each once, in the order given."""
    if not all(value.isascii() and value.isdigit() and len(value) <= 18 for value in values):
        raise BadRequest("these are no numbers of solutions")
    return list(dict.fromkeys(int(value) for value in values))


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {  # noqa: RUF012
        "invalid_login": "This email and password do not go together. Passwords distinguish A and a.",
        "inactive": "This account is closed.",
    }

    def clean_username(self) -> str:
        """One spelling an email, or each would have guesses of its own."""
        username: str = self.cleaned_data["username"]
        return username.lower()


class LinesField(SimpleArrayField):
    """A list of texts, one a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, delimiter="\n", widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in value.splitlines()] if isinstance(value, str) else value
        return super().to_python("\n".join(filter(None, lines)) if isinstance(value, str) else value)


class ProfileForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As others in your projects see it. Exports have a pseudonym instead.",
    )
    theme = forms.ChoiceField(label="Colours", choices=Theme.choices, widget=forms.RadioSelect)


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Project
        fields = ("name", "slug", "wanted", "lease_minutes")
        labels = {"slug": "Name in addresses and commands"}  # noqa: RUF012


class ProjectSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Project
        fields = (
            "name", "wanted", "lease_minutes", "most_minutes", "stops_at_error", "reveals_all", "shows_answer",
            "allows_unsure", "asks_progress", "error_categories", "asks_critique", "splits_sentences",
            "overlap_most", "overlap_percent", "overlap_budget",
            "candidates_shown", "writer", "writer_temperature", "alternatives_asked",
        )  # fmt: skip
        field_classes = {"error_categories": LinesField}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        generators = self.instance.endpoints.filter(role=Endpoint.Role.GENERATOR)
        if not generators:
            for name in ("writer", "writer_temperature", "alternatives_asked"):
                del self.fields[name]
            return
        self.fields["writer"].queryset = generators.order_by("name")  # type: ignore[attr-defined]
        self.fields["writer"].empty_label = "none"  # type: ignore[attr-defined]


class LoadForm(forms.Form):
    file = forms.FileField(label="File", help_text="JSONL, plain or gzip; one object a line.")
    format = forms.ChoiceField(label="Format", choices=[(name, name) for name in LOAD_FORMATS])
    for_pool = forms.BooleanField(
        label="Keep the solutions out of the queue",
        required=False,
        help_text="They wait in the pool until a generation draws them. Otherwise labelers get them at once.",
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.UPLOAD_MAX_BYTES:
            most = settings.UPLOAD_MAX_BYTES // 2**20
            raise forms.ValidationError(f"This file is larger than {most} MB; split it, or use `manage.py load`.")
        return file


class MemberForm(forms.Form):
    email = forms.EmailField(label="Email", max_length=254)
    name = forms.CharField(label="Name", max_length=120, required=False)
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role: without one, there is nothing for them here."},
    )


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(choices=Role.choices, required=False)


class GuidelineForm(forms.Form):
    text = forms.CharField(
        label="Instructions",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 22, "class": "source", "spellcheck": "true"}),
    )
    change = forms.CharField(
        label="What changed",
        max_length=500,
        required=False,
        help_text="One or two sentences for those who know the version before.",
    )


class AcknowledgeForm(forms.Form):
    version = forms.IntegerField(min_value=1)


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Project
        fields = ("screening_size", "pass_percent", "pause_hours", "retries", "watch_percent", "watch_size")


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(max_length=1000)


class WordsField(forms.CharField):
    """What somebody writes; its lines end with one character, as a page counts them."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class ReplyForm(forms.Form):
    text = WordsField(
        max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), label="What a manager should know"
    )


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=60)


class CommentForm(forms.Form):
    """Of a solution, or of one of its steps."""

    text = WordsField(
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What researchers and managers should know; labelers never see it",
    )
    step = forms.TypedChoiceField(label="About", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, solution: Solution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(number, f"step {number}") for number in range(1, solution.length + 1)]
        self.fields["step"].choices = [("", "the solution"), *steps]  # type: ignore[attr-defined]


class GoldFromForm(forms.Form):
    annotation = forms.IntegerField(min_value=1)
    as_well = forms.BooleanField(required=False)


def save_changes(form: "forms.ModelForm[Any]") -> None:
    """Save what this form changes and nothing else: another form of the same row may be under way."""
    changed = [name for name in form.changed_data if name in form.Meta.fields]  # type: ignore[attr-defined]
    form.instance.save(update_fields=changed)
