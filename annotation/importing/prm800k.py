"""PRM800K lines of both phases: with a label they are history, without one they wait for labelers.

Source of the shape: openai/prm800k, README and released rows; `annotation.records` is its typed form.
"""

import msgspec
from msgspec import UNSET

from annotation.corpus.entries import ProblemEntry, SolutionEntry
from annotation.importing.entries import Entry, Parsed, as_text
from annotation.records import Line, Question, validate

decoder = msgspec.json.Decoder(Line)


def matches(keys: dict[str, msgspec.Raw]) -> bool:
    return "question" in keys and bytes(keys["question"]).startswith(b"{")


def parse(text: bytes) -> Parsed:
    line = decoder.decode(text)
    validate(line)
    has_label = line.label is not UNSET
    ignored = set() if line.stepmark is UNSET else {"stepmark"}
    line.stepmark = UNSET  # with it or without it, it is the same line
    entry = Entry(problem_of(line), solution_of(line), line if has_label else None)
    return Parsed([entry], ignored)


def problem_of(line: Line) -> ProblemEntry:
    question = line.question
    return ProblemEntry(
        text=question.problem,
        external_id=as_text(line.problem_id),
        answer=question.ground_truth_answer,
        solution=as_text(question.ground_truth_solution),
    )


def solution_of(line: Line) -> SolutionEntry:
    question = line.question
    score = question.pre_generated_verifier_score
    return SolutionEntry(
        completions=completions_of(line, question),
        external_id=as_text(line.solution_id),
        pre_generated=question.pre_generated_steps is not UNSET,
        answer=as_text(question.pre_generated_answer),
        score=None if score is UNSET else score,
        generation=None if line.generation is UNSET else line.generation,
        is_quality_control=line.is_quality_control_question is True,
        is_screening=line.is_initial_screening_question is True,
    )


def completions_of(line: Line, question: Question) -> list[list[str]]:
    """The own steps of a pre-generated solution; of a phase 1 solution everything that was offered."""
    if question.pre_generated_steps is not UNSET:
        return [[step] for step in question.pre_generated_steps]
    steps = [] if line.label is UNSET else line.label.steps
    return [[completion.text for completion in step.completions or []] for step in steps]
