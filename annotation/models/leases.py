"""A lease as the desk needs it: one row, read by one statement.

The desk is where people wait, so its reads and writes are SQL said once, not queries composed at each request
(docs/decisions/006-desk-in-sql.md).
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Lease(NamedTuple):
    """One labeler's work on one task, under its token. Whether its time is over is asked of the place."""

    annotation: int
    token: UUID
    task: int
    labeler: int
    solution: int
    length: int
    """Number of steps."""
    problem: str
    answer: str | None
    """The reference answer."""
    project_slug: str
    project_name: str
    minutes: int
    """How long a lease lasts after the last act."""
    finish_reason: str | None
    submitted_at: datetime | None
    guideline: int | None
    """The version of the instructions it is bound to."""
    round: int | None
    """The practice or screening it belongs to; null in regular work."""
    stage: str | None
    """Which of the two."""


LEASE = """
    SELECT a.id, a.token, a.task_id, a.labeler_id, a.solution_id, s.length, p.text, p.answer,
           pr.slug, pr.name, pr.lease_minutes, a.finish_reason, a.submitted_at,
           a.guideline_id, a.round_id,
           (SELECT stage FROM annotation_round WHERE id = a.round_id)
    FROM {annotations} a
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    JOIN annotation_project pr ON pr.id = a.project_id
"""
"""The columns of `Lease`, to be completed with where the annotations come from, and a condition."""
