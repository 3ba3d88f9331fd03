"""What stands beside a solution on the desk."""

from dataclasses import dataclass

from annotation.models import Annotation, Guideline, Lease, Round, Stage


@dataclass(frozen=True)
class Beside:
    guideline: Guideline | None
    """The version by which this solution is rated."""
    stage: Stage | None = None
    """In practice and screening: which of the two, the how manieth solution, and of how many."""
    number: int = 0
    total: int = 0


def beside(lease: Lease) -> Beside:
    """What stands beside the work on this solution; asks the database only where there is something."""
    guideline = Guideline.objects.get(pk=lease.guideline) if lease.guideline else None
    if lease.round is None:
        return Beside(guideline)
    found = Round.objects.get(pk=lease.round)
    done = Annotation.objects.filter(round=found, submitted_at__isnull=False).exclude(pk=lease.annotation)
    return Beside(guideline, Stage(found.stage), done.count() + 1, len(found.solutions))
