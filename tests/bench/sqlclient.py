"""The floor under the queue: the rows that a cycle reads and writes, by bare SQL on one connection a labeler.

Two transactions a cycle, as in the product. No HTTP, no session, no rule is checked.
"""

import time
from typing import Any
from uuid import uuid4

import psycopg

from tests.bench.rounds import Record, Round, keep_going, rating_of, serve

CLAIM = """
    UPDATE annotation_place
    SET labeler_id = %(labeler)s, leased_at = now(), expires_at = now() + interval '30 minutes'
    WHERE (task_id, slot) = (
        SELECT p.task_id, p.slot FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
        WHERE t.project_id = (SELECT project_id FROM annotation_membership WHERE id = %(labeler)s)
          AND t.is_open AND p.labeler_id IS NULL
        ORDER BY t.priority DESC, t.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
    RETURNING task_id
"""
BEGIN = """
    INSERT INTO annotation_annotation
        (project_id, task_id, solution_id, labeler_id, token, started_at, touched_at, explanation, active_ms,
         chosen, is_imported, empty_steps)
    SELECT project_id, id, solution_id, %(labeler)s, %(token)s, now(), now(), '', 0, '{}', false, '{}'
    FROM annotation_task WHERE id = %(task)s RETURNING id, solution_id
"""
PROBLEM = """
    SELECT p.text, p.answer FROM annotation_solution s JOIN annotation_problem p ON p.id = s.problem_id
    WHERE s.id = %s
"""
STEPS = "SELECT text FROM annotation_completion WHERE solution_id = %s AND index = 0 ORDER BY step"
LABEL = """
    INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
    SELECT %s, %s, given.step - 1, 0, 0, given.rating
    FROM unnest(%s::smallint[]) WITH ORDINALITY AS given (rating, step)
"""
SUBMIT = """
    UPDATE annotation_annotation SET submitted_at = now(), finish_reason = 'solution', chosen = %s
    WHERE id = %s RETURNING task_id, token
"""
FILL = "UPDATE annotation_place SET filled_at = now() WHERE task_id = %s AND labeler_id = %s"
CLOSE = "UPDATE annotation_task SET is_open = false WHERE id = %s"

Lease = tuple[int, int, int]
"""Ids of annotation and solution, and how many steps there are."""
Hand = tuple[psycopg.Connection[tuple[Any, ...]], str, Lease | None]


def prepare(round_: Round, person: str, record: Record) -> Hand:
    connection = psycopg.connect(round_.database)
    return connection, person, lease_next(connection, person)


def lease_next(connection: psycopg.Connection[tuple[Any, ...]], labeler: str) -> Lease | None:
    with connection.transaction():
        claimed = connection.execute(CLAIM, {"labeler": labeler}).fetchone()
        if claimed is None:
            return None
        values = {"labeler": labeler, "task": claimed[0], "token": uuid4()}
        begun = connection.execute(BEGIN, values).fetchone()
        assert begun is not None
        connection.execute(PROBLEM, [begun[1]]).fetchone()
        steps = connection.execute(STEPS, [begun[1]]).fetchall()
    return begun[0], begun[1], len(steps)


def submit(connection: psycopg.Connection[tuple[Any, ...]], labeler: str, lease: Lease) -> str:
    """The token of the annotation that was submitted."""
    annotation, solution, length = lease
    ratings = [rating_of(step) for step in range(length)]
    with connection.transaction():
        connection.execute(LABEL, [annotation, solution, ratings])
        submitted = connection.execute(SUBMIT, [[0] * length, annotation]).fetchone()
        assert submitted is not None
        connection.execute(FILL, [submitted[0], labeler])
        connection.execute(CLOSE, [submitted[0]])
    return str(submitted[1])


def label(round_: Round, hand: Hand, record: Record) -> None:
    """Fill places until the round is over or none is left; a cycle's time is counted as its submit."""
    connection, labeler, lease = hand
    began = time.monotonic()
    while lease is not None and keep_going(round_, began, record):
        started = time.perf_counter()
        token = submit(connection, labeler, lease)
        lease = lease_next(connection, labeler)
        record.submits.append(time.perf_counter() - started)
        record.done.append(token)
    record.elapsed = time.monotonic() - began
    connection.close()


if __name__ == "__main__":
    serve(prepare, label)
