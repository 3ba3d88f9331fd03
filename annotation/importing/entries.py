"""What every format is read into: a problem, perhaps a solution to it, perhaps a finished annotation of that."""

from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from annotation.corpus.entries import ProblemEntry, SolutionEntry
from annotation.records import Line


def as_text(value: str | float | UnsetType | None) -> str | None:
    """A text or a number as text; None for null and for an absent key."""
    return None if value is None or value is UNSET else str(value)


@dataclass(frozen=True)
class Entry:
    """One thing a line holds; a line of several models' solutions holds several entries."""

    problem: ProblemEntry
    solution: SolutionEntry | None = None
    line: Line | None = None
    """The decoded PRM800K line when it carries a label."""


@dataclass
class Parsed:
    """What a file's line turned into: entries, and the names of keys that were not used."""

    entries: list[Entry]
    ignored: set[str] = field(default_factory=set)
