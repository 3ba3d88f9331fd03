"""Solutions as generic JSONL.

A line has `problem` (its text) or `problem_id`; `steps` (a list) or `solution` (steps divided by newlines);
and may have `answer, score, generator, solution_id, is_correct, ground_truth_answer, ground_truth_solution`, and
`alternatives` and `critiques` (for each step a list of other texts that could stand there, or of texts that say
what is wrong with it; both are rated after a first error).
"""

import msgspec

from annotation.corpus.entries import SolutionEntry
from annotation.importing.entries import Entry, Parsed, as_text
from annotation.importing.naming import WithProblem, first_id, problem_of
from annotation.records import MAX_COMPLETIONS, RecordError


class SolutionLine(WithProblem):
    steps: list[str] | None = None
    alternatives: list[list[str]] | None = None
    critiques: list[list[str]] | None = None
    solution: str | None = None
    answer: str | int | float | None = None
    score: float | None = None
    generator: str | None = None
    solution_id: str | int | None = None
    id: str | int | None = None
    is_correct: bool | None = None


decoder = msgspec.json.Decoder(SolutionLine)
KEYS = set(SolutionLine.__struct_fields__)
TELLING = {"generator", "score", "problem_id", "solution_id", "is_correct", "ground_truth_answer"}


def matches(keys: dict[str, msgspec.Raw]) -> bool:
    has_problem = "problem" in keys or "problem_id" in keys
    return has_problem and ("steps" in keys or ("solution" in keys and not TELLING.isdisjoint(keys)))


def parse(text: bytes) -> Parsed:
    line = decoder.decode(text)
    problem = problem_of(line)
    solution = SolutionEntry(
        completions=completions_of(line),
        external_id=first_id(line.solution_id, line.id),
        answer=as_text(line.answer),
        score=line.score,
        generator=line.generator,
        is_correct=line.is_correct,
        is_one_text=line.steps is None,
        critiques=by_step(line, "critiques", line.critiques) or [],
    )
    return Parsed([Entry(problem, solution)])


def completions_of(line: SolutionLine) -> list[list[str]]:
    """For each step its own text and the alternatives."""
    steps = steps_of(line)
    alternatives = by_step(line, "alternatives", line.alternatives)
    if alternatives is None:
        return [[step] for step in steps]
    return [[step, *others] for step, others in zip(steps, alternatives, strict=True)]


def by_step(line: SolutionLine, field: str, given: list[list[str]] | None) -> list[list[str]] | None:
    """A list of texts for each step."""
    if given is None:
        return None
    if line.steps is None:
        raise RecordError(field, "given without steps; they belong to steps")
    if len(given) != len(line.steps):
        raise RecordError(field, f"{len(given)} lists for {len(line.steps)} steps; give one for each")
    for index, texts in enumerate(given):
        if len(texts) >= MAX_COMPLETIONS:
            raise RecordError(
                f"{field}[{index}]", f"{len(texts)} texts; fewer than {MAX_COMPLETIONS} can be rated"
            )
        if not all(text.strip() for text in texts):
            raise RecordError(f"{field}[{index}]", "an empty text; it needs text to be rated")
    return given


def steps_of(line: SolutionLine) -> list[str]:
    """The steps. A step in a list may hold newlines; a solution in one text is cut at them."""
    if line.steps is not None and line.solution is not None:
        raise RecordError("solution", "given beside steps; give one of the two")
    if line.steps is None and line.solution is None:
        raise RecordError("steps", "missing, and there is no solution either")
    steps = line.steps if line.steps is not None else split_lines(line.solution or "")
    field = "steps" if line.steps is not None else "solution"
    if not steps:
        raise RecordError(field, "holds no step")
    for index, step in enumerate(steps):
        if not step.strip():
            raise RecordError(f"steps[{index}]", "empty; a step needs text to be rated")
    return steps


def split_lines(solution: str) -> list[str]:
    return [line.strip() for line in solution.split("\n") if line.strip()]
