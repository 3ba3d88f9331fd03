"""The scores of steps beside the ratings that labelers gave them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.against_people.discrimination import Bin, auc, calibration
from annotation.agreement.figures import Figure, Flags, Indices, Vector, distinct, numbered
from annotation.agreement.labels import Labels
from annotation.agreement.tables import fetched, whole, written
from annotation.models import Scorer

# Two packed values, as for labels, of the same rows in one order. PostgreSQL sends an array of floats as a head of
# five words of 32 bits, and three for each float: how many bytes it has, and these.
SCORED = """
    SELECT string_agg(int8send(c.solution_id) || int8send(w.problem_id) || int4send(cardinality(c.steps)), ''),
           string_agg(array_send(c.steps), '')
    FROM annotation_score c JOIN annotation_solution w ON w.id = c.solution_id
    WHERE c.scorer_id = %(scorer)s AND c.solution_id = ANY(%(solutions)s::bigint[])
"""
SOLUTION = np.dtype([("id", ">i8"), ("problem", ">i8"), ("length", ">i4")])
WORD = np.dtype(">u4")
HEAD, EACH = 5, 3


class Scores(NamedTuple):
    """What a scorer says of solutions, one entry each, by their ids."""

    solutions: Indices
    problems: Indices
    lengths: Indices
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
    known = scores_of(scorer, distinct(labels.solutions))
    kept = np.flatnonzero(labels.counted & (labels.completions == 0))
    kept = kept[np.isin(labels.solutions, known.solutions)[labels.of[kept]]]
    at = np.searchsorted(known.solutions, labels.solutions[labels.of[kept]])
    scored = labels.steps[kept] < known.lengths[at]
    kept, at = kept[scored], at[scored]
    return Beside(
        labels.ratings[kept] >= 0,
        known.of(at, labels.steps[kept]),
        numbered(known.problems[at])[1],
        np.isin(known.solutions, uniform)[at],
        labels.submitted_at[labels.of[kept]] > scorer.created_at.timestamp(),
    )


def scores_of(scorer: Scorer, solutions: Indices) -> Scores:
    """Of those of the solutions that it scored."""
    packed, words = fetched(SCORED, {"scorer": scorer.pk, "solutions": written(solutions)})
    rows = np.frombuffer(packed, dtype=SOLUTION)
    sizes = HEAD + EACH * whole(rows["length"])
    starts = np.cumsum(sizes) - sizes
    order = np.argsort(rows["id"], kind="stable")
    ids, problems, lengths = (whole(rows[name][order]) for name in ("id", "problem", "length"))
    return Scores(ids, problems, lengths, starts[order], np.frombuffer(words, dtype=WORD))
