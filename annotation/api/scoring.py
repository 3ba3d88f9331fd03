"""The `/score` protocol (docs/score-protocol.md), answered by the project's verifier."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access
from annotation.scoring.answering import NoVerifier, scores_for

MOST_STEPS = 1_000
MOST_TEXT = 100_000


class SolutionIn(serializers.Serializer[Any]):
    problem = serializers.CharField(max_length=MOST_TEXT, trim_whitespace=False)
    steps = serializers.ListField(
        child=serializers.CharField(max_length=MOST_TEXT, trim_whitespace=False, allow_blank=True),
        min_length=1,
        max_length=MOST_STEPS,
    )
    model = serializers.IntegerField(required=False, min_value=1, help_text="A version; else the latest.")


class ScoresOut(serializers.Serializer[Any]):
    scores = serializers.ListField(child=serializers.FloatField(), help_text="P(correct) of each step, in order.")


class Score(APIView):
    audience = "viewers"

    @extend_schema(request=SolutionIn, responses={200: ScoresOut, 404: None})
    def post(self, request: Request, slug: str) -> Response:
        """Score the steps of a solution with the project's verifier; nothing is stored. 404 without a verifier."""
        project = access.project_for(request.user, slug, access.VIEWERS)
        given = SolutionIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        try:
            scores = scores_for(project, asked["problem"], asked["steps"], asked.get("model"))
        except NoVerifier as error:
            raise NotFound(str(error)) from error
        return Response({"scores": scores})
