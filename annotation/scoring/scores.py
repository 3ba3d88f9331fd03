"""Runs that score the solutions of a project, and what is kept of each solution."""

from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from annotation import runs
from annotation.models import Project, Run, Scorer, User
from annotation.ratings import solution_score
from annotation.serving.scored import Scored

UNSCORED = """
    SELECT s.id FROM annotation_solution s
    WHERE s.project_id = %(project)s AND s.pre_generated
      AND NOT EXISTS (SELECT FROM annotation_score WHERE scorer_id = %(scorer)s AND solution_id = s.id)
"""
TEXTS = """
    SELECT s.id, p.text, (SELECT array_agg(text ORDER BY step) FROM annotation_completion
                          WHERE solution_id = s.id AND index = 0)
    FROM annotation_solution s JOIN annotation_problem p ON p.id = s.problem_id
    WHERE s.id = ANY(%s)
    ORDER BY s.problem_id, s.id
"""
KEEP = """
    INSERT INTO annotation_score (scorer_id, solution_id, steps, covered, product, minimum, last, scored_at)
    SELECT %(scorer)s, solution, steps::float8[], covered::float8[], product, minimum, last, now()
    FROM unnest(%(solutions)s::bigint[], %(steps)s::text[], %(covered)s::text[], %(products)s::float8[],
                %(minima)s::float8[], %(lasts)s::float8[])
         AS given (solution, steps, covered, product, minimum, last)
    ON CONFLICT (scorer_id, solution_id) DO NOTHING
"""
Texts = tuple[str, Sequence[str]]


def start(*, project: Project, actor: User | None, scorer: Scorer) -> Run:
    """Score what this scorer has not scored yet. Tell a worker afterwards (`tasks.nudge_run`)."""
    return runs.start(project=project, actor=actor, kind=Run.Kind.SCORE, scorer=scorer)


def write_down(run: Run) -> None:
    runs.write_down(run, UNSCORED, {"project": run.project_id, "scorer": run.scorer_id})


def texts_for(run: Run, solutions: Sequence[int]) -> dict[int, Texts]:
    """The problem and the steps of each solution that was taken."""
    texts = texts_of(solutions)
    runs.bury_missing(run, solutions, texts)
    return texts


def texts_of(solutions: Sequence[int]) -> dict[int, Texts]:
    """The problem and the steps of each solution."""
    with connection.cursor() as cursor:
        cursor.execute(TEXTS, [list(solutions)])
        return {solution: (problem, steps) for solution, problem, steps in cursor.fetchall()}


@transaction.atomic
def keep(run: Run, scores: Mapping[int, Scored]) -> int:
    """Keep what nobody has kept meanwhile. Returns how many."""
    mine = sorted(runs.finish(run, list(scores)))
    wholes = [solution_score(scores[solution].steps) for solution in mine]
    if mine:
        with connection.cursor() as cursor:
            cursor.execute(
                KEEP,
                {
                    "scorer": run.scorer_id,
                    "solutions": mine,
                    "steps": [array_of(scores[solution].steps) for solution in mine],
                    "covered": [array_of(scores[solution].covered) for solution in mine],
                    "products": [whole.product for whole in wholes],
                    "minima": [whole.minimum for whole in wholes],
                    "lasts": [whole.last for whole in wholes],
                },
            )
    return len(mine)


def array_of(values: Sequence[float] | None) -> str | None:
    """As PostgreSQL reads an array of numbers; arrays of arrays would all have to be of one length."""
    return None if values is None else "{" + ",".join(map(repr, values)) + "}"
