"""The JSON that goes in and comes out, field by field."""

from typing import Any

from rest_framework import serializers

from annotation import importing
from annotation.api.halts import HaltOut
from annotation.labeling import Desk
from annotation.models import FinishReason, LoadRun, Project, Refusal
from annotation.ratings import RATINGS


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


class ProjectOut(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["slug", "name", "wanted", "lease_minutes", "created_at"]


class ProjectIn(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["slug", "name", "wanted", "lease_minutes"]


class CountsOut(serializers.Serializer[Any]):
    problems = serializers.IntegerField()
    solutions = serializers.IntegerField()
    open_tasks = serializers.IntegerField(help_text="Solutions with a place that is not filled.")
    live_leases = serializers.IntegerField()
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


class RefusalOut(serializers.ModelSerializer[Refusal]):
    class Meta:
        model = Refusal
        fields = ["line", "field", "reason"]


class LoadRunOut(serializers.ModelSerializer[LoadRun]):
    refusals = serializers.SerializerMethodField(help_text="The first 100 refused lines.")

    class Meta:
        model = LoadRun
        fields = [
            "id", "name", "format", "state", "size", "read", "lines", "problems", "solutions", "annotations",
            "unchanged", "refused", "ignored_keys", "failure", "created_at", "ended_at", "refusals",
        ]  # fmt: skip

    def get_refusals(self, run: LoadRun) -> list[dict[str, Any]]:
        return [dict(one) for one in RefusalOut(run.refusals.order_by("line")[:100], many=True).data]


class RatingIn(serializers.Serializer[Any]):
    step = serializers.IntegerField(min_value=0, help_text="Counted from 0.")
    rating = RatingField(allow_null=True)


class SaveIn(serializers.Serializer[Any]):
    ratings = RatingIn(many=True)


class SubmitIn(serializers.Serializer[Any]):
    ratings = RatingIn(many=True, required=False, default=list)
    early_end = serializers.ChoiceField(choices=["give_up", "bad_problem"], required=False, allow_null=True)
    explanation = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class StepOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(source="index")
    text = serializers.CharField()
    rating = RatingField(allow_null=True)


class LeaseOut(serializers.Serializer[Desk]):
    """A solution to rate. The reference solution is not in here."""

    token = serializers.UUIDField(source="lease.token")
    project = serializers.SlugField(source="lease.project_slug")
    problem = serializers.CharField(source="lease.problem")
    answer = serializers.CharField(source="lease.answer", allow_null=True, help_text="The reference answer.")
    steps = StepOut(many=True)
    next_step = serializers.IntegerField(source="current", allow_null=True, help_text="Null: can be submitted.")


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


class SubmittedOut(serializers.Serializer[Any]):
    annotation = AnnotationOut()
    next = NextOut()
