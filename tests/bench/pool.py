"""Runs inside the installation: fills a pool of scored and graded solutions, and times previews and a draw."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from annotation.models import Pick, Project, Scorer
from annotation.selection import Plan, Strategy, draw, preview
from tests.bench.judged import GRADES
from tests.bench.selecting import FLOOR, PICKED
from tests.endpoints.registered import scorer_behind_endpoint

EACH = 8
"""Solutions of a problem."""
STEPS = 3

# Foreign keys are not looked up here; what is filled keeps to them.
CORPUS = (
    "SET session_replication_role = replica",
    """
    INSERT INTO annotation_problem (project_id, text, answer, subject, level, digest, statement)
    SELECT {project}, 'What is ' || n || ' + 1?', n + 1, 'subject ' || n % 7, 'level ' || n % 5,
           md5('problem ' || n)::uuid, md5('statement ' || n)::uuid
    FROM generate_series(1, {count} / {each}) AS n
    """,
    """
    INSERT INTO annotation_solution (project_id, problem_id, pre_generated, length, answer, digest, created_at)
    SELECT {project}, q.id, true, {steps}, '42', md5(q.id || ' ' || n)::uuid, now()
    FROM annotation_problem q, generate_series(1, {each}) AS n WHERE q.project_id = {project}
    """,
    """
    INSERT INTO annotation_completion (solution_id, step, index, text)
    SELECT w.id, step, 0, 'Step ' || step || ' goes way ' || w.id % 3 || ' of problem ' || w.problem_id
    FROM annotation_solution w, generate_series(0, {steps} - 1) AS step WHERE w.project_id = {project}
    """,
    "SET session_replication_role = origin",
)
JUDGED = (
    "SET session_replication_role = replica",
    """
    INSERT INTO annotation_score (scorer_id, solution_id, steps, product, minimum, last, scored_at)
    SELECT {scorer}, w.id, ARRAY[0.5, 0.7, 0.9], ln(greatest(drawn, 1e-9)), drawn, 0.9, now()
    FROM annotation_solution w,
         LATERAL (SELECT (hashint8extended(w.id, 5) & 4294967295) / 4294967296.0::float8) AS of (drawn)
    WHERE w.project_id = {project}
    """,
    GRADES,
    "SET session_replication_role = origin",
)
BEST = "SELECT solution_id FROM annotation_score WHERE scorer_id = {scorer} ORDER BY product DESC LIMIT {most}"


def fill(slug: str, count: int) -> None:
    """`count` solutions of three steps, eight of each problem, with a score and a grade each."""
    project = Project.objects.create(slug=slug, name=slug)
    scorer = scorer_behind_endpoint(project)
    values = {"project": project.pk, "scorer": scorer.pk, "count": count, "each": EACH, "steps": STEPS}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*CORPUS, *JUDGED):
            cursor.execute(statement.format(**values))


def play(slug: str) -> None:
    """Print seconds by name, with a tab between; then the size of the pool and the tasks drawn."""
    project = Project.objects.get(slug=slug)
    scorer = Scorer.objects.get(project=project).pk
    common: dict[str, Any] = {"scorer": scorer, "size": PICKED, "seed": 7}
    plans = {
        "convincing": Plan(strategy=Strategy.CONVINCING, **common),
        "convincing, one a problem": Plan(strategy=Strategy.CONVINCING, per_problem=1, **common),
        "mix, two a prefix": Plan(strategy=Strategy.MIX, prefix_cap=2, **common),
        "uncertainty": Plan(strategy=Strategy.UNCERTAINTY, **common),
        "uniform": Plan(strategy=Strategy.UNIFORM, **common),
    }
    with connection.cursor() as cursor:
        tell(FLOOR, lambda: cursor.execute(BEST.format(scorer=scorer, most=PICKED)))
    for name, plan in plans.items():
        tell(f"preview: {name}", lambda plan=plan: preview(project, plan))
    generation = tell("draw: convincing", lambda: draw(project=project, plan=plans["convincing"], actor=None))
    print(f"pool\t{generation.pool}\ntasks\t{Pick.objects.filter(generation=generation).count()}")


def tell(name: str, does: Callable[[], Any]) -> Any:
    """Do it, and print how many seconds it took."""
    began = time.perf_counter()
    result = does()
    print(f"{name}\t{time.perf_counter() - began}")
    return result
