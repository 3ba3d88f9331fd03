"""Writing annotations that were made elsewhere: PRM800K lines with a label."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper
from msgspec import UNSET

from annotation.corpus.copying import copy_rows, reserve_ids
from annotation.corpus.entries import digest_of
from annotation.corpus.queueing import TASK_COLUMNS
from annotation.models import (
    Annotation,
    Completion,
    HumanCompletion,
    Membership,
    Project,
    Solution,
    StepLabel,
    Task,
)
from annotation.records import Label, Line, RatedStep, WrittenStep, moment_of

TaskKey = tuple[int, int | None, bool, bool, int]
"""Solution, generation, quality control, screening, repeat."""


@dataclass(frozen=True)
class PastAnnotation:
    """A labeled line and the solution it is of."""

    line: Line
    solution: int
    digest: UUID
    timestamp: datetime

    @classmethod
    def of(cls, line: Line, solution: int) -> "PastAnnotation":
        return cls(line, solution, digest_of(line), moment_of(line))

    @property
    def label(self) -> Label:
        assert self.line.label is not UNSET
        return self.line.label

    @property
    def labeler(self) -> UUID:
        assert self.line.labeler is not UNSET
        return self.line.labeler


def made_here(project: Project, lines: Sequence[Line]) -> set[tuple[UUID, datetime]]:
    """Labelers and times of those lines that were made here: exported before, and now come back."""
    people = {line.labeler for line in lines}
    found = Annotation.objects.filter(
        project=project,
        is_imported=False,
        labeler__pseudonym__in=people,
        submitted_at__in={moment_of(line) for line in lines},
    )
    rows = found.values_list("labeler__pseudonym", "submitted_at")
    return {(pseudonym, at) for pseudonym, at in rows if at is not None}


class History:
    """Finds or writes the annotations of a batch."""

    def __init__(self, cursor: CursorWrapper, project: Project) -> None:
        self.cursor = cursor
        self.project = project

    def add(self, past: Sequence[PastAnnotation]) -> set[UUID]:
        """Write what is new; return the digests of the lines that were."""
        labelers = self._labelers({annotation.labeler for annotation in past})
        rows = Annotation.objects.filter(project=self.project, digest__in=[one.digest for one in past])
        known = set(rows.values_list("digest", flat=True))
        new = list({one.digest: one for one in past if one.digest not in known}.values())
        if not new:
            return set()
        tasks = self._tasks(new, labelers)
        ids = reserve_ids(self.cursor, Annotation, len(new))
        places = CompletionPlaces(self.cursor, new)
        label_rows = [
            (id_, annotation.solution, *row)
            for id_, annotation in zip(ids, new, strict=True)
            for row in places.label_rows(annotation)
        ]
        places.copy_added()
        self._copy_annotations(ids, new, tasks, labelers)
        columns = ("annotation_id", "solution_id", "step", "position", "completion", "rating", "flagged")
        copy_rows(self.cursor, StepLabel, columns, label_rows)
        self._copy_written_steps(ids, new)
        self.cursor.execute("SELECT annotation_pack(%s)", [list(ids)])
        return {annotation.digest for annotation in new}

    def _labelers(self, pseudonyms: set[UUID]) -> dict[UUID, int]:
        """Ids of the memberships; a labeler known only from history becomes one without a user."""
        members = Membership.objects.filter(project=self.project, pseudonym__in=pseudonyms)
        found = dict(members.values_list("pseudonym", "id"))
        missing = [Membership(project=self.project, pseudonym=p) for p in pseudonyms if p not in found]
        Membership.objects.bulk_create(missing)
        return found | {membership.pseudonym: membership.pk for membership in missing}

    def _tasks(self, new: Sequence[PastAnnotation], labelers: Mapping[UUID, int]) -> list[int]:
        """The task of each annotation: the first one of its kind that its labeler has not annotated yet."""
        solutions = {annotation.solution for annotation in new}
        ids, people = self._existing_tasks(solutions)
        added: dict[TaskKey, None] = {}
        keys = []
        for annotation in new:
            labeler, repeat = labelers[annotation.labeler], 0
            while labeler in people[key := task_key(annotation, repeat)]:
                repeat += 1
            people[key].add(labeler)
            if key not in ids:
                added[key] = None
            keys.append(key)
        ids |= self._add_tasks(list(added))
        return [ids[key] for key in keys]

    def _existing_tasks(self, solutions: set[int]) -> tuple[dict[TaskKey, int], dict[TaskKey, set[int]]]:
        ids: dict[TaskKey, int] = {}
        people: dict[TaskKey, set[int]] = defaultdict(set)
        rows = Task.objects.filter(solution__in=solutions, is_practice=False).values_list(
            "id", "solution_id", "generation", "is_quality_control", "is_screening", "repeat",
            "annotations__labeler",
        )  # fmt: skip
        for id_, *key, labeler in rows:
            ids[tuple(key)] = id_  # type: ignore[index]
            if labeler is not None:
                people[tuple(key)].add(labeler)  # type: ignore[index]
        return ids, people

    def _add_tasks(self, keys: Sequence[TaskKey]) -> dict[TaskKey, int]:
        """Closed tasks that want nothing: their annotations came with them."""
        ids = reserve_ids(self.cursor, Task, len(keys)) if keys else []
        rows = ((id_, self.project.pk, *key, 0, 0, "history", False) for id_, key in zip(ids, keys, strict=True))
        copy_rows(self.cursor, Task, TASK_COLUMNS, rows)
        return dict(zip(keys, ids, strict=True))

    def _copy_annotations(
        self,
        ids: Sequence[int],
        new: Sequence[PastAnnotation],
        tasks: Sequence[int],
        labelers: Mapping[UUID, int],
    ) -> None:
        columns = (
            "id", "project_id", "task_id", "solution_id", "labeler_id", "started_at", "touched_at",
            "submitted_at", "finish_reason", "explanation", "active_ms", "chosen", "is_imported",
            "timestamp_text", "empty_steps", "digest",
        )  # fmt: skip
        rows = (
            (id_, self.project.pk, task, a.solution, labelers[a.labeler], a.timestamp, a.timestamp,
             a.timestamp, a.label.finish_reason, "", a.label.total_time,
             [step.chosen_completion for step in a.label.steps], True, unusual_timestamp(a),
             [index for index, step in enumerate(a.label.steps) if step.completions == []], a.digest)
            for id_, a, task in zip(ids, new, tasks, strict=True)
        )  # fmt: skip
        copy_rows(self.cursor, Annotation, columns, rows)

    def _copy_written_steps(self, ids: Sequence[int], new: Sequence[PastAnnotation]) -> None:
        columns = (
            "annotation_id", "step", "text", "rating", "flagged", "corrected_rating",
            "has_corrected_rating", "is_plain_text",
        )  # fmt: skip
        rows = (
            (id_, index, *written_row(step.human_completion))
            for id_, annotation in zip(ids, new, strict=True)
            for index, step in enumerate(annotation.label.steps)
            if step.human_completion is not None
        )
        copy_rows(self.cursor, HumanCompletion, columns, rows)


def task_key(annotation: PastAnnotation, repeat: int) -> TaskKey:
    line = annotation.line
    generation = None if line.generation is UNSET else line.generation
    return (
        annotation.solution,
        generation,
        line.is_quality_control_question is True,
        line.is_initial_screening_question is True,
        repeat,
    )


def unusual_timestamp(annotation: PastAnnotation) -> str | None:
    """The text of a timestamp that is not written as Python's isoformat writes it without a zone."""
    text = str(annotation.line.timestamp)
    return None if annotation.timestamp.replace(tzinfo=None).isoformat() == text else text


def written_row(written: WrittenStep | str) -> tuple[Any, ...]:
    if isinstance(written, str):
        return (written, None, None, None, False, True)
    has_corrected = written.corrected_rating is not UNSET
    corrected = written.corrected_rating if has_corrected else None
    return (written.text, written.rating, written.flagged, corrected, has_corrected, False)


class CompletionPlaces:
    """Says which of a solution's completions each rated text is, adding those the solution did not have.

    The first text of a step is the solution's own when it reads the same. Other texts are matched in order,
    each with the next of the same text, so that one offered three times counts as three completions.
    """

    def __init__(self, cursor: CursorWrapper, past: Sequence[PastAnnotation]) -> None:
        self.cursor = cursor
        self.added: list[tuple[int, int, int, str]] = []
        ids = {annotation.solution for annotation in past}
        grown = Solution.objects.filter(id__in=ids, pre_generated=False)
        self.grown = set(grown.values_list("id", flat=True))
        others = Completion.objects.filter(solution__in=ids - self.grown, index__gt=0)
        self.alternatives: dict[tuple[int, int], list[str]] = defaultdict(list)
        for solution, step, text in others.order_by("pk").values_list("solution_id", "step", "text"):
            self.alternatives[solution, step].append(text)

    def label_rows(self, annotation: PastAnnotation) -> list[tuple[int, int, int, int | None, bool | None]]:
        """Step, position, completion, rating and flag of each rated completion."""
        return [
            (index, position, completion, rated.rating, rated.flagged)
            for index, step in enumerate(annotation.label.steps)
            for position, (completion, rated) in enumerate(
                zip(self._completions(annotation, index, step), step.completions or [], strict=True)
            )
        ]

    def copy_added(self) -> None:
        copy_rows(self.cursor, Completion, ("solution_id", "step", "index", "text"), self.added)

    def _completions(self, annotation: PastAnnotation, index: int, step: RatedStep) -> list[int]:
        texts = [completion.text for completion in step.completions or []]
        if annotation.solution in self.grown:
            return list(range(len(texts)))
        own = annotation.line.question.pre_generated_steps
        assert own is not UNSET
        has_own = texts[:1] == own[index : index + 1]
        others = texts[has_own:]
        places = [
            self._alternative(annotation.solution, index, text, others[:at].count(text))
            for at, text in enumerate(others)
        ]
        return [0, *places] if has_own else places

    def _alternative(self, solution: int, step: int, text: str, occurrence: int) -> int:
        """The index of the completion that is the given (from 0) occurrence of `text` among the others."""
        known = self.alternatives[solution, step]
        matching = [index for index, other in enumerate(known, 1) if other == text]
        if occurrence < len(matching):
            return matching[occurrence]
        known.append(text)
        self.added.append((solution, step, len(known), text))
        return len(known)
