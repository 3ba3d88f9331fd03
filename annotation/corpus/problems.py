"""Finding or writing problems."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from annotation.corpus.copying import copy_rows, find_ids, reserve_ids
from annotation.corpus.entries import ProblemEntry
from annotation.models import Problem, Project

# One problem of each statement: the references do not matter to who solves it.
STATEMENTS = """
    SELECT DISTINCT ON (statement) id, statement FROM annotation_problem
    WHERE project_id = %(project)s ORDER BY statement, answer IS NULL, id
"""
# An order drawn by the seed, the same for the same problems.
DRAWN = "hashint8extended(id, %(seed)s), id"


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
