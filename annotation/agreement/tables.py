"""What labelers said: the only SQL of the figures on agreement.

One query, whose result comes as two packed values: as rows, Python would be longer at fetching it than at
everything it is for. What counts is what the export has: submitted annotations, neither practice nor surplus.
The database keeps each of them packed (`models.PackedAnnotation`), as none of them ever changes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.pq import Format

from annotation.agreement.against_gold import Judged
from annotation.agreement.figures import Indices, distinct, whole_of
from annotation.agreement.labels import NO_GENERATION, Labels
from annotation.models import FinishReason, GoldSource, GoldStep
from annotation.postgresql.planning import planned_anew

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

# Both values have the annotations in one order: they are made of the same rows in one go.
SAID = """
    SELECT string_agg(l.facts, ''), string_agg(l.ratings, '')
    FROM annotation_packedannotation l WHERE l.project_id = %(project)s {narrowed}
"""
# To be completed with conditions. A left join of what no condition asks for costs nothing. Tasks and solutions are
# of the annotation's project: said, so that those of other projects are not read. `IS TRUE` has the ids hashed:
# the planner expects few of them, and would look each up.
NARROWED = """
    AND (l.annotation_id IN (
        SELECT a.id FROM annotation_annotation a
        JOIN annotation_task t ON t.id = a.task_id AND t.project_id = a.project_id
        LEFT JOIN annotation_solution s ON s.id = a.solution_id AND s.project_id = a.project_id
        LEFT JOIN annotation_problem q ON q.id = s.problem_id
        LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
        WHERE a.project_id = %(project)s AND a.submitted_at IS NOT NULL {conditions})) IS TRUE
"""
FACTS = np.dtype([("ids", ">i8"), ("worked", ">i8"), ("submitted_at", ">i8"), ("about", ">i8"), ("bytes", ">i4")])
"""As `models.PackedAnnotation` has them, and a rating."""
RATING = np.dtype(">u4")
EPOCH = 946_684_800
"""When PostgreSQL's time begins, in seconds since 1970."""


def labels(which: Slice) -> Labels:
    facts, ratings = said(which)
    rows = np.frombuffer(facts, dtype=FACTS)
    order = np.argsort(rows["ids"], kind="stable")
    counts = whole(rows["bytes"] // RATING.itemsize)
    each = whole(np.frombuffer(ratings, dtype=RATING)[runs(counts, order)])
    rows = rows[order]
    ids, worked, about = whole(rows["ids"]), whole(rows["worked"]), whole(rows["about"])
    return Labels(
        annotations=ids >> 32,
        solutions=ids & 0xFFFFFFFF,
        labelers=worked >> 48,
        lengths=about >> 32,
        grown=about >> 31 & 1 == 0,
        generations=(about >> 8 & 0xFFFF) + NO_GENERATION,
        reasons=about & 0xFF,
        active_ms=worked & (1 << 48) - 1,
        submitted_at=rows["submitted_at"] / 1e6 + EPOCH,
        of=np.repeat(np.arange(len(rows)), counts[order]),
        steps=each >> 18,
        completions=each >> 2 & 0xFFFF,
        ratings=(each & 3) - 1,
    )


def runs(counts: Indices, order: Indices) -> Indices:
    """Where the entries of runs of so many entries are, when the runs come in another order."""
    starts = np.cumsum(counts) - counts
    moved = counts[order]
    return np.arange(moved.sum()) + np.repeat(starts[order] - np.cumsum(moved) + moved, moved)


def conditions_of(which: Slice) -> str:
    """What else than its project a slice asks of annotations `a`, tasks `t`, problems `q`, instructions `g`."""
    conditions = [text for name, text in CONDITIONS.items() if getattr(which, name) is not None]
    if which.kind is not None:
        conditions.append(KINDS[which.kind])
    return "".join(f" AND {one}" for one in conditions)


def said(which: Slice) -> tuple[bytes, ...]:
    conditions = conditions_of(which)
    narrowed = NARROWED.format(conditions=conditions) if conditions else ""
    return fetched(SAID.format(narrowed=narrowed), vars(which))


def fetched(query: str, given: dict[str, Any]) -> tuple[bytes, ...]:
    """The one row of a query whose columns are packed values."""
    (row,) = packed_rows(query, given)
    return tuple(column or b"" for column in row)


def written(ids: Indices) -> str:
    """As PostgreSQL reads an array: of ten thousands much faster than one by one through the driver."""
    return f"{{{','.join(map(str, ids.tolist()))}}}"


def packed_rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query some of whose columns are packed values."""
    with planned_anew() as cursor:
        cursor.cursor.format = Format.BINARY  # else the bytes come as digits
        cursor.execute(query, given)
        return list(cursor.fetchall())


def gold(project: int) -> Judged:
    """All that gold judges in a project, and what it was made from."""
    rows = list(
        GoldStep.objects.filter(gold__solution__project=project).values_list(
            "gold_id", "step", "completion", "accepted", "can_be_first_error"
        )
    )
    columns = np.array([row[:3] for row in rows], dtype=np.intp).reshape(-1, 3)
    accepted = np.array([[rating in row[3] for rating in (-1, 0, 1)] for row in rows], dtype=np.bool_)
    first = np.array([row[4] for row in rows], dtype=np.bool_)
    solutions, steps, completions = columns.T
    made_from = GoldSource.objects.filter(gold__solution__project=project)
    sources = np.array(made_from.values_list("annotation", flat=True), dtype=np.intp)
    return Judged(solutions, steps, completions, accepted.reshape(-1, 3), first, sources)


def characters(own: Labels) -> Indices:
    """How long the texts are that were rated in each annotation, in characters: (annotations,)."""
    solutions = distinct(own.solutions)
    (packed,) = fetched(LENGTHS, {"solutions": written(solutions)})
    known = np.sort(np.frombuffer(packed, dtype=TEXT).astype(TEXT.newbyteorder("=")), order="at")
    of = (own.solutions[own.of] << 32) + (own.steps << 16) + own.completions
    read = known["characters"][np.searchsorted(known["at"], of)]
    return whole_of(read, own.of, len(own.annotations))


LENGTHS = """
    SELECT string_agg(int8send((solution_id << 32) + (step::bigint << 16) + index) || int8send(length(text)), '')
    FROM annotation_completion WHERE solution_id = ANY(%(solutions)s::bigint[])
"""
TEXT = np.dtype([("at", ">i8"), ("characters", ">i8")])


def whole(column: NDArray[Any]) -> Indices:
    return column.astype(np.intp)
