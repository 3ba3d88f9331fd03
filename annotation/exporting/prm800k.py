"""Submitted annotations as PRM800K lines, in the order in which they were begun or loaded.

A line that was loaded comes out as it came in, byte for byte when it was written as the released files are
(docs/formats.md says what happens to other lines).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from annotation.models import Project

CHUNK = 500

ANNOTATIONS = """
    SELECT a.id, a.solution_id, m.pseudonym, a.submitted_at, a.timestamp_text, t.generation,
           t.is_quality_control, t.is_screening, p.text, p.solution, p.answer, s.pre_generated, s.answer,
           s.score, a.chosen, a.empty_steps, a.active_ms, a.finish_reason
    FROM annotation_annotation a
    JOIN annotation_membership m ON m.id = a.labeler_id
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    WHERE a.project_id = %s AND a.submitted_at IS NOT NULL AND a.id > %s AND a.id <= %s
      AND NOT t.is_practice
      AND (a.is_imported OR a.submitted_at <= %s)
    ORDER BY a.id LIMIT %s
"""
LAST = "SELECT coalesce(max(id), 0), clock_timestamp() FROM annotation_annotation WHERE project_id = %s"
# The own steps of each solution, and its other completions with their places. A solution that grew step by
# step (phase 1, the second parameter) has no own steps: all its completions are others.
COMPLETIONS = """
    SELECT solution_id,
           array_agg(text ORDER BY step, index) FILTER (WHERE index = 0 AND solution_id <> ALL(grown)),
           array_agg(ARRAY[step, index] ORDER BY step, index)
               FILTER (WHERE index > 0 OR solution_id = ANY(grown)),
           array_agg(text ORDER BY step, index) FILTER (WHERE index > 0 OR solution_id = ANY(grown))
    FROM annotation_completion, (SELECT %s::bigint[] AS grown)
    WHERE solution_id = ANY(%s) GROUP BY solution_id
"""
LABELS = """
    SELECT annotation_id, array_agg(ARRAY[step, completion, rating, flagged::int] ORDER BY step, position)
    FROM annotation_steplabel WHERE annotation_id = ANY(%s) GROUP BY annotation_id
"""
WRITTEN = """
    SELECT annotation_id, step, text, rating, flagged, corrected_rating, has_corrected_rating, is_plain_text
    FROM annotation_humancompletion WHERE annotation_id = ANY(%s)
"""


class Row(NamedTuple):
    id: int
    solution: int
    labeler: Any
    submitted_at: datetime
    timestamp_text: str | None
    generation: int | None
    is_quality_control: bool
    is_screening: bool
    problem: str
    reference_solution: str | None
    reference_answer: str | None
    pre_generated: bool
    answer: str | None
    score: float | None
    chosen: list[int | None]
    empty_steps: list[int]
    active_ms: int
    finish_reason: str


@dataclass
class Texts:
    """The texts of one solution, as JSON writes them: its own steps, and other completions by step and index."""

    own: list[str] = field(default_factory=list)
    others: dict[tuple[int, int], str] = field(default_factory=dict)


Labels = list[tuple[int, int, int | None, int | None]]
"""Of one annotation: step, completion, rating and flag of each rated completion, in order."""

quoted = json.encoder.encode_basestring_ascii
"""A text as `json.dumps` writes it. Each step's text is in a line twice, so lines are put together from parts."""


def lines(project: Project) -> Iterator[str]:
    """Each submitted annotation as a line with its line end; what is submitted meanwhile is left out.

    No transaction is held between chunks, so a slow reader blocks nobody.
    """
    ((last, now),) = fetch(LAST, [project.pk])
    after = 0
    while chunk := fetch(ANNOTATIONS, [project.pk, after, last, now, CHUNK]):
        rows = [Row(*row) for row in chunk]
        yield from encoded(rows)
        after = rows[-1].id


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query, in PostgreSQL's binary format: arrays of LaTeX are quick to read in it."""
    connection.ensure_connection()
    with connection.connection.cursor(binary=True) as cursor:
        return list(cursor.execute(query, parameters).fetchall())


def encoded(rows: Sequence[Row]) -> Iterator[str]:
    annotations = [row.id for row in rows]
    texts = texts_of(rows)
    labels = dict(fetch(LABELS, [annotations]))
    written = written_steps(annotations)
    for row in rows:
        steps = steps_of(row, texts[row.solution], labels.get(row.id, []), written[row.id])
        yield line_of(row, texts[row.solution], steps)


def texts_of(rows: Sequence[Row]) -> dict[int, Texts]:
    """By solution."""
    grown = [row.solution for row in rows if not row.pre_generated]
    found = fetch(COMPLETIONS, [grown, [row.solution for row in rows]])
    texts = {row.solution: Texts() for row in rows}
    for solution, own, places, others in found:
        texts[solution].own = [quoted(text) for text in own or []]
        for (step, index), text in zip(places or [], others or [], strict=True):
            texts[solution].others[step, index] = quoted(text)
    return texts


def written_steps(annotations: list[int]) -> dict[int, dict[int, str]]:
    """Per annotation and step what the labeler wrote, as PRM800K's `human_completion`."""
    written: dict[int, dict[int, str]] = defaultdict(dict)
    for annotation, step, text, rating, flagged, corrected, has_corrected, is_plain in fetch(
        WRITTEN, [annotations]
    ):
        value = {"text": text, "rating": rating, "source": "human", "flagged": flagged}
        if has_corrected:
            value["corrected_rating"] = corrected
        written[annotation][step] = json.dumps(text if is_plain else value)
    return written


def line_of(row: Row, texts: Texts, steps: str) -> str:
    head = {
        "labeler": str(row.labeler),
        "timestamp": row.timestamp_text or row.submitted_at.astimezone(UTC).replace(tzinfo=None).isoformat(),
        "generation": row.generation,
        "is_quality_control_question": row.is_quality_control,
        "is_initial_screening_question": row.is_screening,
    }
    tail = f'"total_time": {row.active_ms}, "finish_reason": "{row.finish_reason}"'
    question = question_of(row, texts)
    return f'{json.dumps(head)[:-1]}, "question": {question}, "label": {{"steps": [{steps}], {tail}}}}}\n'


def question_of(row: Row, texts: Texts) -> str:
    """Phase 1 rows have no keys for the pre-generated solution."""
    if not row.pre_generated:
        return json.dumps({"problem": row.problem, "ground_truth_answer": row.reference_answer})
    reference = {
        "problem": row.problem,
        "ground_truth_solution": row.reference_solution,
        "ground_truth_answer": row.reference_answer,
    }
    result = {"pre_generated_answer": row.answer, "pre_generated_verifier_score": row.score}
    own = ", ".join(texts.own)
    return f'{json.dumps(reference)[:-1]}, "pre_generated_steps": [{own}], {json.dumps(result)[1:]}'


def steps_of(row: Row, texts: Texts, labels: Labels, written: dict[int, str]) -> str:
    completions: list[list[str]] = [[] for _ in row.chosen]
    for step, completion, rating, flagged in labels:
        text = texts.own[step] if completion == 0 and texts.own else texts.others[step, completion]
        completions[step].append(f'{{"text": {text}{RATING_AND_FLAG[rating, flagged]}')
    return ", ".join(
        f'{{"completions": {completions_of(offered, index, row)}, '
        f'"human_completion": {written.get(index, "null")}, '
        f'"chosen_completion": {"null" if chosen is None else chosen}}}'
        for index, (offered, chosen) in enumerate(zip(completions, row.chosen, strict=True))
    )


def completions_of(offered: list[str], index: int, row: Row) -> str:
    return f"[{', '.join(offered)}]" if offered or index in row.empty_steps else "null"


RATING_AND_FLAG = {
    (rating, flagged): f', "rating": {json.dumps(rating)}, "flagged": {word}}}'
    for rating in (None, -1, 0, 1)
    for flagged, word in ((None, "null"), (0, "false"), (1, "true"))
}
"""How a completion ends, by rating and flag (0 false, 1 true)."""
