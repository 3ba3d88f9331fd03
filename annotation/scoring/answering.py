"""The embedded verifier, asked for the scores of one solution that need not be in the project."""

from collections.abc import Sequence
from functools import lru_cache

from annotation.models import Project, Scorer
from annotation.verifier.model import Model

KEPT = 8
"""Models that a process keeps in memory."""


class NoVerifier(Exception):
    """The project has no verifier, or none of this version."""


def scores_for(project: Project, problem: str, steps: Sequence[str], version: int | None = None) -> list[float]:
    """P(correct) of each step by the latest version, or by the one named. Raises `NoVerifier`."""
    verifiers = Scorer.objects.filter(project=project, kind=Scorer.Kind.VERIFIER).order_by("-version")
    wanted = verifiers if version is None else verifiers.filter(version=version)
    found = wanted.values_list("pk", flat=True).first()
    if found is None:
        raise NoVerifier("There is no such verifier; a manager trains one.")
    (scores,) = model_of(found).score_many([(problem, steps)])
    return [float(score) for score in scores]


@lru_cache(maxsize=KEPT)
def model_of(scorer: int) -> Model:
    """A version never changes."""
    weights = Scorer.objects.values_list("weights", flat=True).get(pk=scorer)
    return Model.load(bytes(weights or b""))
