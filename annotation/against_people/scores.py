"""The scores of steps beside the ratings that labelers gave them."""

from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from annotation.against_people.discrimination import Bin, Flags, auc, calibration
from annotation.agreement.figures import Figure, Indices, Vector
from annotation.agreement.labels import Labels
from annotation.models import Scorer
from annotation.selection.picking import UNIFORM

# Two packed values, as for labels. Ordered by solution.
SCORED = """
    WITH labeled AS (SELECT DISTINCT solution_id AS id FROM annotation_annotation
                     WHERE project_id = %(project)s AND submitted_at IS NOT NULL),
    scored AS (SELECT c.solution_id, w.problem_id, c.steps,
                      EXISTS (SELECT FROM annotation_task t JOIN annotation_pick p ON p.task_id = t.id
                              WHERE t.solution_id = w.id AND p.reason = %(uniform)s) AS is_uniform
               FROM labeled l JOIN annotation_score c ON c.solution_id = l.id AND c.scorer_id = %(scorer)s
               JOIN annotation_solution w ON w.id = l.id)
    SELECT string_agg(int8send(solution_id) || int8send(problem_id) || int4send(cardinality(steps))
                      || int4send(is_uniform::integer), '' ORDER BY solution_id),
           (SELECT string_agg(float8send(step), '' ORDER BY solution_id, place)
            FROM scored, unnest(steps) WITH ORDINALITY AS one (step, place))
    FROM scored
"""
SOLUTION = np.dtype([("id", ">i8"), ("problem", ">i8"), ("length", ">i4"), ("is_uniform", ">i4")])


class Beside(NamedTuple):
    """Ratings of steps with their score, one entry each."""

    right: Flags
    """Neutral or positive."""
    scores: Vector
    problems: Indices
    """Numbered from 0."""
    is_uniform: Flags
    """Whether the solution was drawn uniformly, whatever its score."""
    is_unseen: Flags
    """Whether the rating came after the scorer: it cannot have learned from it."""

    def only(self, which: Flags) -> "Beside":
        return Beside(
            self.right[which],
            self.scores[which],
            np.unique(self.problems[which], return_inverse=True)[1],
            self.is_uniform[which],
            self.is_unseen[which],
        )


class Row(NamedTuple):
    name: str
    auc: Figure


class Board(NamedTuple):
    rows: list[Row]
    bins: list[Bin]
    """Of ratings that the scorer cannot have learned from."""


def board(labels: Labels, scorer: Scorer) -> Board:
    found = beside(labels, scorer)
    unseen = found.only(found.is_unseen)
    rows = [
        Row("Labels since it was made, uniform picks", auc_of(unseen.only(unseen.is_uniform))),
        Row("Labels since it was made, all", auc_of(unseen)),
        Row("All labels, also those it may have learned from", auc_of(found)),
    ]
    return Board(rows, calibration(unseen.right, unseen.scores, unseen.problems))


def auc_of(found: Beside) -> Figure:
    return auc(found.right, found.scores, found.problems)


def beside(labels: Labels, scorer: Scorer) -> Beside:
    """Of the ratings that count those whose step has a score: the solution's own steps."""
    solutions, steps = scores_of(scorer)
    starts = np.cumsum(solutions["length"]) - solutions["length"]
    kept = np.flatnonzero(labels.counted & (labels.completions == 0))
    own = labels.solutions[labels.of[kept]]
    at = np.minimum(np.searchsorted(solutions["id"], own), max(len(solutions) - 1, 0))
    known = np.zeros(len(kept), dtype=np.bool_)
    if len(solutions):
        known = (solutions["id"][at] == own) & (labels.steps[kept] < solutions["length"][at])
    kept, at = kept[known], at[known]
    since = labels.submitted_at[labels.of[kept]] > scorer.created_at.timestamp()
    return Beside(
        labels.ratings[kept] >= 0,
        steps[starts[at] + labels.steps[kept]],
        np.unique(solutions["problem"][at], return_inverse=True)[1],
        solutions["is_uniform"][at] == 1,
        since,
    )


def scores_of(scorer: Scorer) -> tuple[Any, Vector]:
    """The labeled solutions that it scored, `SOLUTION`, and P(correct) of their steps, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(SCORED, {"project": scorer.project_id, "scorer": scorer.pk, "uniform": UNIFORM})
        solutions, steps = cursor.fetchone()
    rows = np.frombuffer(solutions or b"", dtype=SOLUTION)
    native = rows.astype([(name, np.intp) for name in SOLUTION.names or ()])
    return native, np.frombuffer(steps or b"", dtype=">f8").astype(np.float64)
