"""Runs over many items that survive whatever happens to workers and to Redis."""

from annotation.runs.items import (
    ALONE_FROM,
    MOST_ATTEMPTS,
    bury,
    bury_missing,
    finish,
    give_back,
    hold,
    seconds_to_next,
    take,
    tally,
    try_later,
    write_down,
)
from annotation.runs.looking import Progress, latest, left, progress, under_way
from annotation.runs.managing import CHANGES, change, start, try_again
from annotation.runs.working import IDLE_SECONDS, end_if_done, leave, note, pause_because, touch

__all__ = [
    "ALONE_FROM",
    "CHANGES",
    "IDLE_SECONDS",
    "MOST_ATTEMPTS",
    "Progress",
    "bury",
    "bury_missing",
    "change",
    "end_if_done",
    "finish",
    "give_back",
    "hold",
    "latest",
    "leave",
    "left",
    "note",
    "pause_because",
    "progress",
    "seconds_to_next",
    "start",
    "take",
    "tally",
    "touch",
    "try_again",
    "try_later",
    "under_way",
    "write_down",
]
