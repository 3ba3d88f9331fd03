"""What is offered for each step of a solution that grows, and what was said and chosen: the reading for it."""

from collections.abc import Mapping
from itertools import groupby

from annotation.labeling.growth import Candidate, Choice, Draft, Growth, Offers, follow
from annotation.labeling.marks import stored_marks
from annotation.labeling.rows import all_rows
from annotation.labeling.spots import Spot, Stored
from annotation.models import Lease

# Everything offered on the ways as they are chosen now, each step's completions in their order, at most `shown`.
OFFERED = """
    SELECT step, parent, index, text, NOT EXISTS (
        SELECT FROM annotation_completion k
        WHERE k.solution_id = c.solution_id AND k.step = c.step + 1 AND k.parent = c.index)
    FROM (
        SELECT solution_id, step, parent, index, text,
               row_number() OVER (PARTITION BY step, parent ORDER BY index) AS place
        FROM annotation_completion
        WHERE solution_id = %(solution)s AND (step = 0 OR (step, parent) IN (
            SELECT cardinality(path) + 1, coalesce(completion, own) FROM annotation_choice
            WHERE annotation_id = %(annotation)s)) AND NOT is_own
    ) c
    WHERE place <= %(shown)s ORDER BY step, parent, index
"""
CHOICES = """
    SELECT path, completion, text, is_drawn, version, own, is_alone FROM annotation_choice
    WHERE annotation_id = %(annotation)s
"""


def draft_of(lease: Lease, stored: Mapping[Spot, Stored]) -> Draft:
    rows = all_rows(CHOICES, {"annotation": lease.annotation})
    choices = {tuple(path): Choice(*choice) for path, *choice in rows}
    return Draft({spot: kept.mark for spot, kept in stored.items()}, choices)


def offered(lease: Lease) -> Offers:
    """The candidates for each step, from the stored tree; a generator adds to that (`labeling.continuing`)."""
    values = {
        "solution": lease.solution,
        "annotation": lease.annotation,
        "shown": lease.candidates_shown,
    }
    rows = [Candidate(*row) for row in all_rows(OFFERED, values)]
    grouped = groupby(rows, key=lambda candidate: (candidate.step, candidate.parent))
    return {place: list(candidates) for place, candidates in grouped}


def growth_of(lease: Lease) -> Growth:
    """How far the solution has grown in its draft."""
    return follow(draft_of(lease, stored_marks(lease)), offered(lease))
