"""Finding or writing solutions with their completions."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from annotation.corpus.copying import copy_rows, find_ids, reserve_ids
from annotation.corpus.entries import SolutionEntry
from annotation.models import Completion, Critique, Project, Solution


class Located(NamedTuple):
    """A solution with the id of its problem, and the digest that this gives it."""

    solution: SolutionEntry
    problem: int
    digest: UUID

    @classmethod
    def at(cls, problem: int, solution: SolutionEntry) -> Self:
        return cls(solution, problem, solution.digest(problem))


class Solutions:
    """Finds or writes the solutions of a batch, with their completions; `run` is the one that sampled them."""

    def __init__(self, cursor: CursorWrapper, project: Project, run: int | None = None) -> None:
        self.cursor = cursor
        self.project = project
        self.run = run
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
            "generator", "is_correct", "digest", "created_at", "run_id",
        )  # fmt: skip
        rows = (
            (id_, self.project.pk, problem, s.external_id, s.pre_generated, len(s.completions), s.answer,
             s.score, s.generator, s.is_correct, digest, now, self.run)
            for id_, (s, problem, digest) in zip(ids, new, strict=True)
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


def branches(trees: Sequence[tuple[int, SolutionEntry]]) -> Iterator[Sequence[Any]]:
    for id_, solution in trees:
        for step, (texts, parents) in enumerate(zip(solution.completions, solution.parents or [], strict=True)):
            for index, (text, parent) in enumerate(zip(texts, parents, strict=True)):
                yield id_, step, index, parent, text


BRANCH_COLUMNS = ("solution_id", "step", "index", "parent", "text")
