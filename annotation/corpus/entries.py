"""A problem and a solution to it before they are rows, and what makes them the same as others."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec


def digest_of(*parts: Any) -> UUID:
    """A 128-bit identity of some content; equal content gives the equal digest, whichever file it came in."""
    return UUID(bytes=blake2b(msgspec.json.encode(parts), digest_size=16).digest())


@dataclass(frozen=True)
class ProblemEntry:
    """A problem, or only a way to find it: `text` is None where a line names it by `external_id` alone.

    `is_complete` is False where the line says nothing of the reference; any problem of that text will do.
    """

    text: str | None
    external_id: str | None = None
    answer: str | None = None
    solution: str | None = None
    subject: str | None = None
    level: str | None = None
    is_complete: bool = True

    @cached_property
    def statement(self) -> UUID:
        return digest_of(self.text)

    @cached_property
    def digest(self) -> UUID:
        return digest_of(self.external_id, self.text, self.answer, self.solution)


@dataclass(frozen=True)
class SolutionEntry:
    """`completions` has for each step its candidate texts, the solution's own step first.

    `is_one_text`: the file had no steps, only a text; it was cut at its newlines.
    """

    completions: list[list[str]]
    external_id: str | None = None
    pre_generated: bool = True
    answer: str | None = None
    score: float | None = None
    generator: str | None = None
    is_correct: bool | None = None
    generation: int | None = None
    is_quality_control: bool = False
    is_screening: bool = False
    is_one_text: bool = False
    critiques: list[list[str]] = field(default_factory=list)
    parents: list[list[int | None]] | None = None
    """In a tree, for each completion which one of the step before it continues."""

    def digest(self, problem: int) -> UUID:
        """Identity within the project: the same text by another model or with another score is another one."""
        return digest_of(
            problem,
            self.external_id,
            self.pre_generated,
            self.completions,
            self.answer,
            self.score,
            self.generator,
            *([self.critiques] if self.critiques else []),
            *([] if self.parents is None else [self.parents]),
        )
