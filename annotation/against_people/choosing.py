"""Best of N among graded samples that a scorer has scored: by its score, by majority vote, or any."""

from collections import defaultdict
from typing import Any, NamedTuple

from annotation.agreement.tables import Slice
from annotation.models import Scorer
from annotation.postgresql.planning import planned_anew
from annotation.verifier.best_of_n import Row, Sample, best_of_n

NS = (1, 2, 4, 8, 16, 32, 64)
MOST_SAMPLES = 64
"""Of a problem."""
MOST_PROBLEMS = 60
"""That a page looks at."""
ALL_PROBLEMS = 500
"""That a table has: the paper's test set."""
RESAMPLES = 200
SEED = 0

# Problems of which nothing had been rated when the scorer was made: it cannot have learned from them. A lot
# decides which of them, and which of their samples. `OFFSET 0` has them looked at in the order of the lot, and no
# further than there are enough.
GRADED = """
    WITH problems AS (
        SELECT id FROM (
            SELECT id, hashint8extended(id, %(seed)s) AS lot FROM annotation_problem
            WHERE project_id = %(project)s
              AND (%(subject)s::text IS NULL OR subject = %(subject)s)
              AND (%(level)s::text IS NULL OR level = %(level)s)
            ORDER BY lot OFFSET 0
        ) p
        WHERE (NOT %(learns)s OR NOT EXISTS (
                  SELECT FROM annotation_solution w JOIN annotation_annotation a ON a.solution_id = w.id
                  WHERE w.problem_id = p.id AND a.submitted_at < %(since)s))
          AND (SELECT count(*) FROM (
                  SELECT FROM annotation_solution w
                  JOIN annotation_grade g ON g.solution_id = w.id AND g.counts_as <> 'undecided'
                  JOIN annotation_score c ON c.solution_id = w.id AND c.scorer_id = %(scorer)s
                  WHERE w.problem_id = p.id LIMIT 2) two) = 2
        ORDER BY lot LIMIT %(problems)s
    )
    SELECT p.id, one.product, one.counts_as = 'correct', one.answer
    FROM problems p CROSS JOIN LATERAL (
        SELECT c.product, g.counts_as, g.answer, hashint8extended(w.id, %(seed)s) AS lot, w.id
        FROM annotation_solution w
        JOIN annotation_grade g ON g.solution_id = w.id AND g.counts_as <> 'undecided'
        JOIN annotation_score c ON c.solution_id = w.id AND c.scorer_id = %(scorer)s
        WHERE w.problem_id = p.id ORDER BY lot, w.id LIMIT %(samples)s
    ) one ORDER BY p.id, one.lot, one.id
"""
RIGHT = "the reference answer, however it is written"


class Board(NamedTuple):
    problems: int
    is_part: bool
    """There may be more problems than were looked at."""
    samples: int
    rows: list[Row]


def board(which: Slice, scorer: Scorer, most: int) -> Board:
    """Accuracy against N, over `most` problems at most, drawn by lot.

    No rows where no problem that the scorer has not learned from has two samples.

    Of the slice only subject and level matter: nothing here was labeled.
    """
    groups: dict[int, list[Sample]] = defaultdict(list)
    for problem, product, is_correct, answer in graded(which, scorer, most):
        vote = RIGHT if is_correct else answer and "".join(answer.split())
        groups[problem].append(Sample(product, vote, is_correct))
    if not groups:
        return Board(0, False, 0, [])
    ns = [n for n in NS if n <= max(map(len, groups.values()))]
    rows = best_of_n(list(groups.values()), ns=ns, seed=SEED, resamples=RESAMPLES)
    return Board(len(groups), len(groups) == most, sum(map(len, groups.values())), rows)


def graded(which: Slice, scorer: Scorer, most: int) -> list[tuple[int, float, bool, str | None]]:
    values: dict[str, Any] = vars(which) | {
        "scorer": scorer.pk,
        "learns": scorer.kind == Scorer.Kind.VERIFIER,
        "since": scorer.created_at,
        "seed": SEED,
        "problems": most,
        "samples": MOST_SAMPLES,
    }
    with planned_anew() as cursor:
        cursor.execute(GRADED, values)
        found: list[tuple[int, float, bool, str | None]] = cursor.fetchall()
        return found
