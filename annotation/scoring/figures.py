"""The scorers of a project, and how far their scores have come."""

from typing import NamedTuple

import msgspec
from django.db.models import Count

from annotation.endpoints import registry
from annotation.models import Project, Scorer, Solution
from annotation.verifier.report import Report


class Version(NamedTuple):
    scorer: Scorer
    report: Report | None
    """How the verifier did on held-out problems; None for a model behind an endpoint."""
    scored: int
    left: int
    """Solutions of the project that it has not scored."""
    can_go_on: bool
    """Whether it can score them: a model behind an endpoint that is asked otherwise by now cannot."""


def versions_of(project: Project) -> list[Version]:
    """The latest first."""
    solutions = Solution.objects.filter(project=project, pre_generated=True).count()
    found = (
        project.scorers.select_related("endpoint")
        .defer("weights")
        .annotate(scored=Count("scores"))
        .order_by("-pk")
    )
    return [version_of(scorer, scorer.scored, solutions) for scorer in found]


def version_of(scorer: Scorer, scored: int, solutions: int) -> Version:
    report = msgspec.convert(scorer.report, Report) if scorer.report else None
    left = max(0, solutions - scored)
    return Version(scorer, report, scored, left, can_go_on=left > 0 and is_as_it_was(scorer))


def is_as_it_was(scorer: Scorer) -> bool:
    return scorer.endpoint is None or scorer.settings == registry.version_of(scorer.endpoint)
