"""The form of a generation's plan."""

from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, QuerySet

from annotation.models import Gold, Project, Score, Scorer
from annotation.selection import Plan, Strategy

LABELS = {
    Strategy.CONVINCING: "convincing wrong answers: rated highly, graded wrong",
    Strategy.MIX: "the same, mixed with the most convincing of the rest",
    Strategy.UNCERTAINTY: "what the scorer is least sure of",
    Strategy.LOW_STEP: "right answers with a low step",
    Strategy.DISAGREEMENT: "what two scorers disagree on",
    Strategy.UNIFORM: "uniformly at random",
}


MIX = 0.8
CONTROLS = 5
"""Percent of what each labeler rates, where there is gold."""
MOST_CHOICES = 40
"""Of a filter in the form; the API of `selection` takes any."""


class PlanForm(forms.Form):
    strategy = forms.ChoiceField(
        label="Pick",
        choices=[(one.value, LABELS[one]) for one in Strategy],
        widget=forms.Select(attrs={"class": "wide"}),
    )
    scorer = forms.ModelChoiceField(Scorer.objects.none(), label="Scores of", required=False)
    other_scorer = forms.ModelChoiceField(
        Scorer.objects.none(), label="And of", required=False, help_text="For disagreement only."
    )
    size = forms.IntegerField(label="Solutions in all", required=False, min_value=1, initial=100)
    per_problem = forms.IntegerField(
        label="Of each problem at most",
        required=False,
        min_value=1,
        help_text="K of the paper.",
    )
    mix_percent = forms.IntegerField(
        label="Wrong answers in the mix, in percent",
        required=False,
        min_value=0,
        max_value=100,
        initial=80,
        help_text="For the mix only.",
    )
    uniform_percent = forms.IntegerField(
        label="Drawn uniformly, in percent",
        min_value=0,
        max_value=99,
        initial=10,
        help_text="Whatever their score, so that estimates can be re-weighted.",
    )
    prefix_cap = forms.IntegerField(label="With the same first three steps at most", required=False, min_value=1)
    overlap_percent = forms.IntegerField(
        label="Rated by two labelers, in percent", min_value=0, max_value=100, initial=0
    )
    quality_control_percent = forms.IntegerField(
        label="Quality control, in percent",
        min_value=0,
        max_value=50,
        initial=0,
        help_text="Of what each labeler rates. Solutions that have gold, for everybody the same.",
    )
    repeats = forms.IntegerField(
        label="Hidden repeats for each labeler",
        required=False,
        min_value=0,
        max_value=1000,
        initial=0,
        help_text="Of what they have rated before: do they agree with themselves?",
    )
    seed = forms.IntegerField(label="Seed", initial=0, help_text="The same seed picks the same solutions.")
    only_new = forms.BooleanField(label="Only what came since the last generation", required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scorers = (
            Scorer.objects.filter(project=project).select_related("endpoint").defer("weights").order_by("-pk")
        )
        for name in ("scorer", "other_scorer"):
            self.fields[name].queryset = scorers  # type: ignore[attr-defined]
            self.fields[name].empty_label = "none"  # type: ignore[attr-defined]
        scorer = usual(scorers)
        self.fields["scorer"].initial = scorer
        self.fields["strategy"].initial = Strategy.CONVINCING if scorer else Strategy.UNIFORM
        if Gold.objects.filter(solution__project=project).exists():
            self.fields["quality_control_percent"].initial = CONTROLS
        self.last = project.generations.order_by("-number").first()
        for name, label, values in (
            ("generators", "Only of these generators", project.solutions.values_list("generator", flat=True)),
            ("subjects", "Only of these subjects", project.problems.values_list("subject", flat=True)),
            ("levels", "Only of these levels", project.problems.values_list("level", flat=True)),
        ):
            self.offer(name, label, [value for value in values.order_by().distinct() if value])

    def offer(self, name: str, label: str, values: list[str]) -> None:
        """A filter, where there is something to choose from, and not too much."""
        if 1 < len(values) <= MOST_CHOICES:
            choices = [(value, value) for value in sorted(values)]
            widget = forms.CheckboxSelectMultiple
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=widget
            )

    def plan(self) -> Plan:
        """Of a valid form."""
        given = self.cleaned_data
        strategy = Strategy(given["strategy"])
        return Plan(
            strategy=strategy,
            scorer=given["scorer"].pk if given["scorer"] else None,
            other_scorer=given["other_scorer"].pk if given["other_scorer"] else None,
            size=given["size"],
            per_problem=given["per_problem"],
            seed=given["seed"],
            uniform_share=given["uniform_percent"] / 100,
            mix_share=MIX if given["mix_percent"] is None else given["mix_percent"] / 100,
            prefix_cap=None if strategy is Strategy.UNIFORM else given["prefix_cap"],
            overlap_share=given["overlap_percent"] / 100,
            quality_control_share=given["quality_control_percent"] / 100,
            repeats=given["repeats"] or 0,
            generators=tuple(given.get("generators", ())),
            subjects=tuple(given.get("subjects", ())),
            levels=tuple(given.get("levels", ())),
            since=self.last.created_at if given["only_new"] and self.last else None,
        )


def usual(scorers: QuerySet[Scorer]) -> Scorer | None:
    """The model behind an endpoint that has scored most; until one has, the latest verifier that has scored."""
    asked = scorers.filter(kind=Scorer.Kind.ENDPOINT).annotate(scored=Count("scores")).filter(scored__gt=0)
    scored = scorers.filter(Exists(Score.objects.filter(scorer=OuterRef("pk"))))
    return asked.order_by("-scored", "-pk").first() or scored.first() or scorers.first()
