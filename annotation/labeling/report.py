"""What a labeler says of the first error besides its rating, where the project asks for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotation.labeling.errors import AlreadySubmitted, ReportIncomplete, WrongReport
from annotation.labeling.rows import all_rows, one
from annotation.models import Lease
from annotation.models.reports import Progress
from annotation.ratings import POSITIVE, Rating

ASKED = """
    SELECT asks_progress, asks_critique, error_categories FROM annotation_project
    WHERE id = (SELECT project_id FROM annotation_annotation WHERE id = %(annotation)s)
"""
CRITIQUES = "SELECT step, text FROM annotation_critique WHERE solution_id = %(solution)s ORDER BY step, index"
KEPT = """
    SELECT step, progress, category, critique, ratings FROM annotation_errorreport
    WHERE annotation_id = %(annotation)s
"""
# Locks the draft first: a submit that is just under way is waited for.
KEEP = """
    WITH draft AS (
        SELECT id FROM annotation_annotation WHERE id = %(annotation)s AND submitted_at IS NULL FOR NO KEY UPDATE
    )
    INSERT INTO annotation_errorreport (annotation_id, step, progress, category, critique, ratings)
    SELECT id, %(step)s, %(progress)s, %(category)s, %(critique)s, %(ratings)s::smallint[] FROM draft
    ON CONFLICT (annotation_id) DO UPDATE
    SET step = EXCLUDED.step, progress = EXCLUDED.progress, category = EXCLUDED.category,
        critique = EXCLUDED.critique, ratings = EXCLUDED.ratings
    RETURNING annotation_id
"""


class Report(NamedTuple):
    """Of one step, counted from 0. `ratings` are of the critiques given for it, in their order."""

    step: int
    progress: int | None = None
    category: str | None = None
    critique: str = ""
    ratings: Sequence[Rating | None] = ()


class Given(NamedTuple):
    """A critique as the labeler sees it."""

    step: int
    position: int
    text: str
    rating: Rating | None

    @property
    def name(self) -> str:
        """Of its field in the page."""
        return f"critique-{self.step}-{self.position}"

    @property
    def number(self) -> str:
        """Of the step, as people count."""
        return str(self.step + 1)


@dataclass(frozen=True)
class Asked:
    """What the project asks, and the critiques that are given, by step."""

    progress: bool
    critique: bool
    categories: list[str]
    critiques: Mapping[int, list[str]] = field(default_factory=dict)


def asked(lease: Lease) -> Asked | None:
    """None where the project asks nothing."""
    if not lease.asks_report:
        return None
    row = one(ASKED, {"annotation": lease.annotation})
    assert row is not None
    progress, critique, categories = row
    return Asked(progress, critique, categories, critiques_of(lease) if critique else {})


def critiques_of(lease: Lease) -> Mapping[int, list[str]]:
    given: dict[int, list[str]] = defaultdict(list)
    for step, text in all_rows(CRITIQUES, {"solution": lease.solution}):
        given[step].append(text)
    return given


def given_critiques(asks: Asked, report: Report | None) -> list[list[Given]]:
    """Those of one step together, with the ratings that are kept."""
    return [
        [Given(step, index, text, rating_in(report, step, index)) for index, text in enumerate(texts)]
        for step, texts in asks.critiques.items()
    ]


def rating_in(report: Report | None, step: int, index: int) -> Rating | None:
    is_of_step = report is not None and report.step == step and index < len(report.ratings)
    return report.ratings[index] if report is not None and is_of_step else None


def kept_report(lease: Lease) -> Report | None:
    row = one(KEPT, {"annotation": lease.annotation})
    return Report(*row) if row else None


def save_report(*, lease: Lease, report: Report) -> None:
    """Keep it with the draft. The same again changes nothing. Raises `WrongReport` and `AlreadySubmitted`."""
    check(lease, report)
    keep(lease, report)


def keep(lease: Lease, report: Report) -> None:
    values = {**report._asdict(), "ratings": list(report.ratings), "annotation": lease.annotation}
    if one(KEEP, values) is None:
        raise AlreadySubmitted


def check(lease: Lease, report: Report) -> Asked:
    """Refuse what this project does not ask. Raises `WrongReport`."""
    asks = asked(lease)
    if asks is None or not 0 <= report.step < lease.length:
        raise WrongReport("nothing is asked here")
    if report.progress is not None and (not asks.progress or report.progress not in Progress.values):
        raise WrongReport("that is no progress one can choose")
    if report.category is not None and report.category not in asks.categories:
        raise WrongReport("that category is not in the list any more; choose again")
    if len(report.ratings) > len(asks.critiques.get(report.step, [])):
        raise WrongReport("there are not that many critiques")
    return asks


def check_complete(lease: Lease, report: Report | None, error: int) -> None:
    """Raises `ReportIncomplete` with what is missing for the step with the first error."""
    report = report if report is not None and report.step == error else Report(error)
    asks = check(lease, report)
    given = asks.critiques.get(error, [])
    if asks.progress and report.progress is None:
        raise ReportIncomplete(error, "how far the solution had come")
    if asks.categories and report.category is None:
        raise ReportIncomplete(error, "what kind of error it is")
    if len(report.ratings) < len(given) or None in report.ratings:
        raise ReportIncomplete(error, "how good each critique is")
    if asks.critique and not report.critique.strip() and POSITIVE not in report.ratings:
        raise ReportIncomplete(error, "what is wrong, in your own words, as no critique says it well")
