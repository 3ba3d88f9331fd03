"""What has been put before a labeler of a solution that grows: a rating of it may come late."""

from collections.abc import Iterable

from annotation.labeling.rows import all_rows
from annotation.labeling.spots import Spot
from annotation.models import Lease

# What of the spots given was never put before this labeler. Shown was what continues a completion that has a
# label, given back or not: rating it came before going on with it, on whatever way that was; or that the labeler
# wrote.
NEVER_SHOWN = """
    SELECT step, completion
    FROM unnest(%(steps)s::integer[], %(completions)s::integer[]) AS given (step, completion)
    WHERE NOT EXISTS (
        SELECT FROM annotation_steplabel l
        WHERE l.annotation_id = %(annotation)s AND l.step = given.step AND l.completion = given.completion)
    AND NOT EXISTS (
        SELECT FROM annotation_completion c
        WHERE c.solution_id = %(solution)s AND c.step = given.step AND c.index = given.completion
          AND NOT c.is_own
          AND (c.step = 0 OR EXISTS (
              SELECT FROM annotation_steplabel l
              WHERE l.annotation_id = %(annotation)s AND l.step = c.step - 1 AND l.completion = c.parent)
            OR EXISTS (
              SELECT FROM annotation_choice o
              WHERE o.annotation_id = %(annotation)s AND cardinality(o.path) = c.step - 1 AND o.own = c.parent))
          AND %(shown)s > (
              SELECT count(*) FROM annotation_completion k
              WHERE k.solution_id = c.solution_id AND k.step = c.step AND k.parent IS NOT DISTINCT FROM c.parent
                AND k.index < c.index AND NOT k.is_own))
    ORDER BY step, completion
"""


def never_shown(lease: Lease, spots: Iterable[Spot]) -> list[Spot]:
    """Which of these were never put before this labeler, on whatever way."""
    given = list(spots)
    if not given:
        return []
    values = {
        "solution": lease.solution,
        "annotation": lease.annotation,
        "shown": lease.candidates_shown,
        "steps": [step for step, _ in given],
        "completions": [completion for _, completion in given],
    }
    return [(step, completion) for step, completion in all_rows(NEVER_SHOWN, values)]
