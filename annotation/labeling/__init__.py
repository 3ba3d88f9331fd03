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
    ReportIncomplete,
    WrongRating,
    WrongReport,
)
from annotation.labeling.leasing import Hold, current_lease, lease_next, renew
from annotation.labeling.marks import Mark, Marks, Spot
from annotation.labeling.report import Asked, Report, asked, given_critiques, kept_report, save_report
from annotation.labeling.submission import Submitted, submit

__all__ = [
    "AlreadySubmitted",
    "Asked",
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
    "Report",
    "ReportIncomplete",
    "Saved",
    "Spot",
    "Submitted",
    "Waiting",
    "WrongRating",
    "WrongReport",
    "asked",
    "current_lease",
    "desk_of",
    "given_critiques",
    "kept_report",
    "lease_next",
    "renew",
    "save",
    "save_report",
    "submit",
    "waiting_for",
]
