"""The JSON that goes in and comes out, field by field."""

from typing import Any

from rest_framework import serializers

from annotation import importing
from annotation.api.halts import HaltOut
from annotation.labeling import Desk, GrowingDesk, GrownStep
from annotation.models import MOST_GROWN, FinishReason, LoadRun, Project, Refusal
from annotation.ratings import RATINGS
from annotation.records import MAX_STEPS


class RatingField(serializers.IntegerField):
    """-1 negative, 0 neutral, 1 positive, null not rated."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or data not in RATINGS or not isinstance(data, int):
            raise serializers.ValidationError("A rating is -1, 0, 1 or null.")
        return data


class CredentialsIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=4096)


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown once; keep it like a password.")


class ErrorOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


LONGEST_STEP = 10_000
MOST = 32_767
"""Neither steps nor completions are counted further."""

RULES = [
    "slug", "name", "wanted", "lease_minutes", "most_minutes", "stops_at_error", "reveals_all", "shows_answer",
    "allows_unsure", "asks_progress", "error_categories", "asks_critique", "splits_sentences", "candidates_shown",
]  # fmt: skip


class ProjectOut(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = [*RULES, "created_at"]


class ProjectIn(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = RULES


class CountsOut(serializers.Serializer[Any]):
    problems = serializers.IntegerField()
    solutions = serializers.IntegerField()
    open_tasks = serializers.IntegerField(help_text="Solutions with a place that is not filled.")
    live_leases = serializers.IntegerField(help_text="Places of these that a labeler holds now.")
    at_hand = serializers.IntegerField(help_text="Open tasks with such a place.")
    waiting = serializers.IntegerField(help_text="Open tasks without.")
    submitted = serializers.IntegerField(help_text="Annotations, loaded ones included.")
    solution = serializers.IntegerField(help_text="Of these, without a negative step.")
    found_error = serializers.IntegerField()
    bad_problem = serializers.IntegerField()
    give_up = serializers.IntegerField()


class LoadQuery(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=importing.FORMATS, default=importing.AUTO)
    name = serializers.RegexField(
        r"^[^\x00-\x1f\x7f]*$", default="upload.jsonl", max_length=200, help_text="File name, for the record."
    )
    for_pool = serializers.BooleanField(
        default=False, help_text="Keep the solutions out of the queue, for generations to draw from."
    )


class RefusalOut(serializers.ModelSerializer[Refusal]):
    class Meta:
        model = Refusal
        fields = ["line", "field", "reason"]


class LoadRunOut(serializers.ModelSerializer[LoadRun]):
    refusals = serializers.SerializerMethodField(help_text="The first 100 refused lines.")

    class Meta:
        model = LoadRun
        fields = [
            "id", "name", "format", "state", "size", "read", "lines", "problems", "restated", "solutions",
            "annotations", "unchanged", "refused", "ignored_keys", "failure", "for_pool", "created_at", "ended_at",
            "refusals",
        ]  # fmt: skip

    def get_refusals(self, run: LoadRun) -> list[dict[str, Any]]:
        return [dict(one) for one in RefusalOut(run.refusals.order_by("line")[:100], many=True).data]


class RatingIn(serializers.Serializer[Any]):
    step = serializers.IntegerField(min_value=0, max_value=MOST, help_text="Counted from 0.")
    position = serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        default=0,
        help_text="0: the solution's own step; from 1 on: its alternatives.",
    )
    rating = RatingField(allow_null=True)
    unsure = serializers.BooleanField(default=False, help_text="Where the project asks.")


class DraftIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=0, required=False, help_text="Of the draft that the ratings start from."
    )
    step_ms = serializers.ListField(
        child=serializers.IntegerField(min_value=0),
        default=list,
        max_length=MAX_STEPS,
        help_text="Active time so far for each step, in milliseconds.",
    )


class ChoiceIn(serializers.Serializer[Any]):
    step = serializers.IntegerField(min_value=0, max_value=MOST_GROWN, help_text="Counted from 0.")
    position = serializers.IntegerField(
        min_value=0,
        max_value=MOST,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of the completion to go on with; null: with `text`, or without one as the lot has it.",
    )
    text = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_STEP,
        help_text="The step, in your words.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["position"] is not None and given["text"]:
            raise serializers.ValidationError("Choose a completion or write the step, not both.")
        return given


class GrowIn(serializers.Serializer[Any]):
    choices = ChoiceIn(
        many=True,
        required=False,
        default=list,
        help_text="Where the solution grows: what a step goes on with, if not with what the lot fell on.",
    )


class SaveIn(DraftIn, GrowIn):
    ratings = RatingIn(many=True)


class ReportIn(serializers.Serializer[Any]):
    """What the project asks about the first error."""

    step = serializers.IntegerField(min_value=0)
    progress = serializers.IntegerField(required=False, allow_null=True, help_text="0 none, 1 some, 2 most.")
    category = serializers.CharField(required=False, allow_null=True, max_length=80)
    critique = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    ratings = serializers.ListField(
        child=RatingField(allow_null=True), default=list, help_text="Of the critiques given, in their order."
    )


class SubmitIn(DraftIn, GrowIn):
    report = ReportIn(required=False, allow_null=True)
    ratings = RatingIn(many=True, required=False, default=list)
    key = serializers.UUIDField(required=False, help_text="Drawn by you, to tell a submit that is sent again.")
    early_end = serializers.ChoiceField(choices=["give_up", "bad_problem"], required=False, allow_null=True)
    explanation = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class OptionOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    text = serializers.CharField()
    rating = RatingField(allow_null=True)
    unsure = serializers.BooleanField()


class StepOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(source="index")
    text = serializers.CharField(source="own.text")
    rating = RatingField(source="own.rating", allow_null=True)
    unsure = serializers.BooleanField(source="own.unsure")
    alternatives = OptionOut(many=True, help_text="To be rated when this step is the first negative one.")


class AskedOut(serializers.Serializer[Any]):
    progress = serializers.BooleanField()
    critique = serializers.BooleanField()
    categories = serializers.ListField(child=serializers.CharField())
    critiques = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Given ones, by step."
    )


class CandidateOut(OptionOut):
    position = serializers.IntegerField(help_text="Which completion it is, for `ratings` and `choices`.")
    is_chosen = serializers.BooleanField(help_text="The solution goes on with it.")


class GrownStepOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(source="index")
    candidates = CandidateOut(many=True, source="options", help_text="To be rated, all of them.")
    written = serializers.SerializerMethodField(help_text="Your own text, if the solution goes on with it.")
    is_drawn = serializers.SerializerMethodField(help_text="Whether the lot chose; null: nothing is chosen yet.")
    may_be_written = serializers.BooleanField(help_text="All is rated and nothing positive.")

    def get_written(self, step: GrownStep) -> str | None:
        return step.chosen_text if step.is_written else None

    def get_is_drawn(self, step: GrownStep) -> bool | None:
        return None if step.choice is None else step.choice.is_drawn


class GrowthOut(serializers.Serializer[Any]):
    steps = GrownStepOut(many=True, help_text="As far as the solution has grown; the last one is at hand.")


class AwaitedOut(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    waits = serializers.BooleanField(help_text="Whether it may still come.")


class LeaseOut(serializers.Serializer[Desk | GrowingDesk]):
    """A solution to rate. The reference solution is not in here."""

    token = serializers.UUIDField(source="lease.token")
    project = serializers.SlugField(source="lease.project_slug")
    problem = serializers.CharField(source="lease.problem")
    answer = serializers.CharField(source="lease.answer", allow_null=True, help_text="The reference answer.")
    version = serializers.IntegerField(source="lease.version", help_text="Of the draft; counts its saves.")
    stops_at_error = serializers.BooleanField(source="lease.stops")
    allows_unsure = serializers.BooleanField(source="lease.allows_unsure")
    asks = AskedOut(allow_null=True, help_text="About the first error, besides its rating.")
    steps = StepOut(many=True, help_text="Empty where the solution grows.")
    growing = GrowthOut(
        allow_null=True, help_text="For a solution that grows step by step (PRM800K phase 1), else null."
    )
    next_step = serializers.IntegerField(source="current", allow_null=True, help_text="Null: can be submitted.")
    awaited = AwaitedOut(
        allow_null=True,
        help_text="What a generator was asked for, and is not there; `…/ask/` asks and looks again.",
    )


class HoldOut(serializers.Serializer[Any]):
    until = serializers.DateTimeField(
        allow_null=True, help_text="Null: somebody else has it. It can be submitted."
    )
    seconds = serializers.FloatField(help_text="Left.")


class WaitingOut(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    with_others = serializers.IntegerField()
    next_free = serializers.DateTimeField(allow_null=True)
    for_others = serializers.IntegerField()


class NextOut(serializers.Serializer[Any]):
    """Either a lease, or what there is to wait for, or what stands before it."""

    lease = LeaseOut(allow_null=True)
    waiting = WaitingOut(allow_null=True)
    halt = HaltOut(required=False, help_text="Only where something stands before the next lease.")


class AnnotationOut(serializers.Serializer[Any]):
    token = serializers.UUIDField()
    submitted_at = serializers.DateTimeField()
    finish_reason = serializers.ChoiceField(choices=FinishReason.choices)
    explanation = serializers.CharField(allow_blank=True)
    active_ms = serializers.IntegerField(help_text="Active time in milliseconds.")
    is_surplus = serializers.BooleanField(help_text="One more than was wanted: the last place was taken.")


class SubmittedOut(serializers.Serializer[Any]):
    annotation = AnnotationOut()
    next = NextOut()
