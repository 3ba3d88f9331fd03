"""The scores of steps beside the ratings that labelers gave them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.against_people.discrimination import Bin, auc, calibration
from annotation.agreement.figures import Figure, Flags, Indices, Vector, numbered
from annotation.agreement.labels import Labels
from annotation.agreement.tables import fetched, whole, written
from annotation.models import Scorer

# Two packed values, as for labels, of the same rows in one order. PostgreSQL sends an array of floats as a head of
# five words of 32 bits, and three for each float: how many bytes it has, and these.
SCORED = """
    SELECT string_agg(int8send(solution_id) || int4send(cardinality(steps)), ''), string_agg(array_send(steps), '')
    FROM annotation_score WHERE scorer_id = %(scorer)s AND solution_id = ANY(%(solutions)s::bigint[])
"""
SCORE = np.dtype([("solution", ">i8"), ("length", ">i4")])
WORD = np.dtype(">u4")
HEAD, EACH = 5, 3
# By itself: joined with the scores, each solution would be looked up in the index.
PROBLEMS = """
    SELECT string_agg(int8send(id) || int8send(problem_id), '')
    FROM annotation_solution WHERE id = ANY(%(solutions)s::bigint[])
"""
PROBLEM = np.dtype([("solution", ">i8"), ("problem", ">i8")])


class Scores(NamedTuple):
    """What a scorer says of solutions, one entry each."""

    lengths: Indices
    """How many steps have a score; 0 where it has not scored the solution."""
    starts: Indices
    """Where in `words` the array of the solution begins."""
    words: NDArray[np.uint32]

    def of(self, which: Indices, steps: Indices) -> Vector:
        """P(correct) of a step of each of those solutions."""
        at = self.starts[which] + HEAD + EACH * steps + 1
        pairs = self.words[at[:, np.newaxis] + [0, 1]]
        return np.asarray(pairs.view(">f8")[:, 0], dtype=np.float64)


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
            numbered(self.problems[which])[1],
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


def board(labels: Labels, scorer: Scorer, uniform: Indices) -> Board:
    """`uniform` are the solutions that were drawn whatever their score (`picks.drawn_uniformly`)."""
    found = beside(labels, scorer, uniform)
    unseen = found.only(found.is_unseen)
    rows = [
        Row("Labels since it was made, uniform picks", auc_of(unseen.only(unseen.is_uniform))),
        Row("Labels since it was made, all", auc_of(unseen)),
        Row("All labels, also those it may have learned from", auc_of(found)),
    ]
    return Board(rows, calibration(unseen.right, unseen.scores, unseen.problems))


def auc_of(found: Beside) -> Figure:
    return auc(found.right, found.scores, found.problems)


def beside(labels: Labels, scorer: Scorer, uniform: Indices) -> Beside:
    """Of the ratings that count those whose step has a score: the solution's own steps."""
    solutions, at = numbered(labels.solutions)
    known = scores_of(scorer, solutions)
    is_own = (labels.completions == 0) & (labels.steps < known.lengths[at][labels.of])
    kept = np.flatnonzero(labels.counted & is_own)
    annotations, steps = labels.of[kept], labels.steps[kept]
    of = at[annotations]
    return Beside(
        labels.ratings[kept] >= 0,
        known.of(of, steps),
        numbered(problems_of(solutions)[of])[1],
        np.isin(solutions, uniform)[of],
        (labels.submitted_at > scorer.created_at.timestamp())[annotations],
    )


def scores_of(scorer: Scorer, solutions: Indices) -> Scores:
    """`solutions` are different ones, in order."""
    packed, words = fetched(SCORED, {"scorer": scorer.pk, "solutions": written(solutions)})
    rows = np.frombuffer(packed, dtype=SCORE)
    sizes = HEAD + EACH * whole(rows["length"])
    at = np.searchsorted(solutions, whole(rows["solution"]))
    lengths, starts = np.zeros((2, len(solutions)), dtype=np.intp)
    lengths[at], starts[at] = rows["length"], np.cumsum(sizes) - sizes
    return Scores(lengths, starts, np.frombuffer(words, dtype=WORD))


def problems_of(solutions: Indices) -> Indices:
    """`solutions` are different ones, in order."""
    (packed,) = fetched(PROBLEMS, {"solutions": written(solutions)})
    rows = np.frombuffer(packed, dtype=PROBLEM)
    return whole(rows["problem"][np.argsort(rows["solution"])])
