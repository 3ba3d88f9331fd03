"""Model endpoints by script: registered, changed, removed, asked for scores and samples."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import access, sampling
from annotation import endpoints as registry
from annotation.api.bodies import valid
from annotation.api.work import WorkOut, begun
from annotation.endpoints.registry import suggested
from annotation.models import Endpoint, User
from annotation.scoring import scores

OPTIONS = (
    "separator", "layout", "positive", "good", "bad", "good_id", "bad_id", "votes", "instruction", "continues",
)  # fmt: skip
PLAIN = ("name", "url", "model", "seconds", "parallel")


class EndpointIn(serializers.Serializer[Any]):
    """After the limits come the options; which of them a protocol has, its form on the page says."""

    name = serializers.CharField(max_length=80)
    role = serializers.ChoiceField(choices=Endpoint.Role.choices)
    protocol = serializers.CharField(max_length=20)
    url = serializers.CharField(max_length=2000)
    model = serializers.CharField(max_length=400, required=False, allow_blank=True)
    key = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="Never told again; empty takes it away."
    )
    seconds = serializers.FloatField(required=False, help_text="Deadline of a request.")
    parallel = serializers.IntegerField(required=False, help_text="Requests in flight.")
    separator = serializers.CharField(required=False, max_length=40, trim_whitespace=False)
    layout = serializers.ChoiceField(required=False, choices=["chat", "text"])
    positive = serializers.IntegerField(required=False, min_value=0, max_value=15)
    good = serializers.CharField(required=False, max_length=20)
    bad = serializers.CharField(required=False, max_length=20)
    good_id = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000)
    bad_id = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000)
    votes = serializers.IntegerField(required=False, min_value=0)
    instruction = serializers.CharField(required=False, max_length=4000, allow_blank=True)
    continues = serializers.BooleanField(required=False)


class EndpointOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Endpoint.Role.choices)
    protocol = serializers.CharField()
    url = serializers.CharField()
    model = serializers.CharField()
    seconds = serializers.FloatField()
    parallel = serializers.IntegerField()
    options = serializers.DictField()
    has_key = serializers.SerializerMethodField()
    silent_since = serializers.DateTimeField(source="opened_at", allow_null=True, help_text="Null: it is asked.")

    def get_has_key(self, endpoint: Endpoint) -> bool:
        return endpoint.sealed_key is not None


class Endpoints(APIView):
    audience = "managers"

    @extend_schema(responses=EndpointOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The project's model endpoints."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        return Response(EndpointOut(project.endpoints.order_by("role", "name"), many=True).data)

    @extend_schema(request=EndpointIn, responses={201: EndpointOut})
    def post(self, request: Request, slug: str) -> Response:
        """Register an endpoint. Nothing is asked of it yet."""
        project = access.project_for(request.user, slug, access.MANAGERS)
        given = valid(EndpointIn, request.data)
        kind = {name: given[name] for name in ("role", "protocol")}
        row = Endpoint(project=project, options=suggested(**kind), **kind)
        kept = save(row, given, access.signed_in(request.user))
        return Response(EndpointOut(kept).data, status=status.HTTP_201_CREATED)


class OneEndpoint(APIView):
    audience = "managers"

    @extend_schema(responses=EndpointOut)
    def get(self, request: Request, slug: str, pk: int) -> Response:
        return Response(EndpointOut(access.endpoint_for(request.user, slug, pk)).data)

    @extend_schema(request=EndpointIn(partial=True), responses=EndpointOut)
    def patch(self, request: Request, slug: str, pk: int) -> Response:
        """Change what is given; role and protocol stay. Another URL has no key unless it is given, too."""
        row = access.endpoint_for(request.user, slug, pk)
        given = EndpointIn(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return Response(EndpointOut(save(row, given.validated_data, access.signed_in(request.user))).data)

    @extend_schema(request=None, responses={204: None, 400: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """Forget it, and its key; one that scores or samples are from stays."""
        row = access.endpoint_for(request.user, slug, pk)
        try:
            registry.remove(endpoint=row, actor=access.signed_in(request.user))
        except registry.BadEndpoint as error:
            raise BadRequest(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def save(row: Endpoint, given: dict[str, Any], actor: User) -> Endpoint:
    for name in PLAIN:
        setattr(row, name, given.get(name, getattr(row, name)))
    row.options = {**row.options, **{name: given[name] for name in OPTIONS if name in given}}
    try:
        if row.pk is None:
            return registry.register(endpoint=row, actor=actor, key=given.get("key", ""))
        return registry.change(endpoint=row, actor=actor, key=given.get("key"))
    except registry.BadEndpoint as error:
        raise BadRequest(str(error)) from error


class ScoreAll(APIView):
    audience = "managers"

    @extend_schema(request=None, responses={202: WorkOut})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        """Score what this scorer, as it is now, has not scored yet."""
        row = of_role(access.endpoint_for(request.user, slug, pk), Endpoint.Role.SCORER)
        actor = access.signed_in(request.user)
        return begun(scores.start(project=row.project, actor=actor, scorer=registry.scorer_of(row, actor)))


class SampleIn(serializers.Serializer[Any]):
    n = serializers.IntegerField(required=False, help_text="Solutions of each problem.")
    per_request = serializers.IntegerField(required=False)
    temperature = serializers.FloatField(required=False)
    max_tokens = serializers.IntegerField(required=False)
    stop = serializers.ListField(child=serializers.CharField(trim_whitespace=False), required=False)
    seed = serializers.IntegerField(required=False, allow_null=True)
    problems = serializers.IntegerField(required=False, allow_null=True, help_text="At most; null for all.")
    only_new = serializers.BooleanField(required=False)


class Sample(APIView):
    audience = "managers"

    @extend_schema(request=SampleIn, responses={202: WorkOut})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        """Sample whole solutions into the pool."""
        row = of_role(access.endpoint_for(request.user, slug, pk), Endpoint.Role.GENERATOR)
        given = valid(SampleIn, request.data)
        plan = sampling.Plan(**{**given, "stop": tuple(given.get("stop", ()))})
        try:
            run = sampling.start(endpoint=row, actor=access.signed_in(request.user), plan=plan)
        except sampling.BadPlan as error:
            raise BadRequest(str(error)) from error
        return begun(run)


def of_role(row: Endpoint, role: Endpoint.Role) -> Endpoint:
    if row.role != role:
        raise Http404
    return row
