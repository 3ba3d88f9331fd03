"""Endpoints and scorers behind them, as rows."""

from annotation.models import Endpoint, Project, Scorer


def fresh(project: Project, **given: object) -> Endpoint:
    """One that is not kept yet."""
    values = {"name": "PRM", "role": "scorer", "protocol": "plain", "url": "http://127.0.0.1:9000"}
    return Endpoint(project=project, **{**values, **given})


def scorer_behind_endpoint(project: Project, version: int = 1) -> Scorer:
    endpoint = fresh(project, name=f"PRM {version}")
    endpoint.save()
    return Scorer.objects.create(project=project, kind="endpoint", version=version, endpoint=endpoint)
