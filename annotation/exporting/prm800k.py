"""Submitted annotations as PRM800K lines, in the order in which they were begun or loaded.

A line that was loaded comes out as it came in, byte for byte when it was written as the released files are
(docs/formats.md says what happens to other lines).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import add
from typing import Any, NamedTuple

from django.db import connection

from annotation.models import Project

CHUNK = 200
"""Larger chunks cost more: Python's garbage collector goes through everything that outlives a round of it."""

STEP = 65535
"""A place in a solution is one number, as arrays of numbers are quick to read: index * 65536 + step."""

ANNOTATIONS = """
    SELECT a.id, a.solution_id, s.problem_id, m.pseudonym::text, a.submitted_at AT TIME ZONE 'UTC',
           a.timestamp_text, t.generation, t.is_quality_control, t.is_screening, s.pre_generated, s.answer,
           s.score, a.chosen, a.empty_steps, a.active_ms, a.finish_reason
    FROM annotation_annotation a
    JOIN annotation_membership m ON m.id = a.labeler_id
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_solution s ON s.id = a.solution_id
    WHERE a.project_id = %s AND a.submitted_at IS NOT NULL AND a.id > %s AND a.id <= %s
      AND NOT t.is_practice AND (a.is_imported OR a.submitted_at <= %s) AND (%s OR NOT a.is_surplus)
    ORDER BY a.id LIMIT %s
"""
LAST = "SELECT coalesce(max(id), 0), clock_timestamp() FROM annotation_annotation WHERE project_id = %s"
PROBLEMS = "SELECT id, text, solution, answer FROM annotation_problem WHERE id = ANY(%s::bigint[])"
# The own steps of a solution have the places 0, 1, 2, ...; when it has nothing else, places are left out.
COMPLETIONS = """
    SELECT solution_id, array_agg(text ORDER BY step, index),
           CASE WHEN max(index) > 0 OR max(step) >= count(*)
                THEN array_agg(index * 65536 + step ORDER BY step, index) END
    FROM annotation_completion WHERE solution_id = ANY(%s::bigint[]) GROUP BY solution_id
"""
LABELS = """
    SELECT annotation_id, array_agg(completion * 65536 + step ORDER BY step, position),
           array_agg(rating ORDER BY step, position), array_agg(flagged ORDER BY step, position)
    FROM annotation_steplabel WHERE annotation_id = ANY(%s::bigint[]) GROUP BY annotation_id
"""
WRITTEN = """
    SELECT annotation_id, step, text, rating, flagged, corrected_rating, has_corrected_rating, is_plain_text
    FROM annotation_humancompletion WHERE annotation_id = ANY(%s::bigint[])
"""


class Row(NamedTuple):
    id: int
    solution: int
    problem: int
    labeler: str
    submitted_at: datetime
    timestamp_text: str | None
    generation: int | None
    is_quality_control: bool
    is_screening: bool
    pre_generated: bool
    answer: str | None
    score: float | None
    chosen: list[int | None]
    empty_steps: list[int]
    active_ms: int
    finish_reason: str


class Problem(NamedTuple):
    """As JSON writes it."""

    text: str
    solution: str
    answer: str


class Labels(NamedTuple):
    """Of one annotation, in order: place, rating and flag of each rated completion."""

    places: Sequence[int] = ()
    ratings: Sequence[int | None] = ()
    flags: Sequence[bool | None] = ()


Texts = dict[int, str]
"""The texts of one solution by place, as JSON writes them."""

Written = dict[int, str]
"""Of one annotation by step what the labeler wrote, as PRM800K's `human_completion`."""


def lines(project: Project) -> Iterator[str]:
    """Each submitted annotation as a line with its line end; what is submitted meanwhile is left out.

    Surplus annotations, which came when a task had all it wanted, are left out too. No transaction is held
    between chunks, so a slow reader blocks nobody.
    """
    for rows in chunks(project, with_surplus=False):
        yield from encoded(rows)


def chunks(project: Project, *, with_surplus: bool) -> Iterator[list[Row]]:
    ((last, now),) = fetch(LAST, [project.pk])
    after = 0
    while chunk := fetch(ANNOTATIONS, [project.pk, after, last, now, with_surplus, CHUNK]):
        rows = [Row._make(row) for row in chunk]
        yield rows
        after = rows[-1].id


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query, in PostgreSQL's binary format: arrays of LaTeX are quick to read in it."""
    connection.ensure_connection()
    with connection.connection.cursor(binary=True) as cursor:
        return list(cursor.execute(query, parameters).fetchall())


def fetch_of(ids: Iterable[int], query: str) -> list[tuple[Any, ...]]:
    """All rows of these ids, which travel as one text: psycopg writes lists item by item."""
    return fetch(query, [f"{{{','.join(map(str, ids))}}}"])


def encoded(rows: Sequence[Row]) -> Iterator[str]:
    annotations = [row.id for row in rows]
    problems = {
        key: Problem(*map(nullable, found)) for key, *found in fetch_of({row.problem for row in rows}, PROBLEMS)
    }
    texts = texts_of(rows)
    labels = {annotation: Labels(*found) for annotation, *found in fetch_of(annotations, LABELS)}
    written = written_in(annotations)
    for row in rows:
        own = texts.get(row.solution, {})
        steps = steps_of(row, own, labels.get(row.id, Labels()), written.get(row.id, {}))
        yield line_of(row, question_of(row, problems[row.problem], own), steps)


def texts_of(rows: Sequence[Row]) -> dict[int, Texts]:
    """By solution."""
    return {
        solution: dict(zip(places or range(len(texts)), map(quote, texts), strict=True))
        for solution, texts, places in fetch_of([row.solution for row in rows], COMPLETIONS)
    }


def written_in(annotations: list[int]) -> dict[int, Written]:
    """By annotation."""
    written: dict[int, Written] = defaultdict(dict)
    for annotation, step, text, rating, flagged, corrected, has_corrected, is_plain in fetch_of(
        annotations, WRITTEN
    ):
        value = {"text": text, "rating": rating, "source": "human", "flagged": flagged}
        if has_corrected:
            value["corrected_rating"] = corrected
        written[annotation][step] = json.dumps(text if is_plain else value)
    return written


def line_of(row: Row, question: str, steps: str) -> str:
    return (
        f'{{"labeler": "{row.labeler}", '
        f'"timestamp": {quote(row.timestamp_text or row.submitted_at.isoformat())}, '
        f'"generation": {"null" if row.generation is None else row.generation}, '
        f'"is_quality_control_question": {WORDS[row.is_quality_control]}, '
        f'"is_initial_screening_question": {WORDS[row.is_screening]}, '
        f'"question": {question}, "label": {{"steps": [{steps}], '
        f'"total_time": {row.active_ms}, "finish_reason": "{row.finish_reason}"}}}}\n'
    )


def question_of(row: Row, problem: Problem, texts: Texts) -> str:
    """Phase 1 rows have no keys for the pre-generated solution."""
    if not row.pre_generated:
        return f'{{"problem": {problem.text}, "ground_truth_answer": {problem.answer}}}'
    own = ", ".join([text for place, text in texts.items() if place <= STEP])
    return (
        f'{{"problem": {problem.text}, "ground_truth_solution": {problem.solution}, '
        f'"ground_truth_answer": {problem.answer}, "pre_generated_steps": [{own}], '
        f'"pre_generated_answer": {nullable(row.answer)}, '
        f'"pre_generated_verifier_score": {json.dumps(row.score)}}}'
    )


def steps_of(row: Row, texts: Texts, labels: Labels, written: Written) -> str:
    if not written and [place & STEP for place in labels.places] == list(range(len(row.chosen))):
        return steps_of_one_completion(row, texts, labels)
    offered: list[list[str]] = [[] for _ in row.chosen]
    for place, rating, flagged in zip(*labels, strict=True):
        offered[place & STEP].append(f'{{"text": {texts[place]}{end_of_completion(rating, flagged)}')
    return ", ".join(
        f'{{"completions": {completions_of(offered[step], step, row)}, '
        f'"human_completion": {written.get(step, "null")}, "chosen_completion": {json.dumps(chosen)}}}'
        for step, chosen in enumerate(row.chosen)
    )


def steps_of_one_completion(row: Row, texts: Texts, labels: Labels) -> str:
    """The usual case, each step with one completion and nothing written, at twice the speed."""
    ends = map(end_of_step, labels.ratings, labels.flags, row.chosen)
    starts = [f'{{"completions": [{{"text": {texts[place]}' for place in labels.places]
    return ", ".join(map(add, starts, ends))


def completions_of(offered: list[str], step: int, row: Row) -> str:
    return f"[{', '.join(offered)}]" if offered or step in row.empty_steps else "null"


@cache
def end_of_step(rating: int | None, flagged: bool | None, chosen: int | None) -> str:  # noqa: FBT001
    end = end_of_completion(rating, flagged)
    return f'{end}], "human_completion": null, "chosen_completion": {json.dumps(chosen)}}}'


@cache
def end_of_completion(rating: int | None, flagged: bool | None) -> str:  # noqa: FBT001
    return f', "rating": {json.dumps(rating)}, "flagged": {json.dumps(flagged)}}}'


quote = json.encoder.encode_basestring_ascii
"""A text as `json.dumps` writes it. Each step's text is in a line twice, so lines are put together from parts."""


def nullable(text: str | None) -> str:
    return "null" if text is None else quote(text)


WORDS = {False: "false", True: "true"}
