"""Solutions that labelers grow together with the project's generator, from the first step on (PRM800K phase 1)."""

from django.db import connection, transaction

from annotation import audit
from annotation.corpus.entries import SolutionEntry
from annotation.corpus.problems import DRAWN, STATEMENTS
from annotation.corpus.queueing import queue
from annotation.corpus.solutions import Located, Solutions
from annotation.corpus.turns import take_turn
from annotation.models import Project, User

# None that grows already.
PROBLEMS = f"""
    SELECT id FROM ({STATEMENTS}) p
    WHERE NOT EXISTS (
        SELECT FROM annotation_solution s JOIN annotation_problem q ON q.id = s.problem_id
        WHERE q.project_id = %(project)s AND q.statement = p.statement AND NOT s.pre_generated)
    ORDER BY {DRAWN} LIMIT %(most)s
"""
# The first steps are written before anybody waits for them.
ASK = """
    INSERT INTO annotation_continuation (solution_id, step, wanted, is_urgent, asked_at, due_at)
    SELECT id, 0, %(wanted)s, false, now(), now() FROM unnest(%(solutions)s::bigint[]) AS id
"""


class NoWriter(Exception):
    """The project has no generator that is asked while people label."""


@transaction.atomic
def begin(*, project: Project, actor: User | None, problems: int | None = None, seed: int = 0) -> int:
    """Queue problems, drawn by the seed, whose solutions are to grow. Returns how many.

    Tell the writer afterwards (`tasks.nudge_writer`). Raises `NoWriter`.
    """
    if project.writer is None:
        raise NoWriter
    with connection.cursor() as cursor:
        take_turn(cursor, project)
        cursor.execute(PROBLEMS, {"project": project.pk, "seed": seed, "most": problems})
        empty = SolutionEntry([], pre_generated=False, parents=[], generator=project.writer.generates_as)
        located = [Located.at(problem, empty) for (problem,) in cursor.fetchall()]
        solutions = Solutions(cursor, project)
        solutions.resolve(located)
        queue(cursor, project, located, solutions.added)
        cursor.execute(ASK, {"wanted": project.candidates_shown, "solutions": list(solutions.added.values())})
    audit.record(actor, "begin growing solutions", project, project=project, solutions=len(located), seed=seed)
    return len(located)
