"""What a worker says of a run as a whole: that it is at it, that it rests, why, and that nothing is left."""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from annotation.models import Run

IDLE_SECONDS = 40
"""A running run that nobody has touched for so long may have lost its message."""

END = """
    UPDATE annotation_run SET state = 'done', ended_at = now(), note = ''
    WHERE id = %(run)s AND state = 'running' AND total IS NOT NULL
      AND NOT EXISTS (SELECT FROM annotation_runitem WHERE run_id = %(run)s AND NOT is_dead)
"""


def touch(run: Run) -> bool:
    """A sign of life. False when the run is to rest."""
    return bool(Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(touched_at=Now()))


def leave(run: Run, *, seconds: float) -> None:
    """Nobody can do anything for so many seconds; then it is to be taken up (`runs.left`)."""
    quiet = Now() + timedelta(seconds=seconds - IDLE_SECONDS)
    Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(touched_at=quiet)


def note(run: Run, text: str) -> None:
    """Say why there is no progress, or no more of that."""
    Run.objects.filter(pk=run.pk).exclude(note=text).update(note=text)


def pause_because(run: Run, note: str) -> None:
    """Nothing good would come of going on: a manager has to look."""
    Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(state=Run.State.PAUSED, note=note)


def end_if_done(run: Run) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(END, {"run": run.pk})
        return bool(cursor.rowcount)
