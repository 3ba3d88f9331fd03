"""What a labeler sees: one solution with the ratings so far, or what there is to wait for."""

from dataclasses import dataclass
from datetime import datetime

from annotation.labeling.rows import all_rows, one
from annotation.models import Lease
from annotation.ratings import Rating, finish_reason, first_error, next_step

STEPS = """
    SELECT c.step, c.text, l.rating
    FROM annotation_completion c
    LEFT JOIN annotation_steplabel l
        ON l.annotation_id = %(annotation)s AND l.step = c.step AND l.position = 0
    WHERE c.solution_id = %(solution)s AND c.index = 0 ORDER BY c.step
"""

WAITING = """
    SELECT count(*) FILTER (WHERE p.labeler_id = %(labeler)s AND p.filled_at IS NOT NULL),
           count(*) FILTER (WHERE p.filled_at IS NULL AND p.expires_at >= now()
                              AND p.labeler_id <> %(labeler)s AND NOT mine.done),
           min(p.expires_at) FILTER (WHERE p.filled_at IS NULL AND p.expires_at >= now()
                              AND p.labeler_id <> %(labeler)s AND NOT mine.done),
           count(DISTINCT t.id) FILTER (WHERE t.is_open AND mine.done AND p.filled_at IS NULL)
    FROM annotation_task t
    JOIN annotation_place p ON p.task_id = t.id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM annotation_annotation a WHERE a.solution_id = t.solution_id
          AND a.labeler_id = %(labeler)s AND a.submitted_at IS NOT NULL) AS done) mine
    WHERE t.project_id = (SELECT project_id FROM annotation_membership WHERE id = %(labeler)s)
      AND (t.is_open OR mine.done) AND NOT t.is_practice
"""


@dataclass(frozen=True)
class DeskStep:
    index: int
    text: str
    rating: Rating | None
    is_after_error: bool


@dataclass(frozen=True)
class Desk:
    """One leased solution. The reference solution is not in here: labelers never get it."""

    lease: Lease
    steps: list[DeskStep]

    @property
    def ratings(self) -> list[Rating | None]:
        return [step.rating for step in self.steps]

    @property
    def current(self) -> int | None:
        """The step to rate next; None when the solution can be submitted."""
        return next_step(self.ratings)

    @property
    def finish_reason(self) -> str | None:
        return finish_reason(self.ratings)


@dataclass(frozen=True)
class Waiting:
    """Why a labeler gets nothing: all counts are of this project."""

    done: int
    """Solutions this labeler has submitted."""
    with_others: int
    """Places that others hold and that may come free for this labeler."""
    next_free: datetime | None
    """When the first of those leases lapses, unless it is used."""
    for_others: int
    """Solutions this labeler has done and that wait for somebody else's opinion."""


def desk_of(lease: Lease) -> Desk:
    rows = all_rows(STEPS, {"annotation": lease.annotation, "solution": lease.solution})
    error = first_error([rating for _, _, rating in rows])
    steps = [
        DeskStep(step, text, rating, is_after_error=error is not None and step > error)
        for step, text, rating in rows
    ]
    return Desk(lease, steps)


def waiting_for(labeler: int) -> Waiting:
    """What this labeler (a membership's id) can wait for."""
    row = one(WAITING, {"labeler": labeler})
    assert row is not None
    return Waiting(*row)
