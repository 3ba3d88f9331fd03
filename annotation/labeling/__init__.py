"""The labeling desk: lease a solution, rate its steps, submit. `grow` and `hand_in` are for one that grows."""

from annotation.labeling.desk import Desk, DeskStep, Option, Waiting, desk_of, waiting_for
from annotation.labeling.drafting import Saved, save
from annotation.labeling.errors import (
    AlreadySubmitted,
    Conflict,
    Incomplete,
    LabelingError,
    NoReason,
    NotOffered,
    OtherSubmit,
    OtherWay,
    Unfinished,
    WrongChoice,
    WrongRating,
)
from annotation.labeling.growing import GrowingDesk, Grown, grow, growing_desk_of, hand_in
from annotation.labeling.growth import GrownStep, Growth, Turn, Turns
from annotation.labeling.leasing import Hold, current_lease, lease_next, renew
from annotation.labeling.marks import Mark, Marks, Spot
from annotation.labeling.submission import Submitted, submit

__all__ = [
    "AlreadySubmitted",
    "Conflict",
    "Desk",
    "DeskStep",
    "GrowingDesk",
    "Grown",
    "GrownStep",
    "Growth",
    "Hold",
    "Incomplete",
    "LabelingError",
    "Mark",
    "Marks",
    "NoReason",
    "NotOffered",
    "Option",
    "OtherSubmit",
    "OtherWay",
    "Saved",
    "Spot",
    "Submitted",
    "Turn",
    "Turns",
    "Unfinished",
    "Waiting",
    "WrongChoice",
    "WrongRating",
    "current_lease",
    "desk_of",
    "grow",
    "growing_desk_of",
    "hand_in",
    "lease_next",
    "renew",
    "save",
    "submit",
    "waiting_for",
]
