"""Drawing a generation for good, and closing it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from annotation import audit
from annotation.models import Generation, Project, User
from annotation.selection import picking, pool
from annotation.selection.plan import BadPlan, Plan

DRAWING = 0x5E1EC7  # the class of this lock among PostgreSQL's advisory locks

NEXT_NUMBER = """
    SELECT greatest(0, (SELECT max(generation) FROM annotation_task WHERE project_id = %(project)s),
                       (SELECT max(number) FROM annotation_generation WHERE project_id = %(project)s)) + 1
"""
# A newer generation is ahead of an older one, as it knows more; both are ahead of what was only loaded, which has
# priority 0.
INSERT = """
    WITH made AS (
        INSERT INTO annotation_task
            (project_id, solution_id, generation, is_quality_control, is_screening, repeat, wanted, priority,
             reason, is_open)
        SELECT %(project)s, solution, %(number)s, is_quality_control, false, repeat, wanted,
               %(number)s + 1 - place, reason, true
        FROM selection_pick ORDER BY place, solution
        RETURNING id, solution_id, wanted
    ), placed AS (
        INSERT INTO annotation_place (task_id, slot, wanted, reserved_for_id)
        SELECT made.id, slot, made.wanted, k.labelers[slot + 1]
        FROM made JOIN selection_pick k ON k.solution = made.solution_id
        CROSS JOIN generate_series(0, made.wanted - 1) AS slot
    )
    INSERT INTO annotation_pick (task_id, generation_id, reason, score, rank, probability)
    SELECT made.id, %(generation)s, k.reason, k.score, k.rank, k.probability
    FROM made JOIN selection_pick k ON k.solution = made.solution_id
"""
CLOSE = """
    UPDATE annotation_task t SET is_open = false FROM annotation_pick k
    WHERE k.task_id = t.id AND k.generation_id = %(generation)s AND t.is_open
"""


@contextmanager
def picked(project: Project, plan: Plan) -> Iterator[tuple[CursorWrapper, int, int]]:
    """The plan's picks in their temporary table, in a transaction; gives its cursor, the size of the pool, and how
    many items of quality control the plan asks for.

    Raises `BadPlan`.
    """
    plan.checked()
    pool.check_scorers(project, plan)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        size = pool.fill(cursor, project, plan)
        yield cursor, size, picking.pick(cursor, project, plan, size)


@transaction.atomic
def draw(*, project: Project, plan: Plan, actor: User | None) -> Generation:
    """Pick, and put what is picked in the queue, all or nothing. One draw of a project at a time (advisory lock).

    The number is the one after the highest that the project has, loaded ones included. `preview` shows the same
    picks, as long as nothing is loaded, scored, graded or drawn in between. The tasks are queued by priority:
    what the score picked in its order, the others evenly among them.
    Raises `BadPlan`, also when nothing is picked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [DRAWING, project.pk])
    with picked(project, plan) as (cursor, pool_size, _):
        generation = begin(cursor, project, plan, pool_size, actor)
        cursor.execute(INSERT, {"project": project.pk, "number": generation.number, "generation": generation.pk})
        if not cursor.rowcount:
            raise BadPlan("strategy", "Nothing can be picked like this; the preview says why.")
        audit.record(
            actor,
            "draw generation",
            generation,
            project=project,
            number=generation.number,
            tasks=cursor.rowcount,
            **plan.settings(),
        )
    return generation


def begin(cursor: CursorWrapper, project: Project, plan: Plan, pool_size: int, actor: User | None) -> Generation:
    cursor.execute(NEXT_NUMBER, {"project": project.pk})
    return Generation.objects.create(
        project=project,
        number=cursor.fetchone()[0],
        strategy=plan.strategy.value,
        settings=plan.settings(),
        seed=plan.seed,
        scorer_id=plan.scorer,
        other_scorer_id=plan.other_scorer,
        pool=pool_size,
        actor=actor,
    )


@transaction.atomic
def close(*, generation: Generation, actor: User | None) -> None:
    """Take what is left of a generation out of the queue; solutions at hand may still be handed in.

    Locks the generation, then its open tasks. Does nothing when it is closed already.
    """
    found = Generation.objects.select_for_update(no_key=True).get(pk=generation.pk)
    if found.closed_at is None:
        found.closed_at = timezone.now()
        found.save(update_fields=["closed_at"])
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, {"generation": found.pk})
            left = cursor.rowcount
        audit.record(actor, "close generation", found, project=found.project, number=found.number, left=left)
    generation.closed_at = found.closed_at
