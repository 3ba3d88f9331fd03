"""The forms of the site. What the desk sends is parsed in `desk_forms`."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.files.uploadedfile import UploadedFile

from annotation.importing import FORMATS as LOAD_FORMATS
from annotation.models import Project, Role


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
            "allows_unsure", "splits_sentences", "candidates_shown", "instructions",
        )  # fmt: skip
        widgets = {"instructions": forms.Textarea(attrs={"rows": 8})}  # noqa: RUF012


class LoadForm(forms.Form):
    file = forms.FileField(label="File", help_text="JSONL, plain or gzip; one object a line.")
    format = forms.ChoiceField(label="Format", choices=[(name, name) for name in LOAD_FORMATS])

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
        label="Roles", choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(choices=Role.choices, required=False)
