"""What labelers said: the only SQL of the figures on agreement.

One GROUP BY, by annotation, whose result comes as two packed values: as rows, Python would be longer at fetching
it than at everything it is for. What counts is what the export has: submitted annotations, neither practice nor
surplus.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from annotation.agreement.against_gold import Judged
from annotation.agreement.figures import Indices
from annotation.agreement.labels import NO_GENERATION, Labels
from annotation.models import FinishReason, GoldStep

REASONS = (FinishReason.SOLUTION, FinishReason.FOUND_ERROR, FinishReason.BAD_PROBLEM, FinishReason.GIVE_UP)

KINDS = {
    "regular": "NOT t.is_quality_control AND NOT t.is_screening",
    "quality-control": "t.is_quality_control",
    "screening": "t.is_screening",
}


@dataclass(frozen=True)
class Slice:
    """Which annotations of a project are looked at; None is all of them."""

    project: int
    generation: int | None = None
    """`NO_GENERATION` for what is in none."""
    labeler: int | None = None
    """A membership: what it said."""
    met: int | None = None
    """A membership: what everybody said of the solutions that it rated."""
    subject: str | None = None
    level: str | None = None
    guideline: int | None = None
    """Version of the instructions."""
    kind: str | None = None
    """One of `KINDS`."""
    since: datetime | None = None
    """From this moment on."""
    until: datetime | None = None
    """Before this moment."""


CONDITIONS = {
    "generation": f"coalesce(t.generation, {NO_GENERATION}) = %(generation)s",
    "labeler": "a.labeler_id = %(labeler)s",
    "met": """a.solution_id IN (SELECT solution_id FROM annotation_annotation
                                WHERE labeler_id = %(met)s AND submitted_at IS NOT NULL)""",
    "subject": "q.subject = %(subject)s",
    "level": "q.level = %(level)s",
    "guideline": "g.version = %(guideline)s",
    "since": "a.submitted_at >= %(since)s",
    "until": "a.submitted_at < %(until)s",
}

# To be completed with further conditions. A label is its step, completion and rating in one number.
SAID = f"""
    WITH chosen AS MATERIALIZED (
        SELECT a.id, a.solution_id, a.labeler_id, s.length, s.pre_generated, a.submitted_at,
               coalesce(t.generation, {NO_GENERATION}) AS generation, a.active_ms,
               array_position(%(reasons)s::text[], a.finish_reason::text) - 1 AS reason
        FROM annotation_annotation a
        JOIN annotation_task t ON t.id = a.task_id
        JOIN annotation_solution s ON s.id = a.solution_id
        JOIN annotation_problem q ON q.id = s.problem_id
        LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
        WHERE a.project_id = %(project)s AND a.submitted_at IS NOT NULL AND NOT a.is_surplus
          AND NOT t.is_practice {{conditions}}
    ), rated AS (
        SELECT annotation_id, count(*) AS labels,
               string_agg(int8send((step::bigint << 32) | (completion << 2) | (rating + 1)), '') AS packed
        FROM annotation_steplabel
        WHERE rating IS NOT NULL AND annotation_id IN (SELECT id FROM chosen)
        GROUP BY annotation_id
    )
    SELECT string_agg(int8send(id) || int8send(solution_id) || int8send(labeler_id) || int8send(active_ms)
                      || float8send(extract(epoch FROM submitted_at)::float8)
                      || int2send(length::smallint) || int2send(pre_generated::integer::smallint)
                      || int2send(generation::smallint) || int2send(reason::smallint)
                      || int4send(coalesce(labels, 0)::integer), ''),
           string_agg(packed, '')
    FROM chosen LEFT JOIN rated ON annotation_id = id
"""
ANNOTATION = np.dtype(
    [
        ("id", ">i8"),
        ("solution", ">i8"),
        ("labeler", ">i8"),
        ("active_ms", ">i8"),
        ("submitted_at", ">f8"),
        ("length", ">i2"),
        ("pre_generated", ">i2"),
        ("generation", ">i2"),
        ("reason", ">i2"),
        ("labels", ">i4"),
    ]
)
MEMORY = "SET LOCAL work_mem = '64MB'"
"""800,000 labels are grouped within it; with the usual 4 MB they go to the disk and back."""


def labels(which: Slice) -> Labels:
    annotations, packed = said(which)
    rows = np.frombuffer(annotations, dtype=ANNOTATION)
    each = np.frombuffer(packed, dtype=">i8").astype(np.int64)
    return Labels(
        annotations=whole(rows["id"]),
        solutions=whole(rows["solution"]),
        labelers=whole(rows["labeler"]),
        lengths=whole(rows["length"]),
        grown=rows["pre_generated"] == 0,
        generations=whole(rows["generation"]),
        reasons=whole(rows["reason"]),
        active_ms=whole(rows["active_ms"]),
        submitted_at=rows["submitted_at"].astype(np.float64),
        of=np.repeat(np.arange(len(rows)), rows["labels"]),
        steps=each >> 32,
        completions=(each >> 2) & 0x3FFFFFFF,
        ratings=(each & 3) - 1,
    )


def conditions_of(which: Slice) -> str:
    """What else than its project a slice asks of annotations `a`, tasks `t`, problems `q`, instructions `g`."""
    conditions = [text for name, text in CONDITIONS.items() if getattr(which, name) is not None]
    if which.kind is not None:
        conditions.append(KINDS[which.kind])
    return "".join(f" AND {one}" for one in conditions)


def said(which: Slice) -> tuple[bytes, bytes]:
    query = SAID.format(conditions=conditions_of(which))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute(query, {**vars(which), "reasons": list(REASONS)})
        annotations, packed = cursor.fetchone()
    return annotations or b"", packed or b""


def gold(project: int) -> Judged:
    """All that gold judges in a project."""
    rows = list(
        GoldStep.objects.filter(gold__solution__project=project).values_list(
            "gold_id", "step", "completion", "accepted", "can_be_first_error"
        )
    )
    columns = np.array([row[:3] for row in rows], dtype=np.intp).reshape(-1, 3)
    accepted = np.array([[rating in row[3] for rating in (-1, 0, 1)] for row in rows], dtype=np.bool_)
    first = np.array([row[4] for row in rows], dtype=np.bool_)
    solutions, steps, completions = columns.T
    return Judged(solutions, steps, completions, accepted.reshape(-1, 3), first)


def characters(labeler: int, annotations: Indices) -> Indices:
    """How long the texts are that were rated in each of a labeler's annotations, in characters."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [labeler])
        found = np.array(cursor.fetchall(), dtype=np.intp).reshape(-1, 2)
    order = np.argsort(found[:, 0])
    found = np.vstack([found[order], [[np.iinfo(np.intp).max, 0]]])
    at = np.searchsorted(found[:, 0], annotations)
    return np.where(found[at, 0] == annotations, found[at, 1], 0)


READ = """
    SELECT l.annotation_id, sum(length(c.text))
    FROM annotation_annotation a
    JOIN annotation_steplabel l ON l.annotation_id = a.id
    JOIN annotation_completion c ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
    WHERE a.labeler_id = %s AND a.submitted_at IS NOT NULL AND l.rating IS NOT NULL
    GROUP BY l.annotation_id
"""


def whole(column: NDArray[Any]) -> NDArray[np.intp]:
    return column.astype(np.intp)
