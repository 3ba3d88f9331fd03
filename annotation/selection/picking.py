"""Picking from the pool: what the score puts first, the uniform slice, quality control; and hidden repeats.

What is picked stands in a temporary table, from which a preview counts and a draw inserts.

The probability of a pick is that over all seeds. What the score picks does not depend on the seed: 1. The slice
is a simple random sample of n from the M solutions of the pool that the score did not pick: n / M each. (To draw
from the whole pool, and once more for each that is picked already, comes to the same.) So the sum of
y / probability over all picks but quality control and repeats is an unbiased estimate of the pool's sum of y:
D. G. Horvitz and D. J. Thompson, A Generalization of Sampling Without Replacement from a Finite Universe,
JASA 47 (1952), 663-685.
"""

from django.db.backends.utils import CursorWrapper

from annotation.models import EVERYBODY, Project
from annotation.selection.parts import Part, parts_of
from annotation.selection.plan import Plan, rounded

UNIFORM = "uniform"
QUALITY_CONTROL = "quality control"
REPEAT = "hidden repeat"

TABLE = """
    DROP TABLE IF EXISTS selection_pick;
    CREATE TEMP TABLE selection_pick (
        solution bigint NOT NULL, problem bigint NOT NULL, prefix bigint, reason text NOT NULL, score float8,
        rank bigint, probability float8 NOT NULL, is_quality_control boolean NOT NULL DEFAULT false,
        wanted integer NOT NULL DEFAULT 1, place float8 NOT NULL DEFAULT 0,
        repeat smallint NOT NULL DEFAULT 0, labelers bigint[]
    ) ON COMMIT DROP
"""
# Nothing else tells the planner that these are few beside the pool.
ANALYZE = "ANALYZE selection_pick"
FREE = "why IS NULL AND NOT EXISTS (SELECT FROM selection_pick k WHERE k.solution = p.solution)"

# The caps let one after the other in, in the order of the score. As solutions with a prefix in common are of one
# problem, that is to leave out of each prefix what is too many, and then of each problem. What is let in of the
# first so many (`reach`) depends on these alone.
PICK = f"""
    INSERT INTO selection_pick (solution, problem, prefix, reason, score, rank, probability)
    WITH near AS (
        SELECT solution, problem, score FROM selection_pool p WHERE {FREE} AND {{condition}}
        ORDER BY {{order}}, solution LIMIT %(reach)s::bigint
    ), ranked AS (
        SELECT *, {{prefix}} AS prefix, row_number() OVER ({{among}} ORDER BY {{order}}, solution) AS rank
        FROM near
    ), spread AS ({{spread}}), counted AS (
        SELECT spread.*, row_number() OVER (PARTITION BY problem ORDER BY rank) AS nth FROM spread
    )
    SELECT solution, problem, prefix, %(reason)s, score, rank, 1
    FROM counted
    LEFT JOIN (SELECT problem, count(*) AS taken FROM selection_pick GROUP BY problem) t USING (problem)
    WHERE (%(part_of_problem)s::bigint IS NULL OR nth <= %(part_of_problem)s::bigint)
      AND (%(per_problem)s::bigint IS NULL OR nth + coalesce(taken, 0) <= %(per_problem)s::bigint)
    ORDER BY rank LIMIT %(most)s::bigint
"""
PREFIX = """
    (SELECT hash_array_extended(array_agg(c.text ORDER BY c.step), 0) FROM annotation_completion c
     WHERE c.solution_id = near.solution AND c.index = 0 AND c.step < %(prefix_steps)s)
"""
NO_PREFIX = "NULL::bigint"
SPREAD = """
    SELECT n.* FROM (
        SELECT *, row_number() OVER (PARTITION BY problem, prefix ORDER BY rank) AS nth_of_prefix FROM ranked
    ) n LEFT JOIN (
        SELECT problem, prefix, count(*) AS taken FROM selection_pick GROUP BY problem, prefix
    ) t USING (problem, prefix)
    WHERE nth_of_prefix + coalesce(taken, 0) <= %(prefix_cap)s
"""
ANYHOW = "SELECT * FROM ranked"
FIRST_REACH = 4

SLICE = f"""
    INSERT INTO selection_pick (solution, problem, reason, score, probability)
    SELECT solution, problem, '{UNIFORM}', score, least(1, %(size)s / %(rest)s::float8)
    FROM selection_pool p WHERE {FREE}
    ORDER BY hashint8extended(solution, %(seed)s), solution LIMIT %(size)s
"""
# First so many of each problem, then of these so many in all, in another order.
SLICE_BY_PROBLEM = f"""
    INSERT INTO selection_pick (solution, problem, reason, score, probability)
    SELECT solution, problem, '{UNIFORM}', score,
           least(1, %(per_problem)s::float8 / others) * least(1, %(size)s::float8 / count(*) OVER ())
    FROM (
        SELECT *, row_number() OVER (PARTITION BY problem ORDER BY drawn, solution) AS nth,
               count(*) OVER (PARTITION BY problem) AS others
        FROM (SELECT *, hashint8extended(solution, %(seed)s) AS drawn FROM selection_pool WHERE why IS NULL) p
    ) p
    WHERE nth <= %(per_problem)s
    ORDER BY hashint8extended(drawn, 1), solution LIMIT %(size)s::bigint
"""

LABELERS = """
    SELECT id FROM annotation_membership WHERE project_id = %(project)s AND is_labeler AND user_id IS NOT NULL
"""
# Every labeler is to get every one: as many are wanted as there are labelers who have not done it. Not what they
# have practised or were screened with. What has served least as quality control comes first.
CONTROL = f"""
    INSERT INTO selection_pick (solution, problem, reason, probability, is_quality_control, wanted)
    WITH labelers AS ({LABELERS})
    SELECT w.id, w.problem_id, '{QUALITY_CONTROL}', 1, true, least(greatest(able.count, 1), {EVERYBODY - 1})
    FROM annotation_gold g JOIN annotation_solution w ON w.id = g.solution_id
    CROSS JOIN LATERAL (
        SELECT count(*) FROM labelers m
        WHERE NOT EXISTS (SELECT FROM annotation_annotation a
                          WHERE a.solution_id = w.id AND a.labeler_id = m.id AND a.submitted_at IS NOT NULL)
    ) able
    WHERE w.project_id = %(project)s AND w.pre_generated
      AND NOT EXISTS (SELECT FROM annotation_courseitem i WHERE i.gold_id = w.id)
      AND (able.count > 0 OR NOT EXISTS (SELECT FROM labelers))
    ORDER BY (SELECT count(*) FROM annotation_task t WHERE t.solution_id = w.id AND t.is_quality_control),
             hashint8extended(w.id, %(seed)s), w.id
    LIMIT %(controls)s
"""

# Of each labeler who is still there some of the solutions that they rated here in regular work, and none that they
# have to rate once more already. What came least often comes first. One task has all labelers of a solution.
REPEATS = f"""
    INSERT INTO selection_pick (solution, problem, reason, probability, repeat, wanted, labelers)
    WITH rated AS (
        SELECT a.labeler_id AS labeler, a.solution_id AS solution, count(*) AS times
        FROM annotation_annotation a
        JOIN annotation_task t ON t.id = a.task_id
        JOIN annotation_membership m ON m.id = a.labeler_id
        WHERE a.project_id = %(project)s AND a.submitted_at IS NOT NULL AND NOT a.is_surplus AND NOT a.is_imported
          AND NOT t.is_quality_control AND NOT t.is_screening AND NOT t.is_practice
          AND m.is_labeler AND m.user_id IS NOT NULL
        GROUP BY a.labeler_id, a.solution_id
    ), ranked AS (
        SELECT r.*, w.problem_id AS problem,
               row_number() OVER (PARTITION BY r.labeler
                                  ORDER BY r.times, hashint8extended(r.solution, %(seed)s), r.solution) AS nth
        FROM rated r JOIN annotation_solution w ON w.id = r.solution
        WHERE w.pre_generated
          AND NOT EXISTS (SELECT FROM selection_pick k WHERE k.solution = r.solution)
          AND NOT EXISTS (SELECT FROM annotation_courseitem i WHERE i.gold_id = r.solution)
          AND NOT EXISTS (SELECT FROM annotation_task t JOIN annotation_place p ON p.task_id = t.id
                          WHERE t.solution_id = r.solution AND t.is_open
                            AND p.reserved_for_id = r.labeler AND p.filled_at IS NULL)
    )
    SELECT solution, problem, '{REPEAT}', 1,
           1 + (SELECT max(repeat) FROM annotation_task t WHERE t.solution_id = ranked.solution),
           count(*), array_agg(labeler ORDER BY labeler)
    FROM ranked WHERE nth <= %(repeats)s GROUP BY solution, problem
"""

# Each reason is spread over the whole queue: its n-th pick is somewhere, drawn from the seed, in its n-th stretch
# of equal length, so that nobody can count on which of them is quality control or a repeat.
ARRANGE = """
    UPDATE selection_pick p
    SET place = f.place,
        wanted = CASE WHEN p.is_quality_control OR p.repeat > 0 THEN p.wanted
                      WHEN f.nth <= %(overlaps)s THEN %(overlap_wanted)s ELSE %(wanted)s END
    FROM (
        SELECT solution,
               row_number() OVER (PARTITION BY is_quality_control OR repeat > 0
                                  ORDER BY hashint8extended(drawn, 2), solution) AS nth,
               (row_number() OVER (PARTITION BY reason ORDER BY rank, drawn, solution) - 1
                + (hashint8extended(drawn, 3) & 4294967295) / 4294967296.0::float8)
               / count(*) OVER (PARTITION BY reason) AS place
        FROM (SELECT *, hashint8extended(solution, %(seed)s) AS drawn FROM selection_pick) k
    ) f
    WHERE f.solution = p.solution
"""


def pick(cursor: CursorWrapper, project: Project, plan: Plan, pool: int) -> int:
    """Fill the table of picks from a pool of so many. The same pool and plan give the same picks.

    Returns how many items of quality control the plan asks for; there may be fewer.
    """
    cursor.execute(TABLE)
    ranked = 0 if plan.is_uniform else sum(pick_part(cursor, plan, part) for part in parts_of(plan))
    if plan.is_uniform and plan.per_problem is not None:
        values = {"per_problem": plan.per_problem, "size": plan.size, "seed": plan.seed}
        cursor.execute(SLICE_BY_PROBLEM, values)
    else:
        size = (plan.size or 0) if plan.is_uniform else plan.slice_beside(ranked)
        pick_slice(cursor, plan, pool - ranked, size)
    return arrange(cursor, project, plan)


def pick_part(cursor: CursorWrapper, plan: Plan, part: Part) -> int:
    """Pick what one part puts first; how many."""
    picked = 0 if part.most == 0 or part.per_problem == 0 else pick_far_enough(cursor, plan, part)
    cursor.execute(ANALYZE)
    return picked


def pick_far_enough(cursor: CursorWrapper, plan: Plan, part: Part) -> int:
    """Look down the order as far as is likely to do; further when the caps have left too few of that."""
    reach = part.most
    has_limits = plan.per_problem or plan.prefix_cap
    if reach is not None and has_limits:
        reach *= FIRST_REACH
    while True:
        cursor.execute(part_statement(plan, part), part_values(plan, part, reach))
        picked = int(cursor.rowcount)
        if reach is None or not has_limits or picked == part.most or reach >= candidates(cursor, part, picked):
            return picked
        cursor.execute("DELETE FROM selection_pick WHERE reason = %s", [part.reason])
        reach *= 2 * FIRST_REACH


def candidates(cursor: CursorWrapper, part: Part, picked: int) -> int:
    """How many there were for this part before it had picked."""
    cursor.execute(f"SELECT count(*) FROM selection_pool p WHERE {FREE} AND {part.condition}")
    return int(cursor.fetchone()[0]) + picked


def part_statement(plan: Plan, part: Part) -> str:
    return PICK.format(
        condition=part.condition,
        order=part.order,
        among="PARTITION BY problem" if part.most is None else "",
        prefix=PREFIX if plan.prefix_cap else NO_PREFIX,
        spread=SPREAD if plan.prefix_cap else ANYHOW,
    )


def part_values(plan: Plan, part: Part, reach: int | None) -> dict[str, int | str | None]:
    return {
        "reason": part.reason,
        "reach": reach,
        "most": part.most,
        "part_of_problem": part.per_problem,
        "per_problem": plan.per_problem,
        "prefix_steps": plan.prefix_steps,
        "prefix_cap": plan.prefix_cap,
    }


def pick_slice(cursor: CursorWrapper, plan: Plan, rest: int, size: int) -> None:
    if size and rest:
        cursor.execute(SLICE, {"size": size, "rest": rest, "seed": plan.seed})


def arrange(cursor: CursorWrapper, project: Project, plan: Plan) -> int:
    """Add quality control and repeats; say of each pick where in the queue it is, and how often it is wanted."""
    cursor.execute("SELECT count(*) FROM selection_pick")
    picked = int(cursor.fetchone()[0])
    overlaps = rounded(picked * plan.overlap_share)
    regular = picked * project.wanted + overlaps * (plan.overlap_wanted - project.wanted)
    controls = controls_asked(cursor, project, plan, regular)
    of_project = {"project": project.pk, "seed": plan.seed}
    if controls:
        cursor.execute(CONTROL, {**of_project, "controls": controls})
    if plan.repeats and picked:
        cursor.execute(REPEATS, {**of_project, "repeats": plan.repeats})
    values = {
        "seed": plan.seed,
        "overlaps": overlaps,
        "overlap_wanted": plan.overlap_wanted,
        "wanted": project.wanted,
    }
    cursor.execute(ARRANGE, values)
    cursor.execute(ANALYZE)
    return controls


def controls_asked(cursor: CursorWrapper, project: Project, plan: Plan, regular: int) -> int:
    """How many items of quality control the plan asks for, beside so many other annotations."""
    if not regular:
        return 0
    cursor.execute(f"SELECT count(*) FROM ({LABELERS}) m", {"project": project.pk})
    return plan.controls_beside(regular, int(cursor.fetchone()[0]))
