"""Whether grades of final answers hold before people: wrong answers without an error, right ones with one."""

from typing import NamedTuple

import numpy as np

from annotation.agreement.figures import Figure, Flags, Indices, numbered
from annotation.agreement.labels import Labels
from annotation.agreement.tables import REASONS, fetched, written
from annotation.models import FinishReason, Scorer
from annotation.postgresql.planning import planned_anew
from annotation.shares import wilson

GRADED = """
    SELECT string_agg(int8send(solution_id) || int4send((counts_as = 'correct')::integer), '')
    FROM annotation_grade WHERE solution_id = ANY(%(solutions)s::bigint[]) AND counts_as <> 'undecided'
"""
GRADE = np.dtype([("solution", ">i8"), ("is_correct", ">i4")])
SUSPECTS = """
    SELECT one.solution, one.clean, one.found, g.answer, p.answer, c.product
    FROM unnest(%(solutions)s::bigint[], %(clean)s::bigint[], %(found)s::bigint[]) AS one (solution, clean, found)
    JOIN annotation_grade g ON g.solution_id = one.solution
    JOIN annotation_solution w ON w.id = one.solution
    JOIN annotation_problem p ON p.id = w.problem_id
    LEFT JOIN annotation_score c ON c.solution_id = one.solution AND c.scorer_id = %(scorer)s
    ORDER BY one.clean - one.found DESC, c.product DESC NULLS LAST, one.solution LIMIT %(most)s
"""


class Graded(NamedTuple):
    """Solutions with a grade that labelers brought to an end, one entry each."""

    solutions: Indices
    clean: Indices
    """Labelers who found no error."""
    found: Indices
    """Labelers who found one."""
    is_correct: Flags


class Row(NamedTuple):
    verdict: str
    against: Figure
    """Share of the labeled solutions with this verdict of which most labelers say otherwise."""


class Suspect(NamedTuple):
    """A solution graded wrong in which labelers found no error: the grader may be wrong, or the reference."""

    solution: int
    clean: int
    """Labelers who found no error."""
    found: int
    answer: str | None
    reference: str | None
    product: float | None
    """Log of the solution's score."""


def graded(labels: Labels) -> Graded:
    """What labelers say of each solution that the grader decided about; who gave up says nothing."""
    solutions, of = numbered(labels.solutions)
    clean, found = (
        np.bincount(of[labels.reasons == REASONS.index(reason)], minlength=len(solutions))
        for reason in (FinishReason.SOLUTION, FinishReason.FOUND_ERROR)
    )
    rated = clean + found > 0
    solutions, clean, found = solutions[rated], clean[rated], found[rated]
    (packed,) = fetched(GRADED, {"solutions": written(solutions)})
    grades = np.frombuffer(packed, dtype=GRADE)
    at = np.searchsorted(solutions, grades["solution"])
    return Graded(solutions[at], clean[at], found[at], grades["is_correct"] == 1)


def verdicts(said: Graded) -> list[Row]:
    otherwise = np.where(said.is_correct, said.found > said.clean, said.clean > said.found)
    rows = []
    for verdict, which in (("correct", said.is_correct), ("incorrect", ~said.is_correct)):
        n, against = int(which.sum()), int(otherwise[which].sum())
        if n:
            rows.append(Row(verdict, Figure(against / n, n, *wilson(against, n))))
    return rows


def suspects(said: Graded, scorer: Scorer | None, most: int) -> list[Suspect]:
    """Those first about which most labelers agree, and then the most convincing ones."""
    more = said.clean - said.found
    which = ~said.is_correct & (more > 0)
    if which.sum() > most:
        which &= more >= np.sort(more[which])[-most]
    values = {name: written(getattr(said, name)[which]) for name in ("solutions", "clean", "found")}
    with planned_anew() as cursor:
        cursor.execute(SUSPECTS, values | {"scorer": scorer.pk if scorer else None, "most": most})
        return [Suspect(*row) for row in cursor.fetchall()]
