"""What stands between a labeler and the next solution, before the queue is asked."""

from typing import NamedTuple

from annotation.labeling import leasing, rounds
from annotation.labeling.halts import GuidelineChanged, TurnedDown
from annotation.labeling.rows import one
from annotation.models import Lease, Verdict

# Most who come are long at work: one statement tells it. `learning.standing` has the whole rule.
DOOR = """
    SELECT (SELECT g.id FROM annotation_guideline g
            WHERE g.project_id = m.project_id ORDER BY g.version DESC LIMIT 1),
           (SELECT max(k.guideline_id) FROM annotation_acknowledgement k WHERE k.labeler_id = m.id),
           (SELECT d.verdict FROM annotation_decision d WHERE d.labeler_id = m.id ORDER BY d.id DESC LIMIT 1),
           (SELECT r.id FROM annotation_round r WHERE r.labeler_id = m.id AND r.ended_at IS NULL),
           EXISTS (SELECT FROM annotation_annotation a
                   WHERE a.labeler_id = m.id AND a.round_id IS NULL AND a.submitted_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM annotation_round r WHERE r.labeler_id = m.id AND NOT r.has_passed)
    FROM annotation_membership m WHERE m.id = %(labeler)s
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
    while (round_ := round_before_work(labeler)) is not None:
        lease = rounds.serve(labeler=labeler, round_=round_)
        if lease is not None:
            return lease
    return leasing.lease_next(labeler=labeler, opened=opened)


def round_before_work(labeler: int) -> int | None:
    row = one(DOOR, {"labeler": labeler})
    assert row is not None
    door = Door(*row)
    if door.guideline != door.read:
        assert door.guideline is not None
        raise GuidelineChanged(door.guideline)
    if door.verdict == Verdict.TURNED_DOWN:
        raise TurnedDown
    if door.round is not None or door.verdict == Verdict.LET_IN or door.is_at_work:
        return door.round
    return rounds.begin_due(labeler=labeler)
