"""Runs inside the installation: fills a project with annotations of several labelers, and times its figures."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.test import Client

from annotation.agreement import board, parts, tables
from annotation.agreement.tables import Slice
from annotation.models import Membership, Project, User
from tests.bench import judged
from tests.bench.agreement import ALPHA, FLOOR

STEPS = 8
EACH = 3
"""Annotations of a solution."""
SAMPLES = 6
"""Solutions of a problem, as PRM800K has them."""
LABELERS = 30

# Foreign keys and triggers are not looked at here; what is filled keeps to them. The truth of a step is a hash of
# it; each labeler misses it now and then, and some of them more often.
STATEMENTS = (
    "SET session_replication_role = replica",
    """
    INSERT INTO annotation_membership (project_id, pseudonym, is_labeler, is_researcher, is_manager,
                                       created_at)
    SELECT {project}, md5('labeler ' || n)::uuid, true, false, false, now()
    FROM generate_series(1, {labelers}) AS n
    """,
    """
    INSERT INTO annotation_problem (project_id, text, answer, subject, level, digest, statement)
    SELECT {project}, 'What is ' || n || ' + 1?', n + 1, 'subject ' || n % 7, 'level ' || n % 5,
           md5('problem ' || n)::uuid, md5('statement ' || n)::uuid
    FROM generate_series(1, {solutions} / {samples} + 1) AS n
    """,
    """
    INSERT INTO annotation_solution (project_id, problem_id, pre_generated, length, answer, digest, created_at)
    SELECT {project}, id, true, {steps}, '42', md5(id || ' ' || n)::uuid, now()
    FROM annotation_problem, generate_series(1, {samples}) AS n WHERE project_id = {project}
    ORDER BY id, n LIMIT {solutions}
    """,
    """
    INSERT INTO annotation_completion (solution_id, step, index, text)
    SELECT w.id, step, 0, 'Step ' || step FROM annotation_solution w, generate_series(0, {steps} - 1) AS step
    WHERE w.project_id = {project}
    """,
    """
    INSERT INTO annotation_task (project_id, solution_id, generation, is_quality_control, is_screening, repeat,
                                 wanted, filled, priority, reason, is_open)
    SELECT {project}, id, id % 10, false, false, 0, {each}, {each}, 0, 'bench', false
    FROM annotation_solution WHERE project_id = {project}
    """,
    """
    INSERT INTO annotation_annotation (project_id, task_id, solution_id, labeler_id, started_at, touched_at,
                                       submitted_at, finish_reason, active_ms, chosen, is_imported)
    SELECT {project}, t.id, t.solution_id, m.id, moment, moment, moment, 'solution', 40000, '{{}}', false
    FROM (SELECT id, solution_id, row_number() OVER (ORDER BY id) AS n FROM annotation_task
          WHERE project_id = {project}) t
    CROSS JOIN generate_series(0, {each} - 1) AS turn
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM annotation_membership
          WHERE project_id = {project}) m ON m.place = (t.n + turn * 7) % {labelers}
    CROSS JOIN LATERAL (SELECT now() - make_interval(hours => (t.n % 2000)::integer)) AS at (moment)
    """,
    """
    INSERT INTO annotation_steplabel (annotation_id, solution_id, step, position, completion, rating)
    SELECT a.id, a.solution_id, step, 0, 0,
           CASE WHEN abs(hashint8extended(a.id * 100 + step, 3)) % 100 < 8 + a.labeler_id % 20 THEN
               (abs(hashint8extended(a.id * 100 + step, 4)) % 3)::integer - 1
           ELSE (ARRAY[-1, 0, 1, 1, 1, 1, 1, 1])[1 + abs(hashint8extended(a.solution_id * 100 + step, 5)) % 8] END
    FROM annotation_annotation a, generate_series(0, {steps} - 1) AS step WHERE a.project_id = {project}
    """,
    """
    UPDATE annotation_annotation a SET finish_reason = 'found_error'
    WHERE project_id = {project} AND EXISTS (
        SELECT FROM annotation_steplabel l WHERE l.annotation_id = a.id AND l.rating = -1)
    """,
    """
    SELECT annotation_pack(ARRAY(SELECT id FROM annotation_annotation WHERE project_id = {project}))
    """,
    "SET session_replication_role = origin",
)


def fill(slug: str, count: int) -> None:
    """`count` annotations of eight steps, three of each solution, by thirty labelers."""
    with transaction.atomic(), connection.cursor() as cursor:
        project = Project.objects.create(slug=slug, name=slug)
        values = {"project": project.pk, "each": EACH, "samples": SAMPLES, "steps": STEPS, "labelers": LABELERS}
        for statement in STATEMENTS:
            cursor.execute(statement.format(**values, solutions=count // EACH))
        judged.fill(project, STEPS)


COUNTED = """
    SELECT count(*) FROM (
        SELECT count(*) FILTER (WHERE rating = -1), count(*) FILTER (WHERE rating = 0),
               count(*) FILTER (WHERE rating = 1)
        FROM annotation_steplabel
        WHERE annotation_id IN (SELECT id FROM annotation_annotation WHERE project_id = {project})
        GROUP BY solution_id, step, completion) u
"""
TURNS = 5
BOARD_TURNS = 20
BOARDS = {
    "board: overview, p95 of 20": "",
    "board: figures, p95": "agreement/",
    "board: contested steps, p95": "agreement/steps/",
    "board: first errors, p95": "agreement/first-errors/",
    "board: labelers, p95": "agreement/labelers/",
    "board: one labeler, p95": "agreement/labelers/{labeler}/",
    "board: beside people, p95": "beside-people/",
    "label browser, a rare word in a slice, p95": "solutions/?text=zzzz&generation=3",
    "label browser, a rare word in everything, p95": "solutions/?text=zzzz",
    "overview of one slice, p95": "?generation=3&kind=regular",
}


def play(slug: str) -> None:
    """Print seconds by name, with a tab between; then how many annotations and labels there are."""
    project = Project.objects.get(slug=slug)
    which = Slice(project.pk)
    labels = tables.labels(which)
    everything = np.ones(len(labels.annotations), dtype=np.bool_)

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(COUNTED.format(project=project.pk))

    tell(FLOOR, floor)
    tell("the query of all figures", lambda: tables.labels(which))
    tell(ALPHA, lambda: board.of_steps(tables.labels(which))[0])
    tell("the measures on steps alone", lambda: board.of_steps(labels.only(everything)))
    tell("all figures of a slice, query and all", lambda: board.lines(tables.labels(which)))
    tell("alpha of each generation", lambda: parts.by_generation(labels))
    boards(project)
    print(f"annotations\t{len(labels.annotations)}\nlabels\t{len(labels.of)}")


def boards(project: Project) -> None:
    """Each board as a researcher gets it: all of the request but the network."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("bench@lab.example"))
    labeler = Membership.objects.filter(project=project).earliest("pk")
    for name, path in BOARDS.items():
        address = f"/projects/{project.slug}/{path.format(labeler=labeler.pseudonym)}"
        seconds = sorted(times(lambda at=address: get(client, at), BOARD_TURNS))
        print(f"{name}\t{seconds[round(0.95 * (BOARD_TURNS - 1))]}")


def get(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200, address


def times(does: Callable[[], Any], turns: int) -> list[float]:
    """How many seconds each turn took."""
    found = []
    for _ in range(turns):
        began = time.perf_counter()
        does()
        found.append(time.perf_counter() - began)
    return found


def tell(name: str, does: Callable[[], Any]) -> None:
    """Do it five times, and print how many seconds the median took."""
    print(f"{name}\t{median(times(does, TURNS))}")
