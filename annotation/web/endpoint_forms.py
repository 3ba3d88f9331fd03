"""The form of a model endpoint: what all have, and what its protocol needs."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator

from annotation.endpoints import BadEndpoint, checked
from annotation.endpoints.registry import most_seconds, protocols, suggested
from annotation.models import Endpoint
from annotation.serving.endpoint import MOST_PARALLEL, MOST_VOTES
from annotation.serving.endpoint import Endpoint as Called

DEFAULTS = {field.name: field.default for field in fields(Called) if field.default is not MISSING}


SEPARATOR = "The token after each step, at which the model scores it."
VOTES = "Answers to sample for each step when the server gives no logprobs; 0 for none."
INSTRUCTION = "The system message instead of the protocol's own."
LAYOUTS = [("chat", "messages for the model's chat template"), ("text", "one text")]
MOST_TOKENS = 10_000_000

OPTIONS: dict[str, Callable[[], forms.Field]] = {
    "separator": lambda: forms.CharField(label="Step separator", strip=False, max_length=40, help_text=SEPARATOR),
    "layout": lambda: forms.ChoiceField(label="Layout", choices=LAYOUTS),
    "positive": lambda: forms.IntegerField(label="Column of P(correct), from 0", min_value=0, max_value=15),
    "good": lambda: forms.CharField(label="What the model says of a right step", max_length=20),
    "bad": lambda: forms.CharField(label="What the model says of a wrong step", max_length=20),
    "good_id": lambda: forms.IntegerField(label="Id of the token +", min_value=0, max_value=MOST_TOKENS),
    "bad_id": lambda: forms.IntegerField(label="Id of the token -", min_value=0, max_value=MOST_TOKENS),
    "votes": lambda: forms.IntegerField(label="Votes", min_value=0, max_value=MOST_VOTES, help_text=VOTES),
    "instruction": lambda: forms.CharField(
        label="Instruction",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=INSTRUCTION,
    ),
    "continues": lambda: forms.BooleanField(
        label="The server goes on with a message begun for it", required=False
    ),
}
"""A field for each option of `serving.Endpoint`."""


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    key = forms.CharField(
        label="Key",
        required=False,
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Sent as a bearer token. It is encrypted, and never shown again; another URL needs it again.",
    )
    forgets_key = forms.BooleanField(label="Take the key away", required=False)

    class Meta:
        model = Endpoint
        fields = ("name", "url", "model", "seconds", "parallel")
        widgets = {"url": forms.TextInput(), "model": forms.TextInput()}  # noqa: RUF012
        labels = {  # noqa: RUF012
            "url": "URL",
            "seconds": "Deadline of a request, in seconds",
            "parallel": "Requests in flight",
        }
        help_texts = {  # noqa: RUF012
            "url": "Where the server is (http://gpu1:8000), or the whole address of the call.",
            "model": "As the server knows it; empty where it serves only one.",
            "parallel": "Of all workers together.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = protocols(self.instance.role)[self.instance.protocol]
        begins_with = suggested(self.instance.role, self.instance.protocol)
        shown = {**DEFAULTS, **begins_with, **self.instance.options}
        self.options = protocol.fields
        for name in self.options:
            self.fields[name] = OPTIONS[name]()
            self.fields[name].initial = shown[name]
        if self.instance.sealed_key:
            self.fields["key"].help_text = "There is one. A new one takes its place; another URL needs it again."
        else:
            del self.fields["forgets_key"]
        for name, most in (("seconds", most_seconds(self.instance.role)), ("parallel", MOST_PARALLEL)):
            self.fields[name].widget.attrs |= {"min": 1, "max": most}
            self.fields[name].validators.append(MaxValueValidator(most))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.instance.options = {name: given[name] for name in self.options if name in given}
        return given

    def _post_clean(self) -> None:
        """Also whether it can be called like this: the limits of the protocol, the address, the key."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            checked(self.instance, self.cleaned_data["key"])
        except BadEndpoint as error:
            self.add_error(None, str(error))

    @property
    def key_given(self) -> str | None:
        """None to leave it as it is, empty to take it away."""
        given: str = self.cleaned_data["key"]
        return given or ("" if self.cleaned_data.get("forgets_key") else None)
