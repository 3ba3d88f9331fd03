"""Queueing what waits for labels."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from annotation.corpus.copying import copy_rows, reserve_ids
from annotation.corpus.solutions import Located
from annotation.models import Place, Project, Task

TASK_COLUMNS = (
    "id", "project_id", "solution_id", "generation", "is_quality_control", "is_screening", "repeat", "wanted",
    "priority", "reason", "is_open",
)  # fmt: skip


def queue(cursor: CursorWrapper, project: Project, waiting: Sequence[Located], ids: Mapping[UUID, int]) -> None:
    """Put new solutions in the queue, each with as many places as the project wants annotations."""
    task_ids = reserve_ids(cursor, Task, len(waiting)) if waiting else []
    task_rows = (
        (task, project.pk, ids[digest], s.generation, s.is_quality_control, s.is_screening, 0,
         project.wanted, 0, "loaded", True)
        for task, (s, _, digest) in zip(task_ids, waiting, strict=True)
    )  # fmt: skip
    copy_rows(cursor, Task, TASK_COLUMNS, task_rows)
    places = ((task, slot, project.wanted) for task in task_ids for slot in range(project.wanted))
    copy_rows(cursor, Place, ("task_id", "slot", "wanted"), places)
