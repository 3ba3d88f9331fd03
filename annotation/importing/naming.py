"""How a line names its problem, by text or by id."""

import msgspec

from annotation.corpus.entries import ProblemEntry
from annotation.importing.entries import as_text
from annotation.records import RecordError


class WithProblem(msgspec.Struct):
    problem: str | None = None
    problem_id: str | int | None = None
    ground_truth_answer: str | int | float | None = None
    ground_truth_solution: str | None = None


def problem_of(line: WithProblem) -> ProblemEntry:
    """Raises `RecordError` when the line names none."""
    if line.problem is not None and not line.problem.strip():
        raise RecordError("problem", "empty")
    if line.problem is None and line.problem_id is None:
        raise RecordError("problem", "missing, and there is no problem_id either")
    return ProblemEntry(
        text=line.problem,
        external_id=first_id(line.problem_id),
        answer=as_text(line.ground_truth_answer),
        solution=line.ground_truth_solution,
        is_complete=line.ground_truth_answer is not None or line.ground_truth_solution is not None,
    )


def first_id(*ids: str | int | None) -> str | None:
    return next((as_text(value) for value in ids if value is not None), None)
