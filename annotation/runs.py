"""Runs over many items that survive whatever happens to workers and to Redis.

An item is a row until its result is kept: a worker takes some, which puts off when others may take them, and in
one transaction keeps their results and deletes them. Two who have the same item meet at that deletion; the later
one finds nothing to count. An item whose workers died goes alone after some attempts, and is dead after the last.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Now

from annotation import audit
from annotation.models import Endpoint, Project, Run, RunItem, Scorer, User

MOST_ATTEMPTS = 5
ALONE_FROM = 2
"""Attempts after which an item is taken alone, so that it takes no others with it."""
IDLE_SECONDS = 40
"""A running run that nobody has touched for so long may have lost its message."""

SHOWN = 5

State = Run.State

TAKE = """
    WITH due AS (
        SELECT run_id, thing, attempts FROM annotation_runitem
        WHERE run_id = %(run)s AND NOT is_dead AND due_at <= statement_timestamp()
        ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), kept AS (
        SELECT run_id, thing FROM due WHERE attempts < %(alone)s
        UNION ALL (SELECT run_id, thing FROM due WHERE attempts >= %(alone)s
                   AND NOT EXISTS (SELECT FROM due WHERE attempts < %(alone)s) LIMIT 1)
    )
    UPDATE annotation_runitem i
    SET due_at = now() + make_interval(secs => %(seconds)s), attempts = attempts + 1,
        is_dead = attempts >= %(attempts)s,
        reason = CASE WHEN attempts >= %(attempts)s
                 THEN 'workers ended ' || attempts || ' times while they had it' ELSE reason END
    FROM kept WHERE i.run_id = kept.run_id AND i.thing = kept.thing
    RETURNING i.thing, i.is_dead
"""
COUNT = """
    INSERT INTO annotation_runminute (run_id, minute, finished)
    VALUES (%(run)s, date_trunc('minute', clock_timestamp()), %(finished)s)
    ON CONFLICT (run_id, minute) DO UPDATE SET finished = annotation_runminute.finished + excluded.finished
"""
TALLY = """
    INSERT INTO annotation_runtally (run_id, word, count) SELECT %(run)s, word, count
    FROM unnest(%(words)s::text[], %(counts)s::bigint[]) AS found (word, count) ORDER BY word
    ON CONFLICT (run_id, word) DO UPDATE SET count = annotation_runtally.count + excluded.count
"""
PROGRESS = """
    SELECT (SELECT coalesce(sum(finished), 0)::bigint FROM annotation_runminute WHERE run_id = r.id),
           (SELECT count(*) FROM annotation_runitem WHERE run_id = r.id AND is_dead),
           (SELECT sum(finished) / greatest(1, extract(epoch FROM now() - greatest(min(minute), r.created_at)))
            FROM annotation_runminute WHERE run_id = r.id AND minute > now() - interval '3 minutes')::float
    FROM annotation_run r WHERE r.id = %(run)s
"""
END = """
    UPDATE annotation_run SET state = 'done', ended_at = now(), note = ''
    WHERE id = %(run)s AND state = 'running' AND total IS NOT NULL
      AND NOT EXISTS (SELECT FROM annotation_runitem WHERE run_id = %(run)s AND NOT is_dead)
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


@transaction.atomic
def start(
    *,
    project: Project,
    actor: User | None,
    kind: Run.Kind,
    scorer: Scorer | None = None,
    endpoint: Endpoint | None = None,
    **settings: object,
) -> Run:
    """A run that waits for a worker, who writes its items down. Tell one afterwards (`tasks.nudge_run`)."""
    run = Run.objects.create(
        project=project, actor=actor, kind=kind, scorer=scorer, endpoint=endpoint, settings=settings
    )
    audit.record(actor, f"start {kind} run", run, project=project, **settings)
    return run


@transaction.atomic
def write_down(run: Run, things: str, values: dict[str, Any]) -> bool:
    """Write the items of a run down: `things` is SQL that selects their ids. False when that is done already."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.total is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO annotation_runitem (run_id, thing, due_at)"
            f" SELECT %(run)s, id, now() FROM ({things}) AS things",
            {**values, "run": run.pk},
        )
        locked.total = cursor.rowcount
        locked.save(update_fields=["total"])
    return True


def take(run: Run, *, most: int, seconds: float) -> list[int]:
    """Items to work on, for so many seconds; none when the run is not running, or others have what is left."""
    if not touch(run):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "run": run.pk,
                "most": most,
                "seconds": seconds,
                "alone": ALONE_FROM,
                "attempts": MOST_ATTEMPTS,
            },
        )
        return [thing for thing, is_dead in cursor.fetchall() if not is_dead]


def hold(run: Run, things: Iterable[int], *, seconds: float) -> None:
    """Keep what was taken for so many seconds more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_runitem SET due_at = now() + make_interval(secs => %s)"
            " WHERE run_id = %s AND thing = ANY(%s)",
            [seconds, run.pk, list(things)],
        )


def touch(run: Run) -> bool:
    """A sign of life. False when the run is to rest."""
    return bool(Run.objects.filter(pk=run.pk, state=State.RUNNING).update(touched_at=Now()))


def finish(run: Run, things: Sequence[int]) -> list[int]:
    """In the transaction that keeps their results: these items are done. Returns those that were not before.

    The count comes last: it is the row at which all workers of the run meet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM annotation_runitem WHERE run_id = %s AND thing = ANY(%s) RETURNING thing",
            [run.pk, list(things)],
        )
        finished = [thing for (thing,) in cursor.fetchall()]
        if finished:
            cursor.execute(COUNT, {"run": run.pk, "finished": len(finished)})
    return finished


def tally(run: Run, words: Mapping[str, int]) -> None:
    """In the transaction that finishes items, after `finish`: what came of them, counted by a word."""
    with connection.cursor() as cursor:
        cursor.execute(TALLY, {"run": run.pk, "words": list(words), "counts": list(words.values())})


def give_back(run: Run, things: Iterable[int], *, seconds: float, note: str) -> None:
    """Nothing came of these, through no fault of theirs: somebody may take them again in so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_runitem SET due_at = now() + make_interval(secs => %s), attempts = attempts - 1,"
            " reason = %s WHERE run_id = %s AND thing = ANY(%s) AND NOT is_dead AND attempts > 0",
            [seconds, note, run.pk, list(things)],
        )
    Run.objects.filter(pk=run.pk).update(note=note)


def try_later(run: Run, reasons: dict[int, str], wait: Callable[[int], float]) -> None:
    """An attempt of each of these failed: others follow, and it is dead after the last.

    `wait` gives the seconds until the next, for how many attempts there were.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT thing, attempts FROM annotation_runitem WHERE run_id = %s AND thing = ANY(%s)"
            " ORDER BY thing FOR UPDATE",
            [run.pk, list(reasons)],
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "UPDATE annotation_runitem i SET is_dead = attempts >= %s, reason = said.reason,"
            " due_at = now() + make_interval(secs => said.seconds)"
            " FROM unnest(%s::bigint[], %s::text[], %s::float8[]) AS said (thing, reason, seconds)"
            " WHERE i.run_id = %s AND i.thing = said.thing",
            [
                MOST_ATTEMPTS,
                list(found),
                [reasons[thing] for thing in found],
                [wait(attempts) for attempts in found.values()],
                run.pk,
            ],
        )


def seconds_to_next(run: Run) -> float | None:
    """Until an item may be taken; None when none is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM min(due_at) - now())::float FROM annotation_runitem"
            " WHERE run_id = %s AND NOT is_dead",
            [run.pk],
        )
        (seconds,) = cursor.fetchone()
    return None if seconds is None else max(0.0, seconds)


def pause_because(run: Run, note: str) -> None:
    """Nothing good would come of going on: a manager has to look."""
    Run.objects.filter(pk=run.pk, state=State.RUNNING).update(state=State.PAUSED, note=note)


def note(run: Run, text: str) -> None:
    """Say why there is no progress, or no more of that."""
    Run.objects.filter(pk=run.pk).exclude(note=text).update(note=text)


def bury(run: Run, reasons: dict[int, str]) -> None:
    """Trying these again cannot help: they are dead, each with its reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_runitem i SET is_dead = true, reason = said.reason"
            " FROM unnest(%s::bigint[], %s::text[]) AS said (thing, reason)"
            " WHERE i.run_id = %s AND i.thing = said.thing",
            [list(reasons), list(reasons.values()), run.pk],
        )


def end_if_done(run: Run) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(END, {"run": run.pk})
        return bool(cursor.rowcount)


def progress(run: Run) -> Progress:
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"run": run.pk})
        done, dead, rate = cursor.fetchone()
    return Progress(run.total, done, dead, rate or 0.0)


CHANGES = {
    "pause": ((State.RUNNING,), State.PAUSED),
    "resume": ((State.PAUSED, State.CANCELLED), State.RUNNING),
    "cancel": ((State.RUNNING, State.PAUSED), State.CANCELLED),
}


@transaction.atomic
def change(*, run: Run, actor: User | None, how: str) -> bool:
    """`how` is one of `CHANGES`. What a worker has at hand it still finishes. False when nothing changed."""
    before, after = CHANGES[how]
    values = {"state": after, "note": "", "ended_at": Now() if after is State.CANCELLED else None}
    if not Run.objects.filter(pk=run.pk, state__in=before).update(**values):
        return False
    audit.record(actor, f"{how} run", run, project=run.project)
    return True


@transaction.atomic
def try_again(*, run: Run, actor: User | None) -> int:
    """Give the dead items of the run new attempts. Returns how many."""
    revived = RunItem.objects.filter(run=run, is_dead=True).update(is_dead=False, attempts=0, due_at=Now())
    if revived:
        Run.objects.filter(pk=run.pk, state=State.DONE).update(state=State.RUNNING, ended_at=None)
        audit.record(actor, "try dead items again", run, project=run.project, items=revived)
    return revived


def bury_missing(run: Run, taken: Sequence[int], found: Collection[int]) -> None:
    """Solutions that are not there any more can neither be graded nor scored."""
    bury(run, dict.fromkeys(set(taken).difference(found), "the solution is not there any more"))


def latest(project: Project, *kinds: Run.Kind) -> list[Run]:
    """The last few runs of these kinds, the latest first."""
    return list(project.runs.filter(kind__in=kinds).select_related("scorer", "endpoint").order_by("-pk")[:SHOWN])


def under_way(project: Project) -> set[str]:
    """The kinds of the project's runs that have not ended."""
    open_ones = project.runs.filter(state__in=(State.RUNNING, State.PAUSED))
    return set(open_ones.values_list("kind", flat=True))


def left() -> list[int]:
    """Running runs that nobody works on."""
    idle = Run.objects.filter(state=State.RUNNING, touched_at__lt=Now() - timedelta(seconds=IDLE_SECONDS))
    return list(idle.order_by("pk").values_list("pk", flat=True))
