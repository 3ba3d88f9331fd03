"""From a body to checked values, and from values to an answer."""

from functools import cache
from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import Serializer


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
