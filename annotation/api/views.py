"""The API: the same rules and the same access as the pages."""

from collections.abc import Sequence
from functools import cache
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import BadRequest
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from annotation import access, audit, exporting, importing, labeling, overview, projects, tasks
from annotation.api import schema as schema  # noqa: PLC0414 (importing it registers the scheme)
from annotation.api import serializers as s
from annotation.api.halts import HaltOut, halt_out
from annotation.api.parsers import GzipLinesParser, LinesParser
from annotation.labeling import Desk, GrowingDesk, Mark, Report, Turn
from annotation.models import ApiToken, LoadRun, Project, Role
from annotation.models import Lease as Leasing

ANY_ROLE = tuple(Role)
REFUSED = {409: s.ErrorOut}


def valid(serializer: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    checked = serializer(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


@cache
def writer(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    """One for all answers: making a serializer copies all its fields, and writing changes nothing in it."""
    return serializer()


def answer(serializer: type[Serializer[Any]], value: object) -> Response:
    return Response(writer(serializer).to_representation(value))


class Token(APIView):
    audience = "anyone"
    permission_classes = (AllowAny,)

    @extend_schema(request=s.CredentialsIn, responses={201: s.TokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in: an email and a password for a token."""
        given = valid(s.CredentialsIn, request.data)
        user = authenticate(request._request, username=given["email"].lower(), password=given["password"])
        if user is None:
            raise AuthenticationFailed("This email and password do not go together.")
        return Response({"token": ApiToken.objects.issue(user=user)}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out: this token is forgotten."""
        if isinstance(request.auth, str):
            ApiToken.objects.holding(request.auth).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class Projects(APIView):
    audience = "signed-in"

    def get_permissions(self) -> Sequence[Any]:
        return [IsAdminUser()] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(responses=s.ProjectOut(many=True))
    def get(self, request: Request) -> Response:
        """The projects in which you have a role."""
        return Response(s.ProjectOut(access.projects_for(request.user, ANY_ROLE), many=True).data)

    @extend_schema(request=s.ProjectIn, responses={201: s.ProjectOut})
    def post(self, request: Request) -> Response:
        """Make a project (staff)."""
        serializer = s.ProjectIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        project = Project(**serializer.validated_data)
        projects.create(actor=access.signed_in(request.user), project=project)
        return Response(s.ProjectOut(project).data, status=status.HTTP_201_CREATED)


class ProjectCounts(APIView):
    audience = "viewers"

    @extend_schema(responses=s.CountsOut)
    def get(self, request: Request, slug: str) -> Response:
        """What is in a project and how far it is (researchers and managers)."""
        project = access.project_for(request.user, slug, access.VIEWERS)
        return answer(s.CountsOut, overview.of(project))


class Load(APIView):
    audience = "managers"
    parser_classes = (LinesParser, GzipLinesParser)

    @extend_schema(
        parameters=[s.LoadQuery],
        request={("application/jsonl"): OpenApiTypes.BINARY, "application/gzip": OpenApiTypes.BINARY},
        responses={202: s.LoadRunOut},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Load problems, solutions or annotations: the body is the file. A worker does the work."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        query = valid(s.LoadQuery, request.query_params)
        body = cast("BinaryIO", request.data)
        run = receive(
            project=project,
            actor=access.signed_in(request.user),
            file=body,
            name=query["name"],
            format=query["format"],
            size=body_size(request),
            for_pool=query["for_pool"],
        )
        tasks.nudge_load(run.pk)
        return Response(s.LoadRunOut(run).data, status=status.HTTP_202_ACCEPTED)


def receive(**given: Any) -> LoadRun:
    """`importing.receive`, with a broken upload as a bad request."""
    try:
        return importing.receive(**given)
    except importing.BadFile as error:
        raise BadRequest(str(error)) from error


def body_size(request: Request) -> int:
    """Bytes in the body, as its sender says; the server reads no more than that."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdigit() or int(length) == 0:
        raise BadRequest("Send the file as the body, with its Content-Length.")
    if int(length) > settings.UPLOAD_MAX_BYTES:
        raise BadRequest(f"The file is larger than {settings.UPLOAD_MAX_BYTES // 2**20} MB; split it.")
    return int(length)


class Run(APIView):
    audience = "managers"

    @extend_schema(responses=s.LoadRunOut)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        """How a load goes: ask until `state` is done or failed."""
        return Response(s.LoadRunOut(access.run_for(request.user, slug, pk)).data)


class Export(APIView):
    audience = "managers"

    @extend_schema(
        parameters=[OpenApiParameter("format", enum=list(exporting.FORMATS), default="prm800k")],
        responses={(200, "application/jsonl"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """The submitted annotations as JSONL, made while it is read."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        name = request.query_params.get("format", "prm800k")
        if name not in exporting.FORMATS:
            raise BadRequest(f"format takes {', '.join(exporting.FORMATS)}.")
        audit.record(access.signed_in(request.user), "export", project, project=project, format=name)
        return StreamingHttpResponse(exporting.FORMATS[name](project), content_type="application/jsonl")


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
        if desk.awaited is not None and desk.awaited.waits:
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


class Schema(SpectacularAPIView):
    """This description, as OpenAPI 3."""

    audience = "signed-in"
