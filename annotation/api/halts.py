"""What keeps a labeler from the next solution, as JSON."""

from typing import Any

from rest_framework import serializers

from annotation.labeling import GuidelineChanged, Halt, ScreeningFailed
from annotation.models import Guideline


class GuidelineOut(serializers.ModelSerializer[Guideline]):
    class Meta:
        model = Guideline
        fields = ["version", "text", "change", "created_at"]


class HaltOut(serializers.Serializer[Any]):
    """What the labeler has to see to before the next solution."""

    code = serializers.CharField()
    detail = serializers.CharField()
    guideline = GuidelineOut(required=False, help_text="With `guideline_changed`: what is to be read.")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="With `screening_failed`: the next try; null: there is none."
    )


def halt_out(halt: Halt) -> dict[str, Any]:
    found: dict[str, Any] = {"code": halt.code, "detail": str(halt)}
    if isinstance(halt, GuidelineChanged):
        found["guideline"] = GuidelineOut(Guideline.objects.get(pk=halt.guideline)).data
    if isinstance(halt, ScreeningFailed):
        found["until"] = halt.until
    return found
