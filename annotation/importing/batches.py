"""One batch of parsed lines into the tables, whole."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from annotation.corpus.problems import Problems
from annotation.corpus.queueing import queue
from annotation.corpus.solutions import Located, Solutions
from annotation.corpus.turns import take_turn
from annotation.importing.entries import Entry
from annotation.importing.history import History, PastAnnotation, made_here
from annotation.models import Project
from annotation.records import moment_of


@dataclass
class ParsedLine:
    number: int
    entries: list[Entry]


class OfLine(NamedTuple):
    """A solution in a line."""

    line: int
    entry: Entry
    located: Located


@dataclass
class Refused:
    line: int
    field: str
    reason: str


@dataclass
class Written:
    """What was new in a batch."""

    problems: int = 0
    """New statements; `restated` ones were there with another reference."""
    restated: int = 0
    solutions: int = 0
    annotations: int = 0
    unchanged: int = 0


def write(
    project: Project, lines: Sequence[ParsedLine], refused: list[Refused], *, for_pool: bool = False
) -> Written:
    """Write the batch; call it in a transaction. Lines that refer to nothing are added to `refused`.

    Batches of one project are written one after the other, so that two files that hold the same lines,
    loaded at the same moment, give each line once.
    """
    with connection.cursor() as cursor:
        take_turn(cursor, project)
        return write_locked(cursor, project, lines, refused, for_pool=for_pool)


def write_locked(
    cursor: CursorWrapper,
    project: Project,
    lines: Sequence[ParsedLine],
    refused: list[Refused],
    *,
    for_pool: bool,
) -> Written:
    all_lines, refused_before = len(lines), len(refused)
    lines = not_made_here(project, lines)
    problems = Problems(cursor, project)
    problems.resolve(entry.problem for line in lines for entry in line.entries)
    lines = [line for line in lines if has_problem(line, problems, refused)]
    found = [one for line in lines for one in locate(line, problems)]
    solutions = Solutions(cursor, project)
    solutions.resolve([one.located for one in found])
    if not for_pool:
        queue(cursor, project, waiting(found, solutions), solutions.added)
    past = {
        one.line: PastAnnotation.of(one.entry.line, solutions.ids[one.located.digest])
        for one in found
        if one.entry.line
    }
    annotations = History(cursor, project).add(list(past.values()))
    fresh = first_lines(((e.problem, line.number) for line in lines for e in line.entries), problems.added)
    fresh |= first_lines(((one.located.digest, one.line) for one in found), solutions.added)
    fresh |= first_lines(((one.digest, line) for line, one in past.items()), annotations)
    return Written(
        problems=len(problems.added) - problems.restated,
        restated=problems.restated,
        solutions=len(solutions.added),
        annotations=len(annotations),
        unchanged=all_lines - (len(refused) - refused_before) - len(fresh),
    )


def not_made_here(project: Project, lines: Sequence[ParsedLine]) -> list[ParsedLine]:
    """Without the annotations that were made in this project, exported, and now come back."""
    labeled = [entry.line for line in lines for entry in line.entries if entry.line is not None]
    own = made_here(project, labeled) if labeled else set()
    return [line for line in lines if not own or not any(is_own(entry, own) for entry in line.entries)]


def is_own(entry: Entry, own: set[tuple[UUID, datetime]]) -> bool:
    return entry.line is not None and (entry.line.labeler, moment_of(entry.line)) in own


def first_lines(keyed: Iterable[tuple[Any, int]], new: Container[Any]) -> set[int]:
    """The line numbers at which the new keys stand first."""
    first: dict[Any, int] = {}
    for key, number in keyed:
        if key in new:
            first.setdefault(key, number)
    return set(first.values())


def has_problem(line: ParsedLine, problems: Problems, refused: list[Refused]) -> bool:
    """Whether all problems of the line are there; a line without is refused."""
    for entry in line.entries:
        if entry.problem not in problems.ids:
            name = entry.problem.external_id
            reason = f"no problem {name!r} is loaded in this project; load the problems first"
            refused.append(Refused(line.number, "problem_id", reason))
            return False
    return True


def locate(line: ParsedLine, problems: Problems) -> Iterator[OfLine]:
    for entry in line.entries:
        if entry.solution is not None:
            yield OfLine(line.number, entry, Located.at(problems.ids[entry.problem], entry.solution))


def waiting(found: Sequence[OfLine], solutions: Solutions) -> list[Located]:
    """The new solutions that come without any label, each once, in the order of the file."""
    labeled = {one.located.digest for one in found if one.entry.line is not None}
    new = {one.located.digest: one.located for one in reversed(found) if one.located.digest in solutions.added}
    return [one for one in reversed(new.values()) if one.digest not in labeled]
