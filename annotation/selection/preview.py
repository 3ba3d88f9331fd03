"""What a plan would pick, before anybody is bothered. Nothing is written."""

from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from annotation.models import Project
from annotation.selection.drawing import picked
from annotation.selection.picking import QUALITY_CONTROL, REPEAT
from annotation.selection.plan import Plan
from annotation.selection.pool import EXCLUDED, P

BINS = 20
EXAMPLES = 10

PICKS = """
    SELECT reason, count(*), sum(wanted), min(probability), max(probability) FROM selection_pick
    GROUP BY reason ORDER BY reason IN ('quality control', 'hidden repeat'), reason = 'uniform', min(place), reason
"""
PROBLEMS = """
    SELECT (SELECT count(DISTINCT problem) FROM selection_pool WHERE why IS NULL),
           (SELECT count(DISTINCT problem) FROM selection_pick WHERE NOT is_quality_control AND repeat = 0)
"""
GRADES = "SELECT coalesce(grade, ''), count(*) FROM selection_pool WHERE why IS NULL GROUP BY 1 ORDER BY 1"
LEFT_OUT = "SELECT why, count(*) FROM selection_pool WHERE why IS NOT NULL GROUP BY why"
# The last bin has P = 1 as well, the first of logarithms all that is less.
SCALES = {
    "by_probability": (f"least(width_bucket({P}, 0, 1, {BINS}), {BINS})", [one / BINS for one in range(BINS + 1)]),
    "by_logarithm": (
        f"greatest(least(width_bucket({{}}.product, -{BINS}, 0, {BINS}), {BINS}), 1)",
        [float(one - BINS) for one in range(BINS + 1)],
    ),
}
HISTOGRAM = """
    SELECT {bucket}, count(*), count(k.solution)
    FROM selection_pool p LEFT JOIN selection_pick k ON k.solution = p.solution
    WHERE p.why IS NULL AND p.product IS NOT NULL GROUP BY 1
"""
SHOWN = """
    SELECT k.solution, left(q.text, 300), w.answer, g.counts_as,
           CASE WHEN s.product IS NOT NULL THEN exp(greatest(s.product, -700)) END, k.reason, k.score,
           k.rank, k.probability, k.wanted
    FROM (SELECT *, row_number() OVER (PARTITION BY reason ORDER BY place) AS nth FROM selection_pick) k
    JOIN annotation_solution w ON w.id = k.solution
    JOIN annotation_problem q ON q.id = w.problem_id
    LEFT JOIN annotation_grade g ON g.solution_id = w.id
    LEFT JOIN annotation_score s ON s.solution_id = w.id AND s.scorer_id = %(scorer)s
    ORDER BY k.nth, k.place LIMIT %(most)s
"""


class Reason(NamedTuple):
    """How many are picked for a reason, how many annotations they want, and how likely each was to be picked."""

    reason: str
    tasks: int
    annotations: int
    least_probability: float
    most_probability: float


class Bin(NamedTuple):
    """How many solutions of the pool, and of the picks, score from `low` to below `high`."""

    low: float
    high: float
    pool: int
    picked: int


class Histogram(list[Bin]):
    """Bins in their order, and what it takes to draw them."""

    @property
    def shown(self) -> list[Bin]:
        """From the first bin with something in it to the last."""
        filled = [at for at, one in enumerate(self) if one.pool]
        return self[filled[0] : filled[-1] + 1] if filled else []

    @property
    def most_in_pool(self) -> int:
        return max(one.pool for one in self)

    @property
    def most_picked(self) -> int:
        """One at least: there is no scale from 0 to 0."""
        return max(1, *(one.picked for one in self))


class Example(NamedTuple):
    """A pick. `text` is the problem's beginning, `p` the scorer's probability that all steps are correct."""

    solution: int
    text: str
    answer: str | None
    grade: str | None
    p: float | None
    reason: str
    score: float | None
    rank: int | None
    probability: float
    wanted: int


class Preview(NamedTuple):
    """`pool` solutions of `pool_problems` problems could be picked; `problems` of these would be covered.

    `excluded` and `grades` (of the pool; "" for not graded) count solutions. `controls_asked` is how many items of
    quality control the plan asks for; `controls`, how many there are. The histograms have 20 bins, of
    P(all steps correct) and of its natural logarithm, whose first bin has all that is less; what has no score is
    in neither.
    """

    pool: int
    pool_problems: int
    excluded: dict[str, int]
    grades: dict[str, int]
    reasons: list[Reason]
    controls_asked: int
    problems: int
    by_probability: Histogram
    by_logarithm: Histogram
    examples: list[Example]

    @property
    def tasks(self) -> int:
        return sum(one.tasks for one in self.reasons)

    @property
    def picked(self) -> int:
        """Without quality control and repeats."""
        return sum(one.tasks for one in self.reasons if one.reason not in {QUALITY_CONTROL, REPEAT})

    @property
    def controls(self) -> int:
        return sum(one.tasks for one in self.reasons if one.reason == QUALITY_CONTROL)

    @property
    def annotations(self) -> int:
        """How many annotations the tasks want."""
        return sum(one.annotations for one in self.reasons)


def preview(project: Project, plan: Plan) -> Preview:
    """What `draw` would pick now. Raises `BadPlan`."""
    with picked(project, plan) as (cursor, pool, controls_asked):
        cursor.execute(PROBLEMS)
        pool_problems, problems = cursor.fetchone()
        left_out = counts(cursor, LEFT_OUT)
        cursor.execute(PICKS)
        reasons = [Reason(*row) for row in cursor.fetchall()]
        return Preview(
            pool=pool,
            pool_problems=pool_problems,
            excluded={sentence: left_out[why] for why, sentence in EXCLUDED.items() if why in left_out},
            grades=counts(cursor, GRADES),
            reasons=reasons,
            controls_asked=controls_asked,
            problems=problems,
            by_probability=histogram(cursor, *SCALES["by_probability"]),
            by_logarithm=histogram(cursor, *SCALES["by_logarithm"]),
            examples=examples(cursor, plan),
        )


def counts(cursor: CursorWrapper, statement: str) -> dict[str, int]:
    cursor.execute(statement)
    return dict(cursor.fetchall())


def histogram(cursor: CursorWrapper, bucket: str, edges: list[float]) -> Histogram:
    cursor.execute(HISTOGRAM.format(bucket=bucket.format("p")))
    found = {number: (pool, picks) for number, pool, picks in cursor.fetchall()}
    return Histogram(Bin(edges[one], edges[one + 1], *found.get(one + 1, (0, 0))) for one in range(len(edges) - 1))


def examples(cursor: CursorWrapper, plan: Plan) -> list[Example]:
    """Some of each reason, in the order of the queue."""
    cursor.execute(SHOWN, {"scorer": plan.scorer, "most": EXAMPLES})
    return [Example(*row) for row in cursor.fetchall()]
