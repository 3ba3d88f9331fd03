"""What is said of the first error, piece by piece: each window sends only what was changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from annotation.labeling.desk import desk_of
from annotation.labeling.drafting import lock
from annotation.labeling.errors import AlreadySubmitted
from annotation.labeling.report import Report, kept_report, save_report
from annotation.labeling.spots import Marks
from annotation.models import Lease
from annotation.ratings import Rating, first_error


@dataclass(frozen=True)
class Amendment:
    """What of a report is said anew; what is not in here stays as it is kept."""

    said: Mapping[str, Any] = field(default_factory=dict)
    """`progress`, `category` and `critique`."""
    ratings: Mapping[tuple[int, int], Rating | None] = field(default_factory=dict)
    """Of given critiques, by their step and position."""

    def __bool__(self) -> bool:
        return bool(self.said or self.ratings)

    @property
    def has_content(self) -> bool:
        """Whether it is more than fields left blank."""
        return any(value not in {None, ""} for value in [*self.said.values(), *self.ratings.values()])

    def of(self, step: int, kept: Report | None) -> Report:
        """The whole report of this step. Ratings of critiques belong to one step, all else to the error."""
        kept = kept or Report(step)
        ratings = dict(enumerate(kept.ratings)) if kept.step == step else {}
        ratings |= {place: rating for (of, place), rating in self.ratings.items() if of == step}
        rated = [ratings.get(place) for place in range(max(ratings, default=-1) + 1)]
        return kept._replace(**self.said, step=step, ratings=rated)


def error_of(lease: Lease, marks: Marks) -> int | None:
    """The step with the first error, with these marks on top of those kept."""
    ratings = enumerate(desk_of(lease).ratings)
    return first_error([marks[step, 0].rating if (step, 0) in marks else kept for step, kept in ratings])


@transaction.atomic
def amend_report(*, lease: Lease, step: int, amendment: Amendment) -> None:
    """Keep it with the draft. The same again changes nothing, also when it is submitted. Locks the annotation.

    Raises `WrongReport`, `AlreadySubmitted` and `Withdrawn`.
    """
    submitted_at, _ = lock(lease)
    kept = kept_report(lease)
    report = amendment.of(step, kept)
    if submitted_at is None:
        save_report(lease=lease, report=report)
    elif report != kept:
        raise AlreadySubmitted
