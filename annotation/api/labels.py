"""Labels for notebooks, in one call."""

from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from annotation import access
from annotation.agreement import records
from annotation.agreement.tables import KINDS, Slice
from annotation.api.bodies import valid
from annotation.api.moments import MomentField
from annotation.models import Membership


class LabelsQuery(serializers.Serializer[Any]):
    generation = serializers.IntegerField(required=False, min_value=-1, max_value=32_767)
    labeler = serializers.UUIDField(required=False, help_text="A pseudonym.")
    subject = serializers.CharField(required=False)
    level = serializers.CharField(required=False)
    guideline = serializers.IntegerField(required=False, min_value=1, max_value=32_767)
    kind = serializers.ChoiceField(choices=list(KINDS), required=False)
    since = MomentField(required=False, help_text="From this moment on, or from the beginning of this day (UTC).")
    until = MomentField(
        ends_day=True, required=False, help_text="Before this moment, or with all of this day (UTC)."
    )
    texts = serializers.BooleanField(default=False, help_text="With the text of each step.")


class Labels(APIView):
    audience = "viewers"

    @extend_schema(parameters=[LabelsQuery], responses={(200, "application/jsonl"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """A flat JSON line for each rating: `pandas.read_json(url, lines=True, storage_options=headers)`."""
        project = access.project_for(request.user, slug, access.VIEWERS)
        given = valid(LabelsQuery, request.query_params)
        texts = given.pop("texts")
        if "labeler" in given:
            given["labeler"] = get_object_or_404(Membership, project=project, pseudonym=given["labeler"]).pk
        found = records.lines(Slice(project=project.pk, **given), texts=texts)
        return StreamingHttpResponse(found, content_type="application/jsonl")
