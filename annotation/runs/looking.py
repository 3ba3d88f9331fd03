"""How runs stand."""

from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from annotation.models import Endpoint, Project, Run, RunItem
from annotation.runs.working import IDLE_SECONDS

SHOWN = 5

State = Run.State

PROGRESS = """
    SELECT (SELECT coalesce(sum(finished), 0)::bigint FROM annotation_runminute WHERE run_id = r.id),
           (SELECT count(*) FROM annotation_runitem WHERE run_id = r.id AND is_dead),
           (SELECT sum(finished) / greatest(1, extract(epoch FROM now() - greatest(min(minute), r.created_at)))
            FROM annotation_runminute WHERE run_id = r.id AND minute > now() - interval '3 minutes')::float
    FROM annotation_run r WHERE r.id = %(run)s
"""


class Progress(NamedTuple):
    total: int | None
    """None while the items are being written down."""
    done: int
    dead: int
    rate: float
    """Items a second over the last three minutes of work."""

    @property
    def left(self) -> int:
        return max(0, (self.total or 0) - self.done - self.dead)

    @property
    def percent(self) -> int:
        return 100 * (self.done + self.dead) // self.total if self.total else 0

    @property
    def seconds_left(self) -> float | None:
        """None when that cannot be told."""
        return self.left / self.rate if self.rate else None


def progress(run: Run) -> Progress:
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"run": run.pk})
        done, dead, rate = cursor.fetchone()
    return Progress(run.total, done, dead, rate or 0.0)


def latest(whose: Project | Endpoint, *kinds: Run.Kind) -> list[Run]:
    """The last few runs of these kinds, the latest first; `has_dead` says whether something could not be done."""
    dead = RunItem.objects.filter(run=OuterRef("pk"), is_dead=True)
    found = (
        whose.runs.filter(kind__in=kinds).select_related("scorer__endpoint", "endpoint").defer("scorer__weights")
    )
    return list(found.annotate(has_dead=Exists(dead)).order_by("-pk")[:SHOWN])


def under_way(project: Project) -> set[str]:
    """The kinds of the project's runs that have not ended."""
    open_ones = project.runs.filter(state__in=Run.OPEN)
    return set(open_ones.values_list("kind", flat=True))


def left() -> list[int]:
    """Running runs that nobody works on, though somebody could."""
    idle = Run.objects.filter(state=State.RUNNING, touched_at__lt=Now() - timedelta(seconds=IDLE_SECONDS))
    return list(idle.order_by("pk").values_list("pk", flat=True))
