"""Endpoints as rows: registered, changed, and as what is called."""

from dataclasses import fields, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from annotation import audit, serving
from annotation.endpoints.keys import seal, unseal
from annotation.models import Endpoint, Project, Scorer, User
from annotation.serving.endpoint import MOST_SECONDS, SCORER_SECONDS
from annotation.serving.generators import GENERATORS
from annotation.serving.scorers import SCORERS

PLAIN = ("protocol", "url", "model", "seconds", "parallel")
"""Columns that `serving.Endpoint` has too."""


class BadEndpoint(Exception):
    """What was given makes no endpoint; the message is one sentence for a manager."""


def protocols(role: str) -> dict[str, Any]:
    """What the forms offer for scorers and generators."""
    return dict(SCORERS if role == Endpoint.Role.SCORER else GENERATORS)


def suggested(role: str, protocol: str) -> dict[str, str]:
    """Options that an endpoint begins with, where those are not the defaults of `serving.Endpoint`."""
    return dict(getattr(protocols(role).get(protocol), "suggested", {}))


def checked(endpoint: Endpoint, key: str = "") -> serving.Endpoint:
    """The endpoint as it would be called with this key. Raises `BadEndpoint`."""
    known = protocols(endpoint.role)
    if endpoint.protocol not in known:
        raise BadEndpoint(f"There is no such protocol for a {endpoint.role}.")
    names = {field.name for field in fields(serving.Endpoint)}
    wrong = set(endpoint.options) - names.intersection(known[endpoint.protocol].fields)
    if wrong:
        raise BadEndpoint(f"This protocol has no option {', '.join(sorted(wrong))}.")
    if endpoint.seconds > most_seconds(endpoint.role):
        raise BadEndpoint(
            f"seconds is {endpoint.seconds:g}; a {endpoint.role} has {most_seconds(endpoint.role):g} at most."
        )
    given = {name: getattr(endpoint, name) for name in PLAIN} | endpoint.options
    try:
        made = serving.Endpoint(**given, key=key, allows_private=settings.PRIVATE_ENDPOINTS)
    except serving.Permanent as error:
        raise BadEndpoint(str(error)) from None
    lacks = [name for name in known[endpoint.protocol].fields if getattr(made, name) is None]
    if lacks:
        raise BadEndpoint(f"This protocol needs {' and '.join(lacks)}.")
    return made


def most_seconds(role: str) -> float:
    return SCORER_SECONDS if role == Endpoint.Role.SCORER else MOST_SECONDS


def called(endpoint: Endpoint) -> serving.Endpoint:
    """The endpoint with its key. Raises `BadEndpoint` and `UnreadableKey`."""
    key = unseal(bytes(endpoint.sealed_key), endpoint.url) if endpoint.sealed_key else ""
    return replace(checked(endpoint), key=key)


@transaction.atomic
def register(*, endpoint: Endpoint, actor: User, key: str = "") -> Endpoint:
    """Keep a new endpoint, with its key where it has one. Raises `BadEndpoint`."""
    checked(endpoint, key)
    endpoint.actor = actor
    endpoint.sealed_key = seal(key, endpoint.url) if key else None
    save(endpoint)
    audit.record(actor, "register endpoint", endpoint, project=endpoint.project, **told(endpoint))
    return endpoint


@transaction.atomic
def change(*, endpoint: Endpoint, actor: User, key: str | None = None) -> Endpoint:
    """Keep what was changed of an endpoint. Without a `key` its own stays, unless the URL is another one.

    An empty one takes it away. A breaker that was open closes: what was wrong may be mended.
    Raises `BadEndpoint`.
    """
    checked(endpoint, key or "")
    before = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if key:
        endpoint.sealed_key = seal(key, endpoint.url)
    else:
        stays = key is None and endpoint.url == before.url
        endpoint.sealed_key = before.sealed_key if stays else None
    endpoint.failures, endpoint.opened_at, endpoint.is_probing = 0, None, False
    save(endpoint)
    audit.record(actor, "change endpoint", endpoint, project=endpoint.project, **told(endpoint))
    return endpoint


@transaction.atomic
def remove(*, endpoint: Endpoint, actor: User) -> None:
    """Forget an endpoint, and its key. Raises `BadEndpoint` when scores or samples are from it."""
    Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if is_used(endpoint):
        raise BadEndpoint("Scores or samples are from it, and say so; it stays.")
    audit.record(actor, "remove endpoint", endpoint, project=endpoint.project, **told(endpoint))
    endpoint.delete()


def is_used(endpoint: Endpoint) -> bool:
    return endpoint.scorers.exists() or endpoint.runs.exists()


def save(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError as error:
        if "endpoint_name_once" not in str(error):
            raise
        raise BadEndpoint("The project has an endpoint of this name.") from None


def told(endpoint: Endpoint) -> dict[str, Any]:
    """For the trail: everything but the key."""
    return {**version_of(endpoint), "name": endpoint.name, "has_key": endpoint.sealed_key is not None}


def version_of(endpoint: Endpoint) -> dict[str, Any]:
    """What its scores depend on, as a scorer's settings."""
    plain = {"protocol": endpoint.protocol, "url": endpoint.url, "model": endpoint.model}
    return {**plain, **endpoint.options}


@transaction.atomic
def scorer_of(endpoint: Endpoint, actor: User | None) -> Scorer:
    """The version of a scorer that the endpoint is now: another one whenever it is asked otherwise."""
    project = Project.objects.select_for_update().get(pk=endpoint.project_id)
    settings_now = version_of(endpoint)
    found = Scorer.objects.filter(endpoint=endpoint, settings=settings_now).first()
    return found or Scorer.objects.create(
        project=project,
        kind=Scorer.Kind.ENDPOINT,
        endpoint=endpoint,
        version=Scorer.next_version(project, endpoint),
        settings=settings_now,
        actor=actor,
    )
