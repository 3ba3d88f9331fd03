"""A labeler's own figures: how much, how long, and how well it agrees with gold; never which solution was gold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.utils import timezone

from annotation.learning.gold import agreements
from annotation.learning.quality import Agreement
from annotation.models import Annotation, Membership

SMALLEST = 5
"""Solutions with gold in a figure, at least: with fewer, the figure would tell of single ones."""


class Amount(NamedTuple):
    submitted: int
    active_ms: int


@dataclass(frozen=True)
class Weeks:
    """Agreement from one Monday up to the end of a week."""

    since: date
    until: date
    agreement: Agreement


@dataclass(frozen=True)
class Progress:
    today: Amount
    week: Amount
    all: Amount
    weeks: list[Weeks]
    """Newest first."""


def progress_of(labeler: Membership) -> Progress:
    """Days and weeks are those of UTC; a week begins on Monday. Practice does not count."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    today, week = Q(submitted_at__gte=midnight), Q(submitted_at__gte=monday)
    work = Annotation.objects.filter(labeler=labeler, submitted_at__isnull=False, task__is_practice=False)
    sums = work.aggregate(
        n_today=Count("id", filter=today),
        ms_today=Sum("active_ms", filter=today, default=0),
        n_week=Count("id", filter=week),
        ms_week=Sum("active_ms", filter=week, default=0),
        n=Count("id"),
        ms=Sum("active_ms", default=0),
    )
    return Progress(
        today=Amount(sums["n_today"], sums["ms_today"]),
        week=Amount(sums["n_week"], sums["ms_week"]),
        all=Amount(sums["n"], sums["ms"]),
        weeks=weeks_of(labeler, monday),
    )


def weeks_of(labeler: Membership, monday: datetime) -> list[Weeks]:
    """Agreement with gold in regular work before this Monday.

    The running week is left out: a figure that moved with each submit would tell which solution was gold.
    What became gold by the labeler's own annotation is left out, too.
    """
    held = Annotation.objects.filter(
        labeler=labeler, round=None, submitted_at__lt=monday, solution__gold__isnull=False
    ).exclude(solution__gold__sources__annotation__labeler=labeler)
    annotations = list(held.order_by("submitted_at"))
    found = agreements(annotations)
    return buckets((monday_of(one.submitted_at), found[one.pk]) for one in annotations if one.submitted_at)


def monday_of(moment: datetime) -> date:
    day = moment.date()
    return day - timedelta(days=day.weekday())


def buckets(weekly: Iterable[tuple[date, Agreement]]) -> list[Weeks]:
    """Agreements by Monday, ascending, put together until each figure is of SMALLEST solutions or more.

    Newest first. What is left at the end, and is too little, waits for the weeks to come.
    """
    weeks: dict[date, Agreement] = {}
    for monday, one in weekly:
        weeks[monday] = weeks.get(monday, Agreement()) + one
    made: list[Weeks] = []
    since, total = None, Agreement()
    for monday, one in weeks.items():
        since, total = since or monday, total + one
        if total.solutions >= SMALLEST:
            made.append(Weeks(since, monday + timedelta(days=6), total))
            since, total = None, Agreement()
    return made[::-1]
