"""A lease as the desk needs it: one row, read by one statement.

The desk is where people wait, so its reads and writes are SQL said once, not queries composed at each request
(docs/decisions/006-desk-in-sql.md).
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from annotation.models.work import EVERYBODY

MOST_GROWN = 500
"""Steps a solution can grow to."""


class Lease(NamedTuple):
    """One labeler's work on one task, under its token. Whether its time is over is asked of the place."""

    annotation: int
    token: UUID
    task: int
    labeler: int
    solution: int
    length: int
    """Number of steps; of the longest way through a tree where the solution grows."""
    problem: str
    answer: str | None
    """The reference answer; None when the project does not show it."""
    project_slug: str
    project_name: str
    minutes: int
    """How long a lease lasts after the last act."""
    most_minutes: int
    """How long it lasts at most, however much is done."""
    stops: bool
    """Whether work ends at the first negative step."""
    reveals_all: bool
    allows_unsure: bool
    asks_report: bool
    """Whether something is asked about the first error besides its rating."""
    step_ms: list[int]
    """Active time so far for each step, in milliseconds; shorter than the solution when less is known."""
    version: int
    finish_reason: str | None
    submitted_at: datetime | None
    is_surplus: bool
    guideline: int | None
    """The version of the instructions it is bound to."""
    round: int | None
    """The practice or screening it belongs to; null in regular work."""
    stage: str | None
    """Which of the two."""
    grows: bool
    """Whether the labeler chooses completions step by step (PRM800K phase 1)."""
    candidates_shown: int
    """Of these, how many at most for a step."""
    has_writer: bool
    """Whether a generator is asked for what a solution that grows can go on with."""
    alternatives_asked: int
    """How many alternatives a generator is asked for after a first error; 0 without one."""

    @property
    def most_steps(self) -> int:
        return MOST_GROWN if self.grows else self.length


LEASE = """
    SELECT a.id, a.token, a.task_id, a.labeler_id, a.solution_id, s.length, p.text,
           CASE WHEN pr.shows_answer THEN p.answer END, pr.slug, pr.name, pr.lease_minutes,
           pr.most_minutes, pr.stops_at_error, pr.reveals_all, pr.allows_unsure,
           pr.asks_progress OR pr.asks_critique OR cardinality(pr.error_categories) > 0,
           a.step_ms, a.version, a.finish_reason, a.submitted_at, a.is_surplus,
           a.guideline_id, a.round_id, (SELECT stage FROM annotation_round WHERE id = a.round_id),
           NOT s.pre_generated, pr.candidates_shown, pr.writer_id IS NOT NULL,
           CASE WHEN pr.writer_id IS NULL THEN 0 ELSE pr.alternatives_asked END
    FROM {annotations} a
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    JOIN annotation_project pr ON pr.id = a.project_id
"""
"""The columns of `Lease`, to be completed with where the annotations come from, and a condition."""

HELD = f"""
    SELECT p.task_id, p.labeler_id, p.reserved_for_id, p.expires_at
    FROM annotation_membership m
    JOIN annotation_place p ON p.labeler_id = m.id AND p.filled_at IS NULL AND p.wanted < {EVERYBODY}
    WHERE m.project_id = {{project}} AND p.expires_at >= now()
"""
"""The places of the queue that labelers of a project hold now: one each at most, so found by the labelers."""
