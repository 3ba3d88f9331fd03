"""The labeling desk: lease a solution, rate its steps, submit."""

from annotation.labeling.desk import Desk, DeskStep, Option, Waiting, desk_of, waiting_for
from annotation.labeling.drafting import Saved, save
from annotation.labeling.errors import (
    AlreadySubmitted,
    Conflict,
    Incomplete,
    LabelingError,
    NoReason,
    OtherSubmit,
    WrongRating,
)
from annotation.labeling.leasing import Hold, current_lease, lease_next, renew
from annotation.labeling.marks import Mark, Marks, Spot
from annotation.labeling.submission import Submitted, submit

__all__ = [
    "AlreadySubmitted",
    "Conflict",
    "Desk",
    "DeskStep",
    "Hold",
    "Incomplete",
    "LabelingError",
    "Mark",
    "Marks",
    "NoReason",
    "Option",
    "OtherSubmit",
    "Saved",
    "Spot",
    "Submitted",
    "Waiting",
    "WrongRating",
    "current_lease",
    "desk_of",
    "lease_next",
    "renew",
    "save",
    "submit",
    "waiting_for",
]
