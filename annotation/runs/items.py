"""The items of a run: taken, held, and done, put off or dead.

An item is a row until its result is kept: a worker takes some, which puts off when others may take them, and in
one transaction keeps their results and deletes them. Two who have the same item meet at that deletion; the later
one finds nothing to count. An item whose workers died goes alone after some attempts, and is dead after the last.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from annotation.models import Run
from annotation.runs.working import touch

MOST_ATTEMPTS = 5
ALONE_FROM = 2
"""Attempts after which an item is taken alone, so that it takes no others with it."""

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


def bury(run: Run, reasons: dict[int, str]) -> None:
    """Trying these again cannot help: they are dead, each with its reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_runitem i SET is_dead = true, reason = said.reason"
            " FROM unnest(%s::bigint[], %s::text[]) AS said (thing, reason)"
            " WHERE i.run_id = %s AND i.thing = said.thing",
            [list(reasons), list(reasons.values()), run.pk],
        )


def bury_missing(run: Run, taken: Sequence[int], found: Collection[int]) -> None:
    """Solutions that are not there any more can neither be graded nor scored."""
    bury(run, dict.fromkeys(set(taken).difference(found), "the solution is not there any more"))


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
