"""The labeling desk by script: lease, save, ask, submit."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access, labeling, tasks
from annotation.api import serializers as s
from annotation.api.bodies import answer, valid
from annotation.api.halts import HaltOut, halt_out
from annotation.labeling import Desk, GrowingDesk, Mark, Report, Turn
from annotation.models import Lease as Leasing

REFUSED = {409: s.ErrorOut}


class Lease(APIView):
    audience = "labelers"

    @extend_schema(request=None, responses={200: s.NextOut, 409: HaltOut})
    def post(self, request: Request, slug: str) -> Response:
        """Get a solution to rate: the one you have begun, or the next of the queue.

        409 with code `guideline_changed` when there are instructions to be read and acknowledged first.
        """
        return answer(s.NextOut, next_for(access.labeler_for(request.user, slug).pk))


class Leased(APIView):
    audience = "labelers"

    @extend_schema(responses=s.LeaseOut)
    def get(self, request: Request, token: UUID) -> Response:
        """The solution under this lease with its ratings so far."""
        return answer(s.LeaseOut, desk_for(access.lease_for(request.user, token)))


class Ratings(APIView):
    audience = "labelers"

    @extend_schema(request=s.SaveIn, responses={200: s.LeaseOut, **REFUSED})
    def patch(self, request: Request, token: UUID) -> Response:
        """Save ratings in the draft; null takes one back. Renews the lease. The same again changes nothing.

        With `version`, ratings that contradict what was stored since that version are refused (`conflict`).
        Where the solution grows, the answer has the next step's candidates once all of a step are rated.
        """
        lease = access.lease_for(request.user, token)
        given = valid(s.SaveIn, request.data)
        if lease.grows:
            grown = labeling.grow(lease=lease, **draft_of(lease, given), turns=turns_of(given))
            if grown.is_asked:
                tasks.nudge_writer()
            desk = labeling.GrowingDesk(lease._replace(version=grown.version), grown.growth, grown.awaited)
            return answer(s.LeaseOut, desk)
        saved = labeling.save(lease=lease, **draft_of(lease, given))
        return answer(s.LeaseOut, labeling.desk_of(lease._replace(version=saved.version)))


class Ask(APIView):
    audience = "labelers"

    @extend_schema(request=None, responses=s.LeaseOut)
    def post(self, request: Request, token: UUID) -> Response:
        """Ask the project's generator for what is not there, and look what has come.

        The next step of a solution that grows, or alternatives for the first error that is saved.
        """
        lease = access.lease_for(request.user, token)
        desk = labeling.growing_desk_of(lease) if lease.grows else labeling.asking_desk_of(lease)
        if desk.waits:
            tasks.nudge_writer()
        return answer(s.LeaseOut, desk)


class Beat(APIView):
    audience = "labelers"

    @extend_schema(request=None, responses=s.HoldOut)
    def post(self, request: Request, token: UUID) -> Response:
        """Keep the lease while nothing is to be saved yet."""
        return answer(s.HoldOut, labeling.renew(lease=access.lease_for(request.user, token)))


class Submit(APIView):
    audience = "labelers"

    @extend_schema(request=s.SubmitIn, responses={200: s.SubmittedOut, **REFUSED})
    def post(self, request: Request, token: UUID) -> Response:
        """Hand in, ratings and all, and get the next solution. The same again returns what is stored.

        When something else was submitted before, that counts: `already_submitted`, with the same `key`
        `other_submit`. The next solution lapses soon unless it is opened: by a rating, or a beat.
        """
        lease = access.lease_for(request.user, token)
        given = valid(s.SubmitIn, request.data)
        end: dict[str, Any] = {name: given.get(name) for name in ("key", "early_end", "explanation")}
        if lease.grows:
            turns = turns_of(given)
            submitted = labeling.hand_in(lease=lease, **draft_of(lease, given), turns=turns, **end)
        else:
            report = Report(**given["report"]) if given.get("report") else None
            submitted = labeling.submit(lease=lease, **draft_of(lease, given), **end, report=report)
        result = {
            "annotation": {"token": lease.token, **submitted._asdict()},
            "next": next_or_halt(lease.labeler, opened=False),
        }
        return answer(s.SubmittedOut, result)


def draft_of(lease: Leasing, given: dict[str, Any]) -> dict[str, Any]:
    """The draft in a body, as `labeling` takes it."""
    marks = {
        (one["step"], one["position"]): Mark(one["rating"], one["unsure"] if lease.allows_unsure else None)
        for one in given["ratings"]
    }
    return {"marks": marks, "base": given.get("version"), "step_ms": given["step_ms"]}


def next_for(labeler: int, *, opened: bool = True) -> dict[str, Any]:
    lease = labeling.lease_next(labeler=labeler, opened=opened)
    if lease is None:
        return {"lease": None, "waiting": labeling.waiting_for(labeler)}
    return {"lease": desk_for(lease), "waiting": None}


def desk_for(lease: Leasing) -> Desk | GrowingDesk:
    return labeling.growing_desk_of(lease) if lease.grows else labeling.desk_of(lease)


def turns_of(given: dict[str, Any]) -> dict[int, Turn]:
    """The choices in a body, as `labeling` takes them."""
    return {one["step"]: Turn(one["position"], one["text"]) for one in given["choices"]}


def next_or_halt(labeler: int, *, opened: bool) -> dict[str, Any]:
    """What is submitted is submitted, whatever stands before the next solution."""
    try:
        return next_for(labeler, opened=opened)
    except labeling.Halt as halt:
        return {"lease": None, "waiting": None, "halt": halt_out(halt)}
