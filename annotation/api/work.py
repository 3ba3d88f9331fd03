"""Runs by script: how they go, and what can be done with them."""

from typing import Any

from django.core.exceptions import BadRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access, runs, tasks
from annotation.models import Run

TRY_AGAIN = "try-again"


class WorkOut(serializers.Serializer[Run]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Run.Kind.choices)
    state = serializers.ChoiceField(choices=Run.State.choices)
    total = serializers.IntegerField(allow_null=True, help_text="Items; null until they are written down.")
    done = serializers.IntegerField()
    dead = serializers.IntegerField(help_text="Items that will not be tried again by themselves.")
    left = serializers.IntegerField()
    rate = serializers.FloatField(help_text="Items a second over the last three minutes of work.")
    note = serializers.CharField(help_text="Why there is no progress, where there is none.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Of the dead, a few of them.")
    tallies = serializers.DictField(child=serializers.IntegerField(), help_text="What came of samples, counted.")


def told(run: Run) -> dict[str, Any]:
    progress = runs.progress(run)
    dead = run.items.filter(is_dead=True).values_list("reason", flat=True)
    return {
        **{name: getattr(run, name) for name in ("id", "kind", "state", "note")},
        **{name: getattr(progress, name) for name in ("total", "done", "dead", "left", "rate")},
        "reasons": sorted(dead.order_by("reason").distinct()[:20]),
        "tallies": dict(run.tallies.values_list("word", "count")),
    }


def begun(run: Run) -> Response:
    """Tell workers of a run, and the caller how it stands."""
    tasks.nudge_run(run.pk)
    return Response(told(run), status=status.HTTP_202_ACCEPTED)


class Work(APIView):
    audience = "managers"

    @extend_schema(responses=WorkOut)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        """How a run goes: ask until `state` is done."""
        return Response(told(access.work_for(request.user, slug, pk)))


class ChangeWork(APIView):
    audience = "managers"

    @extend_schema(request=None, responses={202: WorkOut})
    def post(self, request: Request, slug: str, pk: int, how: str) -> Response:
        """`pause`, `resume`, `cancel`, or `try-again` what is dead; without effect where nothing is to do."""
        run = access.work_for(request.user, slug, pk)
        actor = access.signed_in(request.user)
        if how == TRY_AGAIN:
            runs.try_again(run=run, actor=actor)
        elif how in runs.CHANGES:
            runs.change(run=run, actor=actor, how=how)
        else:
            raise BadRequest(f"A run takes {', '.join([*runs.CHANGES, TRY_AGAIN])}.")
        return begun(access.work_for(request.user, slug, pk))
