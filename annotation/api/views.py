"""Projects by script: the same rules and the same access as the pages."""

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

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
from rest_framework.views import APIView

from annotation import access, audit, exporting, importing, overview, projects, tasks
from annotation.api import schema as schema  # noqa: PLC0414 (importing it registers the scheme)
from annotation.api import serializers as s
from annotation.api.bodies import answer, valid
from annotation.api.parsers import GzipLinesParser, LinesParser
from annotation.models import ApiToken, LoadRun, Project, Role

ANY_ROLE = tuple(Role)


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


class Schema(SpectacularAPIView):
    """This description, as OpenAPI 3."""

    audience = "signed-in"
