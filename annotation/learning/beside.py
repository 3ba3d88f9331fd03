"""What stands beside a solution on the desk."""

from dataclasses import dataclass

from annotation.models import Guideline, Lease


@dataclass(frozen=True)
class Beside:
    guideline: Guideline | None
    """The version by which this solution is rated."""


def beside(lease: Lease) -> Beside:
    """What stands beside the work on this solution; asks the database only where there is something."""
    return Beside(Guideline.objects.get(pk=lease.guideline) if lease.guideline else None)
