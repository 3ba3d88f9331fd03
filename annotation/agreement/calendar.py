"""Days and weeks of UTC, as numbers. Pure."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from annotation.agreement.figures import Vector

DAY = 86_400
"""Seconds."""
THURSDAY = 3
"""1970-01-01 was one; weeks begin on Mondays."""


def day_of(moment: Vector) -> Vector:
    """The number of the day, from seconds since 1970."""
    return np.asarray(moment // DAY)


def week_of(moment: Vector) -> Vector:
    return np.asarray((day_of(moment) + THURSDAY) // 7)


def date_of(day: float) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=int(day))).date()


def monday_of(week: float) -> date:
    return date_of(week * 7 - THURSDAY)
