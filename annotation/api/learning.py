"""Learning and standing by script: instructions, practice, screening, gold."""

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access
from annotation.api.halts import GuidelineOut, HaltOut
from annotation.labeling import GuidelineChanged
from annotation.learning import course, gold, guidelines
from annotation.learning.feedback import feedback_on
from annotation.learning.standing import Standing, State, standing_of
from annotation.models import Guideline, Project, Role, Solution
from annotation.ratings import RATINGS


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


class StandingOut(serializers.Serializer[Standing]):
    state = serializers.ChoiceField(choices=State.choices)
    until = serializers.DateTimeField(allow_null=True, help_text="After failing: when the next try is possible.")
    done = serializers.IntegerField(help_text="Solutions submitted in the practice or screening at hand.")
    total = serializers.IntegerField()


class MyStanding(APIView):
    audience = "labelers"

    @extend_schema(responses=StandingOut)
    def get(self, request: Request, slug: str) -> Response:
        """How far you have come: practising, in the screening, at work."""
        return Response(StandingOut(standing_of(access.labeler_for(request.user, slug))).data)


class StepFeedbackOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(help_text="Counted from 0.")
    rating = serializers.IntegerField(allow_null=True)
    accepted = serializers.ListField(child=serializers.IntegerField(), help_text="Empty: not judged.")
    can_be_first_error = serializers.BooleanField()
    is_right = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()


class Feedback(APIView):
    audience = "labelers"

    @extend_schema(responses=StepFeedbackOut(many=True))
    def get(self, request: Request, token: UUID) -> Response:
        """After a practice solution: what was expected of each step. There is none for anything else."""
        annotation = access.practised_for(access.signed_in(request.user), token)
        return Response(StepFeedbackOut(feedback_on(annotation), many=True).data)


class JudgementSerializer(serializers.Serializer[Any]):
    step = serializers.IntegerField(min_value=0, help_text="Counted from 0.")
    completion = serializers.IntegerField(min_value=0, default=0)
    accepted = serializers.ListField(child=serializers.ChoiceField(choices=list(RATINGS)), allow_empty=False)
    can_be_first_error = serializers.BooleanField(default=False)
    note = serializers.CharField(default="", allow_blank=True, max_length=2000)


class GoldSerializer(serializers.Serializer[Any]):
    steps = JudgementSerializer(many=True)


class SolutionGold(APIView):
    audience = "managers"

    @extend_schema(responses=GoldSerializer)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        """What is accepted for a solution; no steps: it has no gold."""
        return Response(gold_out(access.managed_solution_for(request.user, slug, pk)))

    @extend_schema(request=GoldSerializer, responses=GoldSerializer)
    def put(self, request: Request, slug: str, pk: int) -> Response:
        """Write what is accepted for a solution, in place of what there was."""
        solution = access.managed_solution_for(request.user, slug, pk)
        given = GoldSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        judgements = [
            gold.Judgement(**{**one, "accepted": frozenset(one["accepted"])})
            for one in given.validated_data["steps"]
        ]
        try:
            gold.write(actor=access.signed_in(request.user), solution=solution, judgements=judgements)
        except ValidationError as error:
            raise BadRequest(error.messages[0]) from error
        return Response(gold_out(solution))


def gold_out(solution: Solution) -> dict[str, Any]:
    return {"steps": gold.in_words(gold.judgements_of(solution).values())}


class CourseIn(serializers.Serializer[Any]):
    practice = serializers.ListField(child=serializers.IntegerField(min_value=1), help_text="Ids of solutions.")
    screening = serializers.ListField(child=serializers.IntegerField(min_value=1))


class Course(APIView):
    audience = "managers"

    @extend_schema(request=CourseIn, responses={204: None})
    def put(self, request: Request, slug: str) -> Response:
        """Set which solutions with gold new labelers practise and are screened with."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        given = CourseIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            course.choose(actor=access.signed_in(request.user), project=project, **given.validated_data)
        except ValidationError as error:
            raise BadRequest(error.messages[0]) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
