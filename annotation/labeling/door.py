"""What stands between a labeler and the next solution, before the queue is asked."""

from typing import NamedTuple

from annotation.labeling import leasing, rounds
from annotation.labeling.halts import GuidelineChanged, Paused, TurnedDown
from annotation.labeling.rows import one
from annotation.models import Lease, Verdict

# The first submitted annotation is asked for in the order of an index: without, PostgreSQL expects to meet one
# soon and reads the whole table for somebody who has only begun.
# `learning.standing` has the whole rule of practice and screening; who is at work needs neither.
KNOWN = """
    CROSS JOIN LATERAL (SELECT
        (SELECT id FROM annotation_guideline
         WHERE project_id = m.project_id ORDER BY version DESC LIMIT 1) AS guideline,
        (SELECT max(guideline_id) FROM annotation_acknowledgement WHERE labeler_id = m.id) AS read,
        (SELECT verdict FROM annotation_decision WHERE labeler_id = m.id ORDER BY id DESC LIMIT 1) AS verdict,
        (SELECT id FROM annotation_round WHERE labeler_id = m.id AND ended_at IS NULL) AS round,
        (SELECT submitted_at FROM annotation_annotation
         WHERE labeler_id = m.id AND round_id IS NULL AND submitted_at IS NOT NULL
         ORDER BY submitted_at LIMIT 1) IS NOT NULL
        AND NOT EXISTS (SELECT FROM annotation_round WHERE labeler_id = m.id AND NOT has_passed) AS is_at_work
    ) AS known WHERE m.id = %(labeler)s
"""
DOOR = f"SELECT known.* FROM annotation_membership m {KNOWN}"

# Most who come are long at work: nothing stands before them, and they get their solution in one statement.
AT_WORK = f"""{KNOWN}
    AND known.guideline IS NOT DISTINCT FROM known.read AND known.round IS NULL
    AND (known.verdict IN ('let_in', 'resumed')
         OR known.is_at_work AND coalesce(known.verdict, '') NOT IN ('turned_down', 'paused'))
"""


class Door(NamedTuple):
    guideline: int | None
    """The version of the instructions in force."""
    read: int | None
    """The version that the labeler has read last."""
    verdict: str | None
    """What a manager decided last."""
    round: int | None
    """The practice or screening at hand."""
    is_at_work: bool


def lease_next(*, labeler: int, opened: bool = True) -> Lease | None:
    """The solution this labeler (a membership's id) is to rate now; None when there is nothing.

    First comes what is due of practice and screening, then the queue. Raises `Halt` when something stands before
    it; work at hand is not lost meanwhile: it can be saved and submitted. A solution of the queue that is not
    `opened`, only sent along, lapses soon.
    """
    lease = leasing.lease_next(labeler=labeler, opened=opened, who=AT_WORK)
    if lease is not None:
        return lease
    while (round_ := round_before_work(labeler)) is not None:
        lease = rounds.serve(labeler=labeler, round_=round_)
        if lease is not None:
            return lease
    return leasing.lease_next(labeler=labeler, opened=opened) or leasing.lease_next(
        labeler=labeler, opened=opened, waits=True
    )


def round_before_work(labeler: int) -> int | None:
    row = one(DOOR, {"labeler": labeler})
    assert row is not None
    door = Door(*row)
    if door.guideline != door.read:
        assert door.guideline is not None
        raise GuidelineChanged(door.guideline)
    if door.verdict == Verdict.TURNED_DOWN:
        raise TurnedDown
    if door.verdict == Verdict.PAUSED:
        raise Paused
    if door.round is not None or door.verdict in {Verdict.LET_IN, Verdict.RESUMED} or door.is_at_work:
        return door.round
    return rounds.begin_due(labeler=labeler)
