"""Time at work.

The page measures for each step how long it was the current one while the labeler was there: the window in front,
and something done within the last minute. It sends the sums so far with each save; the larger one of two is kept,
so that a repeated or overtaken message changes nothing. A draft without such times, of a page without scripts or
of a program, counts the gaps between its saves instead, each up to a minute.
"""

from collections.abc import Sequence
from itertools import zip_longest

IDLE_MS = 60_000
"""A gap between two acts counts as work up to this long (milliseconds)."""

MOST_MS = 2_000_000_000
"""More than this (23 days) is no time at work."""

GAP = "least(extract(epoch FROM clock_timestamp() - a.touched_at) * 1000, %(idle)s)::bigint"

# What a save adds to an annotation `a`.
COUNTED = f"""
    active_ms = a.active_ms + {GAP},
    step_ms = CASE WHEN cardinality(%(step_ms)s::int[]) = 0 THEN a.step_ms ELSE
        ARRAY(SELECT greatest(known, said, 0)
              FROM unnest(a.step_ms, %(step_ms)s::int[]) WITH ORDINALITY AS t (known, said, step)
              ORDER BY step) END,
    touched_at = clock_timestamp()
"""

# What the end of the work makes of it: never more than passed on the wall.
TOTAL = f"""
    active_ms = least(coalesce(%(measured)s, a.active_ms + {GAP}),
                      extract(epoch FROM clock_timestamp() - a.started_at) * 1000)::bigint,
    step_ms = %(step_ms)s::int[],
    touched_at = clock_timestamp()
"""


def timing(step_ms: Sequence[int], length: int) -> dict[str, object]:
    """The values of `COUNTED`: milliseconds by step, at most one entry a step."""
    return {"idle": IDLE_MS, "step_ms": [min(max(ms, 0), MOST_MS) for ms in step_ms[:length]]}


def total(known: Sequence[int], step_ms: Sequence[int], length: int) -> dict[str, object]:
    """The values of `TOTAL`, from what was known before and what the last message says."""
    both = zip_longest(known, step_ms[:length], fillvalue=0)
    merged = [min(max(before, now, 0), MOST_MS) for before, now in both]
    return {"idle": IDLE_MS, "step_ms": merged, "measured": sum(merged) or None}
