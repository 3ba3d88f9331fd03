"""What stands between a labeler and the next solution, before the queue is asked."""

from annotation.labeling import leasing
from annotation.labeling.errors import LabelingError
from annotation.labeling.rows import one
from annotation.models import Lease

# The version of the instructions in force, and the one this labeler has read last.
DOOR = """
    SELECT (SELECT g.id FROM annotation_guideline g
            WHERE g.project_id = m.project_id ORDER BY g.version DESC LIMIT 1),
           (SELECT max(k.guideline_id) FROM annotation_acknowledgement k WHERE k.labeler_id = m.id)
    FROM annotation_membership m WHERE m.id = %(labeler)s
"""


class Halt(LabelingError):
    """The base of what a labeler has to see to before the next solution."""


class GuidelineChanged(Halt):
    """`guideline` is the id of the version to be read first."""

    code = "guideline_changed"

    def __init__(self, guideline: int) -> None:
        super().__init__("Read the instructions first: there is a version that you have not seen yet.")
        self.guideline = guideline


def lease_next(*, labeler: int) -> Lease | None:
    """The solution this labeler (a membership's id) is to rate now; None when there is nothing.

    Raises `Halt`. Work at hand is not lost meanwhile: it can be saved and submitted.
    """
    row = one(DOOR, {"labeler": labeler})
    assert row is not None
    guideline, read = row
    if guideline != read:
        raise GuidelineChanged(guideline)
    return leasing.lease_next(labeler=labeler)
