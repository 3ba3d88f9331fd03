"""The labeling desk: lease a solution, rate its steps, submit."""

from annotation.labeling.desk import Desk, DeskStep, Option, Waiting, desk_of, waiting_for
from annotation.labeling.door import lease_next
from annotation.labeling.drafting import Saved, save
from annotation.labeling.errors import (
    AlreadySubmitted,
    Conflict,
    Incomplete,
    LabelingError,
    NoReason,
    OtherSubmit,
    ReportIncomplete,
    WrongRating,
    WrongReport,
)
from annotation.labeling.halts import GuidelineChanged, Halt, ScreeningFailed, TurnedDown
from annotation.labeling.leasing import Hold, current_lease, renew
from annotation.labeling.marks import Mark, Marks, Spot
from annotation.labeling.report import Asked, Given, Report, asked, given_critiques, kept_report, save_report
from annotation.labeling.rounds import practise_again
from annotation.labeling.submission import Submitted, submit

__all__ = [
    "AlreadySubmitted",
    "Asked",
    "Conflict",
    "Desk",
    "DeskStep",
    "Given",
    "GuidelineChanged",
    "Halt",
    "Hold",
    "Incomplete",
    "LabelingError",
    "Mark",
    "Marks",
    "NoReason",
    "Option",
    "OtherSubmit",
    "Report",
    "ReportIncomplete",
    "Saved",
    "ScreeningFailed",
    "Spot",
    "Submitted",
    "TurnedDown",
    "Waiting",
    "WrongRating",
    "WrongReport",
    "asked",
    "current_lease",
    "desk_of",
    "given_critiques",
    "kept_report",
    "lease_next",
    "practise_again",
    "renew",
    "save",
    "save_report",
    "submit",
    "waiting_for",
]
