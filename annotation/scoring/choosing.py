"""Best of N on a project's own graded samples: what the verifier would choose of them, against majority vote."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from annotation.models import Project
from annotation.ratings import SolutionScore, solution_score
from annotation.scoring.scores import texts_of
from annotation.verifier.report import BestOfN, Chosen

if TYPE_CHECKING:
    from annotation.verifier.training import Trained

NS = (1, 2, 4, 8, 16, 32, 64)
MOST_SAMPLES = 64
"""Of a problem."""
MOST = 4_000
"""In all: training is to take seconds."""
BATCH = 500
RIGHT = "the reference answer, however it is written"

# Samples of problems that the tried model has not seen, at most so many, problems in an order of chance. Labeled
# problems were picked for what the scores said of them; so of the others as large a share comes as is held out of
# those, and all together are like the problems of the project.
GRADED = """
    SELECT problem, id, counts_as = 'correct', answer FROM (
        SELECT p.id AS problem, s.id, g.counts_as, g.answer, hashint8extended(p.id, %(seed)s) AS lot,
               row_number() OVER (PARTITION BY p.id ORDER BY hashint8extended(s.id, %(seed)s), s.id) AS place,
               count(*) OVER (PARTITION BY p.id) AS samples
        FROM annotation_problem p
        JOIN annotation_solution s ON s.problem_id = p.id AND s.pre_generated
        JOIN annotation_grade g ON g.solution_id = s.id AND g.counts_as <> 'undecided'
        WHERE p.project_id = %(project)s AND (p.statement = ANY(%(held_out)s::uuid[])
            OR p.statement <> ALL(%(labeled)s::uuid[])
               AND abs(hashint8extended(p.id, %(seed)s) %% 1000) < 1000 * %(share)s)
    ) one WHERE place <= %(samples)s AND samples > 1
    ORDER BY lot, problem, place LIMIT %(most)s
"""


class Graded(NamedTuple):
    problem: int
    solution: int
    is_correct: bool
    answer: str | None

    @property
    def vote(self) -> str | None:
        """What counts as one answer: all that are right are."""
        return RIGHT if self.is_correct else self.answer and "".join(self.answer.split())


def chosen_by(project: Project, trained: "Trained", *, seed: int) -> BestOfN:
    """Accuracy against N on problems that the tried model has not seen."""
    from annotation.verifier.best_of_n import Sample, best_of_n  # noqa: PLC0415 (numpy, as in `training`)

    graded = graded_of(project, trained, seed)
    groups: dict[int, list[Graded]] = defaultdict(list)
    for one in graded:
        groups[one.problem].append(one)
    if not groups:
        return BestOfN(0, 0, [], "no problem that was kept from training has two graded samples")
    scores = dict(scores_of(trained, [one.solution for one in graded]))
    most = max(map(len, groups.values()))
    ns = [n for n in NS if n <= most]
    by = {
        name: best_of_n(
            [
                [Sample(getattr(scores[one.solution], name), one.vote, one.is_correct) for one in group]
                for group in groups.values()
            ],
            ns=ns,
            seed=seed,
        )
        for name in SolutionScore._fields
    }
    rows = [
        Chosen(n, {name: found[place].best for name, found in by.items()}, one.majority, one.uniform, one.short)
        for place, (n, one) in enumerate(zip(ns, by["product"], strict=True))
    ]
    return BestOfN(len(groups), len(graded), rows, None)


def graded_of(project: Project, trained: "Trained", seed: int) -> list[Graded]:
    labeled = trained.held_out | trained.learned
    values: dict[str, Any] = {"project": project.pk, "seed": seed, "share": len(trained.held_out) / len(labeled)}
    values |= {"held_out": sorted(trained.held_out), "labeled": sorted(labeled)}
    with connection.cursor() as cursor:
        cursor.execute(GRADED, {**values, "samples": MOST_SAMPLES, "most": MOST})
        return [Graded(*row) for row in cursor.fetchall()]


def scores_of(trained: "Trained", solutions: Sequence[int]) -> Iterator[tuple[int, SolutionScore]]:
    for start in range(0, len(solutions), BATCH):
        texts = texts_of(solutions[start : start + BATCH])
        for solution, steps in zip(texts, trained.tried.score_many(texts.values()), strict=True):
            yield solution, solution_score(steps)
