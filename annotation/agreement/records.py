"""Labels one by one, as flat JSON lines for notebooks; what counts is what the boards count."""

from collections.abc import Iterator

from django.db import connection

from annotation.agreement.tables import Slice, conditions_of

BATCH = 2_000
"""Annotations at a time; no transaction is held between."""

# To be completed with further conditions.
LINES = """
    WITH chosen AS MATERIALIZED (
        SELECT a.id, a.solution_id, a.submitted_at, a.finish_reason, a.active_ms, s.external_id, s.generator,
               q.external_id AS problem, q.subject, q.level, t.generation, t.is_quality_control, t.is_screening,
               t.repeat,
               g.version AS guideline, m.pseudonym
        FROM annotation_annotation a
        JOIN annotation_task t ON t.id = a.task_id
        JOIN annotation_solution s ON s.id = a.solution_id
        JOIN annotation_problem q ON q.id = s.problem_id
        JOIN annotation_membership m ON m.id = a.labeler_id
        LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
        WHERE a.project_id = %(project)s AND a.submitted_at IS NOT NULL AND NOT a.is_surplus
          AND NOT t.is_practice AND a.id > %(after)s {conditions}
        ORDER BY a.id LIMIT %(most)s
    )
    SELECT (SELECT max(id) FROM chosen), string_agg(json_build_object(
        'annotation', c.id, 'labeler', c.pseudonym, 'solution', c.solution_id, 'solution_id', c.external_id,
        'problem_id', c.problem, 'subject', c.subject, 'level', c.level, 'generator', c.generator,
        'generation', c.generation, 'is_quality_control', c.is_quality_control, 'is_screening', c.is_screening,
        'repeat', c.repeat,
        'guideline', c.guideline, 'submitted_at', c.submitted_at, 'finish_reason', c.finish_reason,
        'active_ms', c.active_ms, 'step', l.step, 'completion', l.completion, 'rating', l.rating,
        'flagged', l.flagged, 'text', CASE WHEN %(texts)s THEN k.text END
    )::text || E'\\n', '' ORDER BY c.id, l.step, l.completion)
    FROM chosen c
    JOIN annotation_steplabel l ON l.annotation_id = c.id AND l.rating IS NOT NULL
    LEFT JOIN annotation_completion k ON %(texts)s AND k.solution_id = l.solution_id AND k.step = l.step
              AND k.index = l.completion
"""


def lines(which: Slice, *, texts: bool = False) -> Iterator[bytes]:
    """A line for each rating, in the order of annotations and steps, many at a time.

    Times are ISO 8601, `active_ms` is of the whole annotation, `step` and `completion` are counted from 0.
    """
    query = LINES.format(conditions=conditions_of(which))
    after: int | None = 0
    while after is not None:
        with connection.cursor() as cursor:
            cursor.execute(query, {**vars(which), "after": after, "most": BATCH, "texts": texts})
            after, found = cursor.fetchone()
        if found:
            yield found.encode()
