"""Which labels a board looks at, from the address."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from annotation.agreement.browsing import Search
from annotation.agreement.labels import NO_GENERATION
from annotation.agreement.tables import KINDS, Slice
from annotation.models import (
    Annotation,
    FinishReason,
    Guideline,
    Membership,
    Pick,
    Problem,
    Project,
    SavedFilter,
    Scorer,
    Task,
)

MOST_CHOICES = 500
NONE = "none"
"""What is in no generation."""


def generation_of(value: str) -> int:
    return NO_GENERATION if value == NONE else int(value)


class SliceForm(forms.Form):
    """Which labels are looked at; each of its states has an address."""

    ident = ""
    """Of the HTML form, where fields stand outside of it."""
    generation = forms.TypedChoiceField(coerce=generation_of, empty_value=None, required=False)
    kind = forms.ChoiceField(required=False)
    labeler = forms.ModelChoiceField(Membership.objects.none(), required=False, to_field_name="pseudonym")
    subject = forms.ChoiceField(required=False)
    level = forms.ChoiceField(required=False)
    guideline = forms.TypedChoiceField(label="Instructions", coerce=int, empty_value=None, required=False)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Until and with", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, project: Project, chooses_labeler: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        tasks = Task.objects.filter(project=project, generation__isnull=False)
        problems = Problem.objects.filter(project=project)
        versions = Guideline.objects.filter(project=project).order_by("version")
        for name, values in (
            ("generation", [*tasks.values_list("generation", flat=True).distinct().order_by("generation"), NONE]),
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
        if not chooses_labeler:
            del self.fields["labeler"]
        if self.ident:
            for field in self.slicing:
                field.field.widget.attrs["form"] = self.ident

    @property
    def slicing(self) -> list[forms.BoundField]:
        """The fields of the slice, without what else is asked for."""
        return [self[name] for name in SliceForm.base_fields if name in self.fields]

    @property
    def apart(self) -> list[forms.BoundField]:
        """The other fields."""
        return [self[name] for name in self.fields if name not in SliceForm.base_fields]

    @property
    def chosen(self) -> str:
        """Which slice it is, in words; empty for everything."""
        given = {field.name: self.cleaned_data[field.name] for field in self.slicing}
        given = {name: value for name, value in given.items() if value not in {None, ""}}
        if given.get("generation") == NO_GENERATION:
            given["generation"] = NONE
        if "labeler" in given:
            given["labeler"] = str(given["labeler"].pseudonym)[:8]
        return ", ".join(f"{self.fields[name].label or name} {value}".lower() for name, value in given.items())

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until == date.max:
            raise forms.ValidationError("Name a day before the last one there is.")
        return until

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", f"No day is from {since} on and until {until}. Name a later day.")

    @property
    def member(self) -> int | None:
        """The membership of the labeler that is asked for."""
        labeler = self.cleaned_data.get("labeler")
        return labeler.pk if labeler else None

    def slice(self) -> Slice:
        """What is asked for; of a labeler what they said."""
        given, until = self.cleaned_data, self.cleaned_data["until"]
        return Slice(
            project=self.project.pk,
            generation=given["generation"],
            labeler=self.member,
            subject=given["subject"] or None,
            level=given["level"] or None,
            guideline=given["guideline"],
            kind=given["kind"] or None,
            since=midnight(given["since"]),
            until=midnight(until and until + timedelta(days=1)),
        )

    def slice_beside(self) -> Slice:
        """The same, but of a labeler what everybody said of the solutions they rated: alone, nobody agrees."""
        return replace(self.slice(), labeler=None, met=self.member)


class SearchForm(SliceForm):
    """Which solutions are shown. The fields of the slice stand elsewhere on the page than the others."""

    ident = "search"
    text = forms.CharField(label="In steps and problems", max_length=200, required=False)
    labeled = forms.BooleanField(label="Only labeled ones", required=False)
    ending = forms.ChoiceField(
        label="Ended as", required=False, choices=[("", "any"), *((one, one) for one in FinishReason.values)]
    )
    rating = forms.TypedChoiceField(
        label="With a step rated",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "any"), ("-1", "negative"), ("0", "neutral"), ("1", "positive")],
    )
    pick = forms.ChoiceField(label="Picked as", required=False)
    run = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        reasons = Pick.objects.filter(generation__project=project).values_list("reason", flat=True)
        known = reasons.distinct().order_by("reason")
        self.fields["pick"].choices = [("", "any"), *((one, one) for one in known)]  # type: ignore[attr-defined]

    def search(self) -> Search:
        given = self.cleaned_data
        return Search(
            self.slice(),
            text=given["text"],
            only_labeled=given["labeled"],
            run=given["run"],
            ending=given["ending"] or None,
            rating=given["rating"],
            pick=given["pick"] or None,
        )


class ScorerForm(SliceForm):
    """Whose scores are held against which labels."""

    ident = "scorer"
    scorer = forms.ModelChoiceField(Scorer.objects.none(), label="Scores of", required=False, empty_label=None)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        known = project.scorers.select_related("endpoint").defer("weights", "report").order_by("-pk")
        self.fields["scorer"].queryset = known  # type: ignore[attr-defined]

    def chosen_scorer(self) -> Scorer | None:
        """The one that the address names, or the latest one."""
        named: Scorer | None = self.cleaned_data["scorer"]
        return named or self.fields["scorer"].queryset.first()  # type: ignore[attr-defined]


def some_of(problems: Any, name: str) -> Any:
    found = problems.filter(**{f"{name}__isnull": False}).values_list(name, flat=True)
    return found.distinct().order_by(name)[:MOST_CHOICES]


def midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


def saved_of(project: Project) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(project=project).order_by("name")
