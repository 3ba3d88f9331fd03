"""Writing problems and solutions, and queueing what waits for labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from annotation.importing.copying import copy_rows, find_ids, reserve_ids
from annotation.importing.entries import Entry, ProblemEntry, SolutionEntry
from annotation.models import Completion, Critique, Place, Problem, Project, Solution, Task


class Problems:
    """Finds or writes the problems of a batch.

    `added` has what was written, `restated` how much of that is a text that was there with another reference.
    """

    def __init__(self, cursor: CursorWrapper, project: Project) -> None:
        self.cursor = cursor
        self.project = project
        self.ids: dict[ProblemEntry, int] = {}
        self.added: set[ProblemEntry] = set()
        self.restated = 0

    def resolve(self, entries: Iterable[ProblemEntry]) -> None:
        """Fill `ids`. A problem named by an id that is not loaded gets none.

        A line that says nothing of the reference is for the problem of that text that was loaded first.
        """
        entries = list(dict.fromkeys(entries))
        complete = [entry for entry in entries if entry.text is not None and entry.is_complete]
        loose = [entry for entry in entries if entry.text is not None and not entry.is_complete]
        named = [entry for entry in entries if entry.text is None]
        self._find_or_add(complete)
        known = self._find("statement", [entry.statement for entry in loose])
        self.ids |= {entry: known[entry.statement] for entry in loose if entry.statement in known}
        self._find_or_add([entry for entry in loose if entry not in self.ids])
        by_name = self._find("external_id", [entry.external_id for entry in named])
        self.ids |= {entry: by_name[entry.external_id] for entry in named if entry.external_id in by_name}

    def _find(self, column: str, values: Sequence[Any]) -> dict[Any, int]:
        return find_ids(self.cursor, Problem, self.project.pk, column, values)

    def _find_or_add(self, entries: Sequence[ProblemEntry]) -> None:
        known = self._find("digest", [entry.digest for entry in entries])
        new = {entry.digest: entry for entry in entries if entry.digest not in known}
        known |= self._add(list(new.values()))
        self.ids |= {entry: known[entry.digest] for entry in entries}

    def _add(self, entries: Sequence[ProblemEntry]) -> dict[UUID, int]:
        if not entries:
            return {}
        statements = {entry.statement for entry in entries}
        self.restated += len(entries) - len(statements - self._find("statement", list(statements)).keys())
        ids = reserve_ids(self.cursor, Problem, len(entries))
        columns = (
            "id", "project_id", "external_id", "text", "answer", "solution", "subject", "level", "digest",
            "statement",
        )  # fmt: skip
        copy_rows(
            self.cursor,
            Problem,
            columns,
            (
                (id_, self.project.pk, e.external_id, e.text, e.answer, e.solution, e.subject, e.level,
                 e.digest, e.statement)
                for id_, e in zip(ids, entries, strict=True)
            ),
        )  # fmt: skip
        self.added |= set(entries)
        return {entry.digest: id_ for id_, entry in zip(ids, entries, strict=True)}


class Located(NamedTuple):
    """A solution of a line, with the problem it was found to belong to and its digest."""

    line: int
    entry: Entry
    solution: SolutionEntry
    problem: int
    digest: UUID


class Solutions:
    """Finds or writes the solutions of a batch, with their completions."""

    def __init__(self, cursor: CursorWrapper, project: Project) -> None:
        self.cursor = cursor
        self.project = project
        self.ids: dict[UUID, int] = {}
        self.added: dict[UUID, int] = {}

    def resolve(self, located: Sequence[Located]) -> None:
        """Fill `ids`; `added` has those that are new."""
        by_digest = {one.digest: one for one in reversed(located)}  # the first of equal ones stays
        self.ids = find_ids(self.cursor, Solution, self.project.pk, "digest", list(by_digest))
        new = [one for one in located if one.digest not in self.ids and by_digest[one.digest] is one]
        ids = reserve_ids(self.cursor, Solution, len(new)) if new else []
        self.added = {one.digest: id_ for one, id_ in zip(new, ids, strict=True)}
        self.ids |= self.added
        self._copy_solutions(ids, new)
        self._copy_completions(ids, new)
        self._copy_critiques(ids, new)

    def _copy_solutions(self, ids: Sequence[int], new: Sequence[Located]) -> None:
        now = timezone.now()
        columns = (
            "id", "project_id", "problem_id", "external_id", "pre_generated", "length", "answer", "score",
            "generator", "is_correct", "digest", "created_at",
        )  # fmt: skip
        rows = (
            (id_, self.project.pk, problem, s.external_id, s.pre_generated, len(s.completions), s.answer,
             s.score, s.generator, s.is_correct, digest, now)
            for id_, (_, _, s, problem, digest) in zip(ids, new, strict=True)
        )  # fmt: skip
        copy_rows(self.cursor, Solution, columns, rows)

    def _copy_completions(self, ids: Sequence[int], new: Sequence[Located]) -> None:
        rows = (
            (id_, step, index, text)
            for id_, one in zip(ids, new, strict=True)
            for step, texts in enumerate(one.solution.completions)
            if one.solution.parents is None
            for index, text in enumerate(texts)
        )
        copy_rows(self.cursor, Completion, ("solution_id", "step", "index", "text"), rows)
        trees = [(id_, one.solution) for id_, one in zip(ids, new, strict=True) if one.solution.parents]
        if trees:
            copy_rows(self.cursor, Completion, BRANCH_COLUMNS, branches(trees))

    def _copy_critiques(self, ids: Sequence[int], new: Sequence[Located]) -> None:
        rows = [
            (id_, step, index, text)
            for id_, one in zip(ids, new, strict=True)
            for step, texts in enumerate(one.solution.critiques)
            for index, text in enumerate(texts)
        ]
        if rows:
            copy_rows(self.cursor, Critique, ("solution_id", "step", "index", "text"), rows)


def queue(cursor: CursorWrapper, project: Project, waiting: Sequence[Located], ids: Mapping[UUID, int]) -> None:
    """Put new solutions in the queue, each with as many places as the project wants annotations."""
    task_ids = reserve_ids(cursor, Task, len(waiting)) if waiting else []
    task_rows = (
        (task, project.pk, ids[digest], s.generation, s.is_quality_control, s.is_screening, 0,
         project.wanted, 0, "loaded", True)
        for task, (_, _, s, _, digest) in zip(task_ids, waiting, strict=True)
    )  # fmt: skip
    copy_rows(cursor, Task, TASK_COLUMNS, task_rows)
    places = ((task, slot, project.wanted) for task in task_ids for slot in range(project.wanted))
    copy_rows(cursor, Place, ("task_id", "slot", "wanted"), places)


def branches(trees: Sequence[tuple[int, SolutionEntry]]) -> Iterator[Sequence[Any]]:
    for id_, solution in trees:
        for step, (texts, parents) in enumerate(zip(solution.completions, solution.parents or [], strict=True)):
            for index, (text, parent) in enumerate(zip(texts, parents, strict=True)):
                yield id_, step, index, parent, text


BRANCH_COLUMNS = ("solution_id", "step", "index", "parent", "text")
TASK_COLUMNS = (
    "id", "project_id", "solution_id", "generation", "is_quality_control", "is_screening", "repeat", "wanted",
    "priority", "reason", "is_open",
)  # fmt: skip
