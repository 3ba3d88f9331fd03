"""The solutions behind figures: found by what was said of them, and by what stands in them."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from annotation.agreement.tables import Slice, conditions_of
from annotation.models import Solution
from annotation.postgresql.planning import planned_anew


@dataclass(frozen=True)
class Search:
    """Which solutions are looked for; what is empty asks for nothing."""

    which: Slice
    """Of a project; with more than that, only solutions that have labels in it."""
    text: str = ""
    """Stands in a step, in an alternative or in the problem, or is the id in the file that the solution came with.

    Capitals and small letters are the same.
    """
    only_labeled: bool = False
    run: int | None = None
    """The sampling run that it came from."""
    ending: str | None = None
    """How an annotation of it ended, one of `FinishReason`."""
    rating: int | None = None
    """Given to one of its steps or alternatives."""
    pick: str | None = None
    """Why a generation picked it."""

    @property
    def wants_labels(self) -> bool:
        return (
            self.only_labeled
            or self.ending is not None
            or self.rating is not None
            or any(getattr(self.which, one.name) is not None for one in fields(Slice) if one.name != "project")
        )


class Found(NamedTuple):
    solution: Solution
    annotations: int
    """All that were submitted, whether they count or not."""


TEXT = r"""
    (s.external_id = %(text)s OR q.text ILIKE %(like)s OR EXISTS (
        SELECT FROM annotation_completion c WHERE c.solution_id = s.id AND c.text ILIKE %(like)s))
"""
PICKED = """
    EXISTS (SELECT FROM annotation_task o JOIN annotation_pick p ON p.task_id = o.id
            WHERE o.solution_id = s.id AND p.reason = %(pick)s)
"""
ENDED = " AND a.finish_reason = %(ending)s"
RATED = """
    AND EXISTS (SELECT FROM annotation_steplabel l WHERE l.annotation_id = a.id AND l.rating = %(rating)s)
"""
# To be completed with further conditions.
LABELED = """
    EXISTS (SELECT FROM annotation_annotation a
            JOIN annotation_task t ON t.id = a.task_id
            LEFT JOIN annotation_guideline g ON g.id = a.guideline_id
            WHERE a.solution_id = s.id AND a.submitted_at IS NOT NULL {conditions})
"""
COUNTS = " AND NOT a.is_surplus AND NOT t.is_practice"
"""As for figures. Whoever asks for anything labeled wants practice and surplus, too."""


def search(what: Search, *, after: int, limit: int) -> list[Found]:
    """Solutions with ids above `after`, ascending."""
    wanted = ["s.project_id = %(project)s", "s.id > %(after)s"]
    if what.run is not None:
        wanted.append("s.run_id = %(run)s")
    if what.text:
        wanted.append(TEXT)
    if what.pick is not None:
        wanted.append(PICKED)
    if what.wants_labels:
        wanted.append(LABELED.format(conditions=said_of(what)))
    query = f"""
        SELECT s.id, (SELECT count(*) FROM annotation_annotation a
                      WHERE a.solution_id = s.id AND a.submitted_at IS NOT NULL)
        FROM annotation_solution s JOIN annotation_problem q ON q.id = s.problem_id
        WHERE {" AND ".join(wanted)} ORDER BY s.id LIMIT %(limit)s
    """
    values: dict[str, Any] = vars(what.which) | {"after": after, "limit": limit, "run": what.run}
    values |= {"ending": what.ending, "rating": what.rating, "pick": what.pick}
    values |= {"text": what.text, "like": f"%{escaped(what.text)}%"}
    with planned_anew() as cursor:
        cursor.execute(query, values)
        counts = dict(cursor.fetchall())
    solutions = Solution.objects.select_related("problem").in_bulk(list(counts))
    return [Found(solutions[pk], count) for pk, count in counts.items()]


def said_of(what: Search) -> str:
    """What is asked of one of a solution's annotations."""
    conditions = conditions_of(what.which)
    if what.ending is not None:
        conditions += ENDED
    if what.rating is not None:
        conditions += RATED
    return conditions and COUNTS + conditions


def escaped(text: str) -> str:
    """For LIKE, in which `%` and `_` stand for others."""
    for sign in "\\%_":
        text = text.replace(sign, "\\" + sign)
    return text
