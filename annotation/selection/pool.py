"""The pool: which solutions could be picked, what they are ordered by, and why the others could not.

It is a temporary table with a row for each solution of the project. All that is picked is picked from it in
PostgreSQL; no solution comes to Python.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from annotation.models import Project, Scorer
from annotation.selection.plan import BadPlan, Plan, Strategy

EXCLUDED = {
    "grows": "grow step by step with a labeler",
    "queued": "are or were in the queue",
    "gold": "have gold, and may come as quality control",
    "filtered": "are not among those chosen",
    "unscored": "have no score by this scorer",
    "unscored by the other": "have no score by the other scorer",
}

# exp() of less than -745 is an error in PostgreSQL, not 0. Long solutions get there.
P = "exp(greatest({}.product, -700))"
SCORES = {
    Strategy.CONVINCING: "s.product",
    Strategy.MIX: "s.product",
    Strategy.UNCERTAINTY: f"abs({P.format('s')} - 0.5)",
    Strategy.LOW_STEP: "s.minimum",
    Strategy.DISAGREEMENT: f"abs({P.format('s')} - {P.format('o')})",
    Strategy.UNIFORM: "s.product",
}

# A temporary table lasts as long as the transaction; it is dropped before, for a second one in the same.
TABLE = """
    DROP TABLE IF EXISTS selection_pool;
    CREATE TEMP TABLE selection_pool (
        solution bigint NOT NULL, problem bigint NOT NULL, product float8, score float8, grade text, why text
    ) ON COMMIT DROP
"""
# Gold is out, all of it and not only what this generation takes: who can be in must not depend on the seed.
FILL = """
    INSERT INTO selection_pool
    SELECT w.id, w.problem_id, s.product, {score}, g.counts_as, CASE
        WHEN NOT w.pre_generated THEN 'grows'
        WHEN t.solution_id IS NOT NULL THEN 'queued'
        WHEN d.solution_id IS NOT NULL THEN 'gold'
        {filters}
        {unscored}
        END
    FROM annotation_solution w
    {scores}
    LEFT JOIN annotation_grade g ON g.solution_id = w.id
    LEFT JOIN (SELECT DISTINCT solution_id FROM annotation_task
               WHERE project_id = %(project)s
                 AND NOT is_quality_control AND NOT is_screening AND NOT is_practice) t
           ON t.solution_id = w.id
    LEFT JOIN annotation_gold d ON d.solution_id = w.id
    WHERE w.project_id = %(project)s
"""
OF_SCORER = "LEFT JOIN annotation_score {name} ON {name}.solution_id = w.id AND {name}.scorer_id = %({scorer})s"
OF_NOBODY = "CROSS JOIN (SELECT NULL::float8 AS product) s"
OF_PROBLEMS = "WHEN NOT EXISTS (SELECT FROM annotation_problem q WHERE q.id = w.problem_id AND {}) THEN 'filtered'"
FILTERS = {
    "generators": "WHEN w.generator IS NULL OR w.generator <> ALL (%(generators)s::text[]) THEN 'filtered'",
    "subjects": OF_PROBLEMS.format("q.subject = ANY (%(subjects)s::text[])"),
    "levels": OF_PROBLEMS.format("q.level = ANY (%(levels)s::text[])"),
    "since": "WHEN w.created_at < %(since)s THEN 'filtered'",
}


def check_scorers(project: Project, plan: Plan) -> None:
    """Raises `BadPlan` for a scorer that is not the project's."""
    for name in ("scorer", "other_scorer"):
        scorer = getattr(plan, name)
        if scorer is not None and not Scorer.objects.filter(pk=scorer, project=project).exists():
            raise BadPlan(name, "There is no such scorer in this project.")


def fill(cursor: CursorWrapper, project: Project, plan: Plan) -> int:
    """Make the pool; how many solutions could be picked. Call it in a transaction."""
    cursor.execute(TABLE)
    cursor.execute(statement(plan), {"project": project.pk, **values_of(plan)})
    cursor.execute("ANALYZE selection_pool")
    cursor.execute("SELECT count(*) FROM selection_pool WHERE why IS NULL")
    return int(cursor.fetchone()[0])


def statement(plan: Plan) -> str:
    scores = [OF_SCORER.format(name="s", scorer="scorer") if plan.scorer is not None else OF_NOBODY]
    unscored = [] if plan.is_uniform else ["WHEN s.product IS NULL THEN 'unscored'"]
    if plan.other_scorer is not None:
        scores.append(OF_SCORER.format(name="o", scorer="other_scorer"))
        unscored.append("WHEN o.product IS NULL THEN 'unscored by the other'")
    filters = [condition for name, condition in FILTERS.items() if getattr(plan, name)]
    return FILL.format(
        score=SCORES[plan.strategy],
        scores="\n".join(scores),
        filters="\n".join(filters),
        unscored="\n".join(unscored),
    )


def values_of(plan: Plan) -> dict[str, Any]:
    return {
        "scorer": plan.scorer,
        "other_scorer": plan.other_scorer,
        "generators": list(plan.generators),
        "subjects": list(plan.subjects),
        "levels": list(plan.levels),
        "since": plan.since,
    }
