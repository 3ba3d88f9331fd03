"""PRM800K lines with one further key, `stepmark`, for what PRM800K has no field for. docs/formats.md lists it.

Surplus annotations are in here too, and say so.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from annotation.exporting.prm800k import Row, chunks, encoded, fetch_of
from annotation.models import Project

END = "}\n"

EXTRAS = """
    SELECT a.id, json_build_object(
        'is_surplus', a.is_surplus,
        'explanation', nullif(a.explanation, ''),
        'wall_ms', CASE WHEN NOT a.is_imported
                        THEN (extract(epoch FROM a.submitted_at - a.started_at) * 1000)::bigint END,
        'step_ms', CASE WHEN cardinality(a.step_ms) > 0 THEN a.step_ms END,
        'error_report', CASE WHEN r.annotation_id IS NOT NULL THEN json_build_object(
            'step', r.step, 'progress', r.progress, 'category', r.category, 'critique', nullif(r.critique, ''),
            'critiques', (SELECT json_agg(json_build_object('text', c.text, 'rating', r.ratings[c.index + 1])
                                          ORDER BY c.index)
                          FROM annotation_critique c
                          WHERE c.solution_id = a.solution_id AND c.step = r.step)) END)
    FROM annotation_annotation a LEFT JOIN annotation_errorreport r ON r.annotation_id = a.id
    WHERE a.id = ANY(%s::bigint[])
"""


def lines(project: Project) -> Iterator[str]:
    """Each submitted annotation as `prm800k.lines` has it, with the key `stepmark` at its end."""
    for rows in chunks(project, with_surplus=True):
        extras = extras_of(rows)
        for row, line in zip(rows, encoded(rows), strict=True):
            yield f'{line[: -len(END)]}, "stepmark": {json.dumps(extras[row.id])}{END}'


def extras_of(rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """By annotation."""
    return dict(fetch_of([row.id for row in rows], EXTRAS))
