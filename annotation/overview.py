"""Plain counts and rows of a project, for its overview and its label browser."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from annotation.learning.quality import Place, first_error_of, was_due
from annotation.models import (
    HELD,
    Annotation,
    Completion,
    HumanCompletion,
    Project,
    Solution,
    StepLabel,
)
from annotation.models.work import EVERYBODY

HELD_HERE = HELD.format(project="%(p)s")
COUNTS = f"""
    SELECT (SELECT count(DISTINCT statement) FROM annotation_problem WHERE project_id = %(p)s),
           (SELECT count(*) FROM annotation_solution WHERE project_id = %(p)s),
           (SELECT count(*) FROM annotation_task WHERE project_id = %(p)s AND is_open),
           l.leases, l.tasks,
           a.submitted, a.solution, a.found_error, a.bad_problem, a.give_up
    FROM (SELECT count(*) AS submitted,
                 count(*) FILTER (WHERE finish_reason = 'solution') AS solution,
                 count(*) FILTER (WHERE finish_reason = 'found_error') AS found_error,
                 count(*) FILTER (WHERE finish_reason = 'bad_problem') AS bad_problem,
                 count(*) FILTER (WHERE finish_reason = 'give_up') AS give_up
          FROM annotation_annotation w WHERE project_id = %(p)s AND submitted_at IS NOT NULL AND NOT EXISTS (
              SELECT FROM annotation_task t WHERE t.id = w.task_id AND t.is_practice)) a,
         (SELECT count(*) AS leases, count(DISTINCT t.id) AS tasks
          FROM ({HELD_HERE}) held JOIN annotation_task t ON t.id = held.task_id AND t.is_open) l
"""


class Counts(NamedTuple):
    problems: int
    solutions: int
    open_tasks: int
    live_leases: int
    at_hand: int
    """Of the open tasks, those that somebody works on now."""
    submitted: int
    solution: int
    found_error: int
    bad_problem: int
    give_up: int

    @property
    def waiting(self) -> int:
        """Open tasks that nobody works on now."""
        return self.open_tasks - self.at_hand


def of(project: Project) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"p": project.pk})
        return Counts(*cursor.fetchone())


class Queue(NamedTuple):
    """How far the tasks of a generation are."""

    generation: int | None
    """None: in no generation."""
    tasks: int
    open_tasks: int
    at_hand: int
    """Of the open ones, those that somebody works on now."""
    wanted: int
    """Annotations, of all tasks."""
    filled: int

    @property
    def waiting(self) -> int:
        """Open tasks that nobody works on now."""
        return self.open_tasks - self.at_hand


QUEUES = f"""
    SELECT generation, count(*), count(*) FILTER (WHERE is_open),
           count(*) FILTER (WHERE is_open AND id IN (SELECT task_id FROM ({HELD_HERE}) held)),
           sum(wanted), sum(filled)
    FROM annotation_task
    WHERE project_id = %(p)s AND NOT is_practice AND wanted BETWEEN 1 AND {EVERYBODY - 1}
    GROUP BY generation ORDER BY generation DESC NULLS LAST
"""


def queues_of(project: Project) -> list[Queue]:
    """By generation, the latest first; practice, screening and history that was loaded are in no queue."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUES, {"p": project.pk})
        return [Queue(*row) for row in cursor.fetchall()]


class Cell(NamedTuple):
    label: StepLabel | None
    is_missing: bool
    """Whether there was something to rate, and it was not."""


@dataclass
class CompletionRow:
    """A completion and what each labeler said of it, in the order of the table's annotations."""

    step: int
    index: int
    text: str
    cells: list[Cell]


@dataclass
class LabelTable:
    """Rows are the completions of the steps, columns the submitted annotations."""

    annotations: list[Annotation]
    rows: list[CompletionRow]
    written: list[HumanCompletion]


def labels_of(solution: Solution) -> LabelTable:
    submitted = Annotation.objects.filter(solution=solution, submitted_at__isnull=False)
    annotations = list(submitted.select_related("labeler__user", "task").order_by("id")[:50])
    labels: dict[int, dict[Place, StepLabel]] = {one.pk: {} for one in annotations}
    for label in StepLabel.objects.filter(annotation__in=annotations):
        labels[label.annotation_id][label.step, label.completion] = label
    of_each = [
        (found, first_error_of({place: one.rating for place, one in found.items()})) for found in labels.values()
    ]

    def cell(place: Place, found: dict[Place, StepLabel], error: int | None) -> Cell:
        label = found.get(place)
        if label is not None:
            return Cell(label, is_missing=label.rating is None)
        return Cell(None, is_missing=solution.pre_generated and was_due(place, error))

    rows = [
        CompletionRow(c.step, c.index, c.text, [cell((c.step, c.index), *one) for one in of_each])
        for c in Completion.objects.filter(solution=solution).order_by("step", "index")
    ]
    written = HumanCompletion.objects.filter(annotation__in=annotations).order_by("annotation_id", "step")
    return LabelTable(annotations, rows, list(written))
