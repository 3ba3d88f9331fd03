"""Handing in: the draft becomes an annotation that no longer changes, and its place is filled."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import transaction

from annotation.labeling.errors import Incomplete, NoReason, OtherSubmit
from annotation.labeling.marks import (
    GIVEN,
    WRITE,
    Mark,
    Marks,
    Spot,
    check_conflicts,
    check_spots,
    stored_marks,
    written,
)
from annotation.labeling.report import Report, check_complete, drop, keep, kept_report
from annotation.labeling.rows import all_rows, one
from annotation.labeling.timing import TOTAL, total
from annotation.models import Lease
from annotation.ratings import NEGATIVE, Rating, counted, finish_reason, first_error, next_step

EarlyEnd = Literal["give_up", "bad_problem"]

# Locks the annotation and its task, so that two who fill the last two places of a task see each other.
LOCK = """
    SELECT a.submitted_at, a.finish_reason, a.explanation, a.active_ms, a.is_surplus, a.version, a.step_ms,
           a.submit_key, a.submit_digest
    FROM annotation_annotation a JOIN annotation_task t ON t.id = a.task_id
    WHERE a.id = %(annotation)s FOR NO KEY UPDATE
"""

ALTERNATIVES = """
    SELECT index FROM annotation_completion
    WHERE solution_id = %(solution)s AND step = %(step)s AND index > 0 ORDER BY index
"""

# Keeps the marks that count and drops the others, fills the labeler's place or else a free one of the task, and
# closes the task with its last one. With no place left the annotation is surplus. The annotation comes last, as
# its labels no longer change afterwards.
FINISH = f"""
    WITH kept AS ({WRITE.format(given=GIVEN, draft="(SELECT %(version)s::int AS version)")}
        RETURNING 1
    ), dropped AS (
        DELETE FROM annotation_steplabel
        WHERE annotation_id = %(annotation)s AND (step, position) NOT IN (
            SELECT step, position FROM {GIVEN} AS given (step, position, completion, rating, flagged))
        RETURNING 1
    ), filled AS (
        UPDATE annotation_place
        SET filled_at = now(), leased_at = CASE WHEN labeler_id = %(labeler)s THEN leased_at ELSE now() END,
            expires_at = greatest(expires_at, now()), labeler_id = %(labeler)s
        WHERE (task_id, slot) = (
            SELECT task_id, slot FROM annotation_place
            WHERE task_id = %(task)s AND filled_at IS NULL
              AND (labeler_id IS NULL OR labeler_id = %(labeler)s OR expires_at < now())
            ORDER BY labeler_id IS NOT DISTINCT FROM %(labeler)s DESC, slot
            LIMIT 1 FOR UPDATE)
        RETURNING slot
    ), closed AS (
        UPDATE annotation_task SET is_open = false
        WHERE id = %(task)s AND is_open AND NOT EXISTS (
            SELECT FROM annotation_place WHERE task_id = %(task)s AND filled_at IS NULL
              AND slot NOT IN (SELECT slot FROM filled))
    )
    UPDATE annotation_annotation a
    SET {TOTAL}, version = %(version)s, submitted_at = clock_timestamp(), finish_reason = %(reason)s,
        explanation = %(explanation)s, chosen = %(chosen)s::smallint[], submit_key = %(key)s,
        submit_digest = %(digest)s, is_surplus = NOT EXISTS (SELECT FROM filled)
    WHERE id = %(annotation)s AND (SELECT count(*) FROM kept) >= 0 AND (SELECT count(*) FROM dropped) >= 0
    RETURNING submitted_at, finish_reason, explanation, active_ms, is_surplus
"""


class Submitted(NamedTuple):
    """An annotation that no longer changes."""

    submitted_at: datetime
    finish_reason: str
    explanation: str
    active_ms: int
    """Time at work in milliseconds."""
    is_surplus: bool
    """Whether it is one more than was wanted, as somebody else had the last place by then."""


def submit(
    *,
    lease: Lease,
    marks: Marks,
    base: int | None = None,
    key: UUID | None = None,
    early_end: EarlyEnd | None = None,
    explanation: str = "",
    step_ms: Sequence[int] = (),
    report: Report | None = None,
) -> Submitted:
    """Keep the marks given along with those saved before, and hand the annotation in.

    It ends as `found_error` at the first negative rating, as `solution` when all steps are rated without one,
    or early with a reason. Submitting again changes nothing and returns what is stored; the same `key` with
    another content is refused. It is never too late: with no place left the annotation is kept as surplus.
    `report` is what the project asks about a first error, if it was not saved before. Locks the annotation and
    its task, then a place. Raises `Incomplete`, `ReportIncomplete`, `NoReason`, `WrongRating`, `WrongReport`,
    `Conflict` and `OtherSubmit`.
    """
    check_spots(lease, marks)
    digest = digest_of(marks, early_end, explanation)
    with transaction.atomic():
        stored = lock(lease)
        if isinstance(stored, Earlier):
            return stored.again(key, digest)
        if early_end and not explanation.strip():
            raise NoReason
        known = stored_marks(lease)
        check_conflicts(marks, known, base, stored.version)
        draft = {spot: kept.mark for spot, kept in known.items()} | dict(marks)
        reason, that_count = judged(lease, draft, early_end)
        if lease.asks_report:
            settle_report(lease, reason, that_count, report)
        values = {"key": key, "digest": digest, **stored.ended(lease, explanation, step_ms)}
        return finish(lease, reason, that_count, values)


class Draft(NamedTuple):
    version: int
    step_ms: list[int]

    def ended(self, lease: Lease, explanation: str, step_ms: Sequence[int]) -> dict[str, object]:
        """What its submit makes of it, as values of `FINISH`."""
        times = total(self.step_ms, step_ms, lease.most_steps)
        return {"version": self.version + 1, "explanation": explanation.strip(), **times}


class Earlier(NamedTuple):
    """What was submitted before."""

    submitted: Submitted
    key: UUID | None
    digest: UUID | None

    def again(self, key: UUID | None, digest: UUID) -> Submitted:
        """The answer to a submit that is sent again."""
        if key is not None and key == self.key and digest != self.digest:
            raise OtherSubmit
        return self.submitted


def lock(lease: Lease) -> Draft | Earlier:
    """The draft; or what it has become."""
    row = one(LOCK, {"annotation": lease.annotation})
    assert row is not None
    *submitted, version, step_ms, key, digest = row
    return Draft(version, step_ms) if submitted[0] is None else Earlier(Submitted(*submitted), key, digest)


def digest_of(marks: Marks, early_end: EarlyEnd | None, explanation: str, *more: object) -> UUID:
    """Tells the content of one submit from another's."""
    content = json.dumps([sorted(marks.items()), early_end, explanation.strip(), *more])
    return UUID(bytes=hashlib.sha256(content.encode()).digest()[:16])


def judged(lease: Lease, draft: Marks, early_end: EarlyEnd | None) -> tuple[str, dict[Spot, Mark]]:
    """How the work ends, and the marks that count. Raises `Incomplete`."""
    ratings = ratings_of(lease.length, draft)
    reason = early_end or finish_reason(ratings, stops=lease.stops)
    if reason is None:
        raise Incomplete(next_step(ratings, stops=lease.stops) or 0)
    kept = counted(ratings, stops=lease.stops)
    if None in kept:
        kept = kept[: kept.index(None)]
    that_count = {(step, 0): draft[step, 0] for step in range(len(kept))}
    error = first_error(kept)
    if error is not None:
        that_count |= alternatives(lease, draft, error, needed=early_end is None)
    return reason, that_count


def settle_report(lease: Lease, reason: str, marks: Marks, report: Report | None) -> None:
    """Keep what is said of the first error if that is the end, and only then. Raises `ReportIncomplete`."""
    if reason != "found_error":
        drop(lease)
        return
    error = first_error(ratings_of(lease.length, marks))
    assert error is not None
    report = report or kept_report(lease)
    check_complete(lease, report, error)
    if report is not None:
        keep(lease, report)


def ratings_of(length: int, marks: Marks) -> list[Rating | None]:
    """The ratings of the solution's own steps, one entry a step."""
    return [marks[step, 0].rating if (step, 0) in marks else None for step in range(length)]


def alternatives(lease: Lease, draft: Marks, error: int, *, needed: bool) -> dict[Spot, Mark]:
    """What was said of the other completions for the step with the first error."""
    positions = [row[0] for row in all_rows(ALTERNATIVES, {"solution": lease.solution, "step": error})]
    rated = {
        (error, position): draft[error, position]
        for position in positions
        if (error, position) in draft and draft[error, position].rating is not None
    }
    missing = [position for position in positions if (error, position) not in rated]
    if missing and needed:
        raise Incomplete(error, missing[0])
    return rated


def finish(lease: Lease, reason: str, marks: Marks, values: Mapping[str, object]) -> Submitted:
    own = [mark.rating for (_, position), mark in marks.items() if position == 0]
    chosen = [None if rating == NEGATIVE else 0 for rating in own]
    return run_finish(lease, reason, {**values, "chosen": chosen, **written(marks)})


def run_finish(lease: Lease, reason: str, values: Mapping[str, object]) -> Submitted:
    of_lease = {
        "annotation": lease.annotation,
        "solution": lease.solution,
        "task": lease.task,
        "labeler": lease.labeler,
    }
    row = one(FINISH, {**values, **of_lease, "reason": reason})
    assert row is not None
    return Submitted(*row)
