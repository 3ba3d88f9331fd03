"""Runs inside the installation: gives a labeled project what labels are held against: picks, grades and scores."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from annotation.models import Project, Scorer
from annotation.selection.picking import UNIFORM

SINCE = timedelta(hours=1000)
"""Half of the labels came before the scorer."""
UNSEEN = 100
"""Problems of which nothing is labeled, for the best of N."""
UNSEEN_SAMPLES = 64

GRADES = """
    INSERT INTO annotation_grade (solution_id, verdict, reason, answer, grader, graded_at)
    SELECT id, CASE WHEN id % 10 < 6 THEN 'incorrect' WHEN id % 10 < 9 THEN 'correct' ELSE 'undecided' END,
           'bench', id % 7, 1, now()
    FROM annotation_solution WHERE project_id = {project}
"""
# Foreign keys and triggers are not looked at here; what is filled keeps to them.
STATEMENTS = (
    "SET session_replication_role = replica",
    """
    INSERT INTO annotation_generation (project_id, number, strategy, settings, seed, scorer_id, pool, created_at)
    SELECT {project}, n, 'convincing', '{{}}', 1, {scorer}, 100000, now() FROM generate_series(0, 9) AS n
    """,
    """
    INSERT INTO annotation_pick (task_id, generation_id, reason, probability)
    SELECT t.id, n.id, CASE WHEN t.id % 5 = 0 THEN '{uniform}' ELSE 'convincing' END, 0.5
    FROM annotation_task t JOIN annotation_generation n ON n.project_id = {project} AND n.number = t.generation
    WHERE t.project_id = {project}
    """,
    """
    WITH unseen AS (
        INSERT INTO annotation_problem (project_id, text, answer, subject, level, digest, statement)
        SELECT {project}, 'What is ' || n || ' + 2?', n + 2, 'subject ' || n % 7, 'level ' || n % 5,
               md5('unseen ' || n)::uuid, md5('unseen ' || n)::uuid
        FROM generate_series(1, {problems}) AS n RETURNING id)
    INSERT INTO annotation_solution (project_id, problem_id, pre_generated, length, answer, digest, created_at)
    SELECT {project}, id, true, {steps}, '42', md5(id || ' ' || n)::uuid, now()
    FROM unseen, generate_series(1, {samples}) AS n
    """,
    """
    INSERT INTO annotation_score (scorer_id, solution_id, steps, product, minimum, last, scored_at)
    SELECT {scorer}, w.id, array_fill(drawn, ARRAY[{steps}]), {steps} * ln(drawn), drawn, drawn, now()
    FROM annotation_solution w,
         LATERAL (SELECT 0.01 + 0.98 * (hashint8extended(w.id, 5) & 65535) / 65536.0::float8) AS of (drawn)
    WHERE w.project_id = {project}
    """,
    GRADES,
    "SET session_replication_role = origin",
)


def fill(project: Project, steps: int) -> None:
    """All of its tasks are in generations, all of its solutions graded and scored; some of them not labeled."""
    scorer = Scorer.objects.create(
        project=project, kind=Scorer.Kind.VERIFIER, version=Scorer.next_version(project), weights=b"", report={}
    )
    Scorer.objects.filter(pk=scorer.pk).update(created_at=timezone.now() - SINCE)
    values = {"project": project.pk, "scorer": scorer.pk, "uniform": UNIFORM, "steps": steps}
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement.format(**values, problems=UNSEEN, samples=UNSEEN_SAMPLES))
