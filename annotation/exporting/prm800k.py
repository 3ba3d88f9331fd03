"""Submitted annotations as PRM800K lines, in the order in which they were begun or loaded.

A line that was loaded comes out as it came in, byte for byte when it was written as Python's `json.dumps`
writes it (the released files are), and equal as JSON otherwise.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from annotation.models import Annotation, Project

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
      AND (a.is_imported OR a.submitted_at <= %s)
    ORDER BY a.id LIMIT %s
"""
COMPLETIONS = """
    SELECT solution_id, array_agg(step ORDER BY step, index), array_agg(index ORDER BY step, index),
           array_agg(text ORDER BY step, index)
    FROM annotation_completion WHERE solution_id = ANY(%s) GROUP BY solution_id
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


Texts = dict[tuple[int, int], str]
"""Of one solution: step and index to text."""


def lines(project: Project) -> Iterator[str]:
    """Each submitted annotation as a line with its line end; what is submitted meanwhile is left out.

    No transaction is held between chunks, so a slow reader blocks nobody.
    """
    now = timezone.now()
    last = Annotation.objects.filter(project=project).aggregate(last=Max("id"))["last"] or 0
    after = 0
    while chunk := fetch(ANNOTATIONS, [project.pk, after, last, now, CHUNK]):
        rows = [Row(*row) for row in chunk]
        yield from encoded(rows)
        after = rows[-1].id


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def encoded(rows: Sequence[Row]) -> Iterator[str]:
    annotations = [row.id for row in rows]
    texts = texts_of(list({row.solution for row in rows}))
    labels = dict(fetch(LABELS, [annotations]))
    written = written_steps(annotations)
    for row in rows:
        own = texts[row.solution]
        yield json.dumps(record(row, own, labels.get(row.id, []), written[row.id])) + "\n"


def texts_of(solutions: list[int]) -> dict[int, Texts]:
    texts: dict[int, Texts] = defaultdict(dict)
    for solution, steps, indexes, values in fetch(COMPLETIONS, [solutions]):
        texts[solution] = dict(zip(zip(steps, indexes, strict=True), values, strict=True))
    return texts


def written_steps(annotations: list[int]) -> dict[int, dict[int, Any]]:
    """Per annotation and step what the labeler wrote, as PRM800K's `human_completion`."""
    written: dict[int, dict[int, Any]] = defaultdict(dict)
    for annotation, step, text, rating, flagged, corrected, has_corrected, is_plain in fetch(
        WRITTEN, [annotations]
    ):
        value = {"text": text, "rating": rating, "source": "human", "flagged": flagged}
        if has_corrected:
            value["corrected_rating"] = corrected
        written[annotation][step] = text if is_plain else value
    return written


def record(row: Row, texts: Texts, labels: list[list[int | None]], written: dict[int, Any]) -> dict[str, Any]:
    return {
        "labeler": str(row.labeler),
        "timestamp": row.timestamp_text or row.submitted_at.astimezone(UTC).replace(tzinfo=None).isoformat(),
        "generation": row.generation,
        "is_quality_control_question": row.is_quality_control,
        "is_initial_screening_question": row.is_screening,
        "question": question(row, texts),
        "label": {
            "steps": steps(row, texts, labels, written),
            "total_time": row.active_ms,
            "finish_reason": row.finish_reason,
        },
    }


def question(row: Row, texts: Texts) -> dict[str, Any]:
    """Phase 1 rows have no keys for the pre-generated solution."""
    if not row.pre_generated:
        return {"problem": row.problem, "ground_truth_answer": row.reference_answer}
    return {
        "problem": row.problem,
        "ground_truth_solution": row.reference_solution,
        "ground_truth_answer": row.reference_answer,
        "pre_generated_steps": [text for (_, index), text in texts.items() if index == 0],
        "pre_generated_answer": row.answer,
        "pre_generated_verifier_score": row.score,
    }


def steps(row: Row, texts: Texts, labels: list[list[int | None]], written: dict[int, Any]) -> list[dict[str, Any]]:
    completions: list[list[dict[str, Any]]] = [[] for _ in row.chosen]
    for step, completion, rating, flagged in labels:
        assert step is not None
        assert completion is not None
        completions[step].append(
            {
                "text": texts[step, completion],
                "rating": rating,
                "flagged": None if flagged is None else flagged == 1,
            }
        )
    return [
        {
            "completions": offered or ([] if index in row.empty_steps else None),
            "human_completion": written.get(index),
            "chosen_completion": chosen,
        }
        for index, (offered, chosen) in enumerate(zip(completions, row.chosen, strict=True))
    ]
