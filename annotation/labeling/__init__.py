"""The labeling desk: lease a solution, rate its steps, submit."""

from annotation.labeling.desk import Desk, DeskStep, Waiting, desk_of, waiting_for
from annotation.labeling.door import lease_next
from annotation.labeling.drafting import save
from annotation.labeling.errors import (
    AlreadySubmitted,
    Incomplete,
    LabelingError,
    LeaseLost,
    NoReason,
    WrongRating,
)
from annotation.labeling.halts import GuidelineChanged, Halt, ScreeningFailed, TurnedDown
from annotation.labeling.leasing import Standing, current_lease
from annotation.labeling.rounds import practise_again
from annotation.labeling.submission import submit

__all__ = [
    "AlreadySubmitted",
    "Desk",
    "DeskStep",
    "GuidelineChanged",
    "Halt",
    "Incomplete",
    "LabelingError",
    "LeaseLost",
    "NoReason",
    "ScreeningFailed",
    "Standing",
    "TurnedDown",
    "Waiting",
    "WrongRating",
    "current_lease",
    "desk_of",
    "lease_next",
    "practise_again",
    "save",
    "submit",
    "waiting_for",
]
