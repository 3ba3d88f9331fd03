"""What the embedded verifier can learn from of a project: everything that labelers have rated."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import connection

from annotation.models import Project
from annotation.verifier.examples import Example

# Submitted work on whole solutions, without that of practice and screening. A hidden repeat is left out, too: what
# was said twice weighs once. The ratings of the solution's own steps by step, and each rated alternative with its
# text.
LABELED = """
    SELECT p.statement::text, p.text,
           (SELECT array_agg(text ORDER BY step) FROM annotation_completion
            WHERE solution_id = s.id AND index = 0),
           (SELECT jsonb_object_agg(step, rating) FROM annotation_steplabel
            WHERE annotation_id = a.id AND completion = 0 AND rating IS NOT NULL),
           (SELECT jsonb_agg(jsonb_build_array(l.step, c.text, l.rating) ORDER BY l.step, c.index)
            FROM annotation_steplabel l JOIN annotation_completion c
                 ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
            WHERE l.annotation_id = a.id AND l.completion > 0 AND l.rating IS NOT NULL)
    FROM annotation_annotation a
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    WHERE a.project_id = %s AND a.submitted_at IS NOT NULL AND a.round_id IS NULL AND s.pre_generated
      AND NOT t.is_screening AND NOT t.is_practice AND t.repeat = 0
      AND a.finish_reason IN ('solution', 'found_error')
    ORDER BY a.id
"""
# Solutions that grew: all that was offered for each step, by the place where it stood, what the labeler wrote, and
# which place the solution went on from.
GROWN = """
    SELECT p.statement::text, p.text, a.chosen,
           (SELECT jsonb_agg(jsonb_build_array(l.step, l.position, c.text, l.rating) ORDER BY l.step, l.position)
            FROM annotation_steplabel l JOIN annotation_completion c
                 ON c.solution_id = l.solution_id AND c.step = l.step AND c.index = l.completion
            WHERE l.annotation_id = a.id),
           (SELECT jsonb_object_agg(step, text) FROM annotation_humancompletion WHERE annotation_id = a.id)
    FROM annotation_annotation a
    JOIN annotation_task t ON t.id = a.task_id
    JOIN annotation_solution s ON s.id = a.solution_id
    JOIN annotation_problem p ON p.id = s.problem_id
    WHERE a.project_id = %s AND a.submitted_at IS NOT NULL AND a.round_id IS NULL AND NOT s.pre_generated
      AND NOT t.is_screening AND NOT t.is_practice AND t.repeat = 0
      AND a.finish_reason <> 'bad_problem'
    ORDER BY a.id
"""
BLOCK = 1_000

Offered = tuple[int, int, str, int | None]
"""Step, place, text and rating."""


def examples_of(project: Project) -> Iterator[Example]:
    """Each annotated solution, and each other completion that was rated after its beginning."""
    yield from whole(project)
    yield from grown(project)


def whole(project: Project) -> Iterator[Example]:
    for key, problem, steps, ratings, alternatives in rows(LABELED, project):
        given = msgspec.json.decode(ratings or "{}", type=dict[int, int])
        yield Example(key, problem, steps, [given.get(step) for step in range(len(steps))])
        for step, text, rating in msgspec.json.decode(alternatives or "[]", type=list[tuple[int, str, int]]):
            yield Example(key, problem, [*steps[:step], text], [*[None] * step, rating], is_whole=False)


def grown(project: Project) -> Iterator[Example]:
    """The way that the solution went, as far as it is known; and what it did not go on from."""
    for key, problem, chosen, labels, written in rows(GROWN, project):
        offered = msgspec.json.decode(labels or "[]", type=list[Offered])
        own = msgspec.json.decode(written or "{}", type=dict[int, str])
        at = {(step, place): (text, rating) for step, place, text, rating in offered}
        way: list[tuple[str, int | None]] = []
        for step, place in enumerate(chosen):
            gone = at.pop((step, place), None) if place is not None else (own[step], None) if step in own else None
            if gone is None:
                break
            way.append(gone)
        steps = [text for text, _ in way]
        if steps:
            yield Example(key, problem, steps, [rating for _, rating in way])
        for (step, _), (text, rating) in at.items():
            if rating is not None and step <= len(steps):
                yield Example(key, problem, [*steps[:step], text], [*[None] * step, rating], is_whole=False)


def rows(query: str, project: Project) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [project.pk])
        while block := cursor.fetchmany(BLOCK):
            yield from block
