"""Handing in: the draft becomes an annotation that no longer changes, and its place is filled."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from annotation.labeling.drafting import lock
from annotation.labeling.ending import EarlyEnd, ending_of
from annotation.labeling.errors import AlreadySubmitted, NoReason, OtherSubmit, Withdrawn
from annotation.labeling.marks import GIVEN, WRITE, check_conflicts, check_spots, stored_in, written
from annotation.labeling.report import Report, check_complete, keep, kept_report
from annotation.labeling.rows import one
from annotation.labeling.spots import Marks, Spot, Stored
from annotation.labeling.timing import TOTAL, total
from annotation.models import Lease
from annotation.ratings import NEGATIVE

STATE = """
    a.submitted_at, a.finish_reason, a.explanation, a.active_ms, a.is_surplus, a.submit_key, a.submit_digest,
    a.version, a.step_ms
"""
# The draft, or what it has become, with its marks and the alternatives that its solution has.
DRAFT = f"""
    SELECT {STATE},
           (SELECT json_agg(json_build_array(step, completion, rating, flagged, version))
            FROM annotation_steplabel WHERE annotation_id = a.id),
           (SELECT json_agg(json_build_array(step, index) ORDER BY step, index)
            FROM annotation_completion WHERE solution_id = a.solution_id AND index > 0)
    FROM annotation_annotation a WHERE a.id = %(annotation)s
"""
LOCK = f"""
    SELECT {STATE}, NULL, NULL FROM annotation_annotation a WHERE a.id = %(annotation)s FOR NO KEY UPDATE
"""

# Does nothing when the draft is submitted or is no longer as it was `seen`. Keeps the marks that count and drops
# the others, fills the labeler's place or else a free one of the task, counts it, and closes the task with its
# last one. With no place left the annotation is surplus. The annotation comes last, as what belongs to it no
# longer changes afterwards.
FINISH = f"""
    WITH draft AS (
        SELECT version + 1 AS version FROM annotation_annotation
        WHERE id = %(annotation)s AND submitted_at IS NULL AND version = %(seen)s
        FOR NO KEY UPDATE
    ), kept AS ({WRITE.format(given=GIVEN, draft="draft")}
        RETURNING 1
    ), dropped AS (
        DELETE FROM annotation_steplabel
        WHERE annotation_id = %(annotation)s AND EXISTS (SELECT FROM draft) AND (step, position) NOT IN (
            SELECT step, position FROM {GIVEN} AS given (step, position, completion, rating, flagged))
        RETURNING 1
    ), unsaid AS (
        DELETE FROM annotation_errorreport
        WHERE annotation_id = %(annotation)s AND EXISTS (SELECT FROM draft) AND %(reason)s <> 'found_error'
        RETURNING 1
    ), place AS (
        UPDATE annotation_place
        SET filled_at = now(), leased_at = CASE WHEN labeler_id = %(labeler)s THEN leased_at ELSE now() END,
            expires_at = greatest(expires_at, now()), labeler_id = %(labeler)s
        WHERE (task_id, slot) = (
            SELECT task_id, slot FROM annotation_place
            WHERE task_id = %(task)s AND filled_at IS NULL AND EXISTS (SELECT FROM draft)
              AND (labeler_id IS NULL OR labeler_id = %(labeler)s OR expires_at < now())
            ORDER BY labeler_id IS NOT DISTINCT FROM %(labeler)s DESC, slot
            LIMIT 1 FOR UPDATE)
        RETURNING slot
    ), task AS (
        UPDATE annotation_task SET filled = filled + 1, is_open = is_open AND filled + 1 < wanted
        WHERE id = %(task)s AND EXISTS (SELECT FROM place)
    )
    UPDATE annotation_annotation a
    SET {TOTAL}, version = draft.version, submitted_at = clock_timestamp(), finish_reason = %(reason)s,
        explanation = %(explanation)s, chosen = %(chosen)s::smallint[], submit_key = %(key)s,
        submit_digest = %(digest)s, is_surplus = NOT EXISTS (SELECT FROM place)
    FROM draft
    WHERE id = %(annotation)s AND (SELECT count(*) FROM kept) >= 0 AND (SELECT count(*) FROM dropped) >= 0
      AND (SELECT count(*) FROM unsaid) >= 0
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


class Draft(NamedTuple):
    version: int
    step_ms: list[int]
    marks: dict[Spot, Stored]
    alternatives: list[Spot]
    """The completions besides the solution's own steps."""


class Handed(NamedTuple):
    """What is handed in."""

    marks: Marks
    base: int | None
    key: UUID | None
    early_end: EarlyEnd | None
    explanation: str
    step_ms: Sequence[int] = ()
    report: Report | None = None
    turns: Sequence[object] = ()
    """Where the solution grows: what it is to go on with (`labeling.growth.Turn`, by step)."""

    @property
    def digest(self) -> UUID:
        """Tells the content of one submit from another's."""
        said = [self.early_end, self.explanation, self.report, *self.turns]
        content = json.dumps([sorted(self.marks.items()), said])
        return UUID(bytes=hashlib.sha256(content.encode()).digest()[:16])


class Earlier(NamedTuple):
    """What was submitted before."""

    submitted: Submitted
    key: UUID | None
    digest: UUID | None

    def again(self, handed: Handed) -> Submitted:
        """The answer to a submit that is sent again."""
        if handed.digest == self.digest:
            return self.submitted
        raise OtherSubmit if handed.key is not None and handed.key == self.key else AlreadySubmitted


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
    or early with a reason. Submitting the same again changes nothing and returns what is stored. It is never too
    late: with no place left the annotation is kept as surplus. `report` is what the project asks about a first
    error, if it was not saved before; then the draft is locked first. Otherwise one statement reads, and one
    writes what was judged; it begins anew when another window has saved in between.

    Raises `Incomplete`, `ReportIncomplete`, `NoReason`, `WrongRating`, `WrongReport`, `Conflict`, `Withdrawn`;
    when something else was submitted before, `AlreadySubmitted`, or with the same `key` `OtherSubmit`.
    """
    check_spots(lease, marks)
    handed = Handed(marks, base, key, early_end, explanation.strip(), step_ms, report)
    if not lease.asks_report:
        return attempt(lease, handed)
    with transaction.atomic():
        lock(lease)
        return attempt(lease, handed)


def attempt(lease: Lease, handed: Handed) -> Submitted:
    while True:
        draft = read(lease)
        if isinstance(draft, Earlier):
            return draft.again(handed)
        submitted = hand_in(lease, draft, handed)
        if submitted is not None:
            return submitted


def hand_in(lease: Lease, draft: Draft, handed: Handed) -> Submitted | None:
    """None when the draft is no longer like this."""
    if handed.early_end and not handed.explanation:
        raise NoReason
    check_conflicts(handed.marks, draft.marks, handed.base, draft.version)
    ending = ending_of(lease, draft.marks, handed.marks, draft.alternatives, handed.early_end)
    if lease.asks_report and ending.reason == "found_error":
        settle_report(lease, ending.first_error, handed.report)
    chosen = [None if rating == NEGATIVE else 0 for rating in ending.ratings]
    return finish(lease, draft, handed, ending.reason, {"chosen": chosen, **written(ending.marks)})


def read(lease: Lease, statement: str = DRAFT) -> Draft | Earlier:
    """The draft; or what it has become. With `LOCK` it stays so until the transaction ends. Raises `Withdrawn`."""
    row = one(statement, {"annotation": lease.annotation})
    if row is None:
        raise Withdrawn
    *submitted, key, digest, version, step_ms, marks, alternatives = row
    if submitted[0] is not None:
        return Earlier(Submitted(*submitted), key, digest)
    return Draft(version, step_ms, stored_in(marks or ()), [(step, index) for step, index in alternatives or ()])


def settle_report(lease: Lease, error: int | None, report: Report | None) -> None:
    """Keep what is said of the first error, once it is complete. Raises `ReportIncomplete`."""
    assert error is not None
    report = report or kept_report(lease)
    check_complete(lease, report, error)
    if report is not None:
        keep(lease, report)


def finish(
    lease: Lease, seen: Draft, handed: Handed, reason: str, values: Mapping[str, object]
) -> Submitted | None:
    """`values` are the labels, as in `GIVEN`, and `chosen`. None when the draft is no longer as it was `seen`."""
    of_lease = {
        "annotation": lease.annotation,
        "solution": lease.solution,
        "task": lease.task,
        "labeler": lease.labeler,
    }
    of_handed = {
        "key": handed.key,
        "digest": handed.digest,
        "explanation": handed.explanation,
        **total(seen.step_ms, handed.step_ms, lease.most_steps),
    }
    row = one(FINISH, {**values, **of_lease, **of_handed, "seen": seen.version, "reason": reason})
    return Submitted(*row) if row else None
