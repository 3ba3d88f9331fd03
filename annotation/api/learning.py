"""Instructions by script: what a labeler has to read, and publishing the next version."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access
from annotation.api.halts import GuidelineOut, HaltOut
from annotation.labeling import GuidelineChanged
from annotation.learning import guidelines
from annotation.models import Guideline, Project, Role


class GuidelineIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=100_000, help_text="Markdown.")
    change = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AcknowledgeIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class Instructions(APIView):
    audience = "signed-in"

    @extend_schema(responses=GuidelineOut)
    def get(self, request: Request, slug: str) -> Response:
        """The instructions in force; 404 when there are none."""
        project = access.project_for(request.user, slug, tuple(Role))
        return Response(GuidelineOut(in_force(project)).data)

    @extend_schema(request=GuidelineIn, responses={201: GuidelineOut})
    def post(self, request: Request, slug: str) -> Response:
        """Publish a version (managers). Labelers are asked to read it before their next solution."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        given = GuidelineIn(data=request.data)
        given.is_valid(raise_exception=True)
        made = guidelines.publish(actor=access.signed_in(request.user), project=project, **given.validated_data)
        return Response(GuidelineOut(made).data, status=status.HTTP_201_CREATED)


class Acknowledge(APIView):
    audience = "labelers"

    @extend_schema(request=AcknowledgeIn, responses={204: None, 409: HaltOut})
    def post(self, request: Request, slug: str) -> Response:
        """Say that you have read this version; 409 when another one is in force by now."""
        labeler = access.labeler_for(request.user, slug)
        given = AcknowledgeIn(data=request.data)
        given.is_valid(raise_exception=True)
        latest = in_force(labeler.project)
        if given.validated_data["version"] != latest.version:
            raise GuidelineChanged(latest.pk)
        guidelines.acknowledge(labeler=labeler, guideline=latest)
        return Response(status=status.HTTP_204_NO_CONTENT)


def in_force(project: Project) -> Guideline:
    found = guidelines.in_force(project)
    if found is None:
        raise Http404
    return found
