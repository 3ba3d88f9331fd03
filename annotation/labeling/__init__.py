"""The labeling desk: lease a solution, rate its steps, submit. `grow` and `hand_in` are for one that grows."""

from annotation.labeling.amending import Amendment, amend_report, error_of
from annotation.labeling.desk import Desk, DeskStep, Option, asking_desk_of, desk_of
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
    ReportIncomplete,
    Unfinished,
    WrongChoice,
    WrongRating,
    WrongReport,
)
from annotation.labeling.growing import GrowingDesk, Grown, grow, growing_desk_of, hand_in, lease_next
from annotation.labeling.growth import GrownStep, Growth, Turn, Turns
from annotation.labeling.halts import GuidelineChanged, Halt, Paused, ScreeningFailed, TurnedDown
from annotation.labeling.leasing import Hold, current_lease, renew
from annotation.labeling.report import Asked, Given, Report, asked, given_critiques, kept_report, save_report
from annotation.labeling.rounds import practise_again
from annotation.labeling.spots import Mark, Marks, Spot
from annotation.labeling.submission import Submitted, submit
from annotation.labeling.waiting import Waiting, is_ready, waiting_for

__all__ = [
    "AlreadySubmitted",
    "Amendment",
    "Asked",
    "Conflict",
    "Desk",
    "DeskStep",
    "Given",
    "GrowingDesk",
    "Grown",
    "GrownStep",
    "Growth",
    "GuidelineChanged",
    "Halt",
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
    "Paused",
    "Report",
    "ReportIncomplete",
    "Saved",
    "ScreeningFailed",
    "Spot",
    "Submitted",
    "Turn",
    "TurnedDown",
    "Turns",
    "Unfinished",
    "Waiting",
    "WrongChoice",
    "WrongRating",
    "WrongReport",
    "amend_report",
    "asked",
    "asking_desk_of",
    "current_lease",
    "desk_of",
    "error_of",
    "given_critiques",
    "grow",
    "growing_desk_of",
    "hand_in",
    "is_ready",
    "kept_report",
    "lease_next",
    "practise_again",
    "renew",
    "save",
    "save_report",
    "submit",
    "waiting_for",
]
