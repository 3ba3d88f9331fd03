"""One PRM800K line as a typed record: decode, encode, validate.

The shape, its order of keys and its irregularities are those of the released files (openai/prm800k). A key
that may be absent is `UNSET`, which is not null: phase 1 lines lack the keys of pre-generated solutions, and
lines that wait for labels lack everything but the question.
"""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from annotation.ratings import Rating

MAX_STEPS = 1_000
"""Of a solution: a page with more is not answered within a second any more."""
MAX_COMPLETIONS = 1_000
GENERATIONS = range(-1, 32_768)
MAX_MILLISECONDS = 10**15


class RecordError(ValueError):
    """A line that cannot be taken in: which field of it, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Record(msgspec.Struct, forbid_unknown_fields=True):
    """The base of all parts of a line: a key that PRM800K does not know is refused, not lost in silence."""


class RatedCompletion(Record):
    text: str
    rating: Rating | None = None
    flagged: bool | None = None


class WrittenStep(Record):
    """A step written by the labeler."""

    text: str
    rating: Rating | None = None
    source: Literal["human"] = "human"
    flagged: bool | None = None
    corrected_rating: Rating | None | UnsetType = UNSET


class RatedStep(Record):
    completions: list[RatedCompletion] | None = None
    human_completion: WrittenStep | str | None = None
    chosen_completion: int | None = None


class Label(Record):
    steps: list[RatedStep]
    total_time: int
    finish_reason: Literal["solution", "found_error", "bad_problem", "give_up"]


class Question(Record):
    problem: str
    ground_truth_solution: str | None | UnsetType = UNSET
    ground_truth_answer: str | None = None
    pre_generated_steps: list[str] | UnsetType = UNSET
    pre_generated_answer: str | None | UnsetType = UNSET
    pre_generated_verifier_score: float | None | UnsetType = UNSET


class Line(Record, kw_only=True):
    """A whole line. Lines that wait for labels have the last two keys, which released rows do not have."""

    labeler: UUID | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    generation: int | None | UnsetType = UNSET
    is_quality_control_question: bool | UnsetType = UNSET
    is_initial_screening_question: bool | UnsetType = UNSET
    question: Question
    label: Label | UnsetType = UNSET
    problem_id: str | int | UnsetType = UNSET
    solution_id: str | int | UnsetType = UNSET
    stepmark: msgspec.Raw | UnsetType = UNSET
    """What our own export adds when asked; it is not loaded."""


ALWAYS_WITH_LABEL = (
    "labeler",
    "timestamp",
    "generation",
    "is_quality_control_question",
    "is_initial_screening_question",
)


def validate(line: Line) -> None:
    """Check what the types cannot say.

    Raises `RecordError` with the field as a path from the line (`label.steps[3].chosen_completion`).
    """
    question = line.question
    if isinstance(line.generation, int):
        require(line.generation in GENERATIONS, "generation", f"{line.generation} is out of range")
    if question.pre_generated_steps is not UNSET:
        require(len(question.pre_generated_steps) > 0, "question.pre_generated_steps", "no steps")
        require(len(question.pre_generated_steps) <= MAX_STEPS, "question.pre_generated_steps", "too many steps")
    if line.label is UNSET:
        require(
            question.pre_generated_steps is not UNSET,
            "question.pre_generated_steps",
            "missing, and there is no label either: nothing to rate and nothing rated",
        )
        return
    for name in ALWAYS_WITH_LABEL:
        require(getattr(line, name) is not UNSET, name, "missing in a line with a label")
    moment_of(line)
    in_time = 0 <= line.label.total_time <= MAX_MILLISECONDS
    require(in_time, "label.total_time", f"{line.label.total_time} is no count of milliseconds")
    require(len(line.label.steps) <= MAX_STEPS, "label.steps", "too many steps")
    if question.pre_generated_steps is not UNSET:
        require(
            len(line.label.steps) <= len(question.pre_generated_steps),
            "label.steps",
            f"{len(line.label.steps)} steps are labeled, but {len(question.pre_generated_steps)} were generated",
        )
    for index, step in enumerate(line.label.steps):
        validate_step(step, f"label.steps[{index}]")


def validate_step(step: RatedStep, field: str) -> None:
    offered = len(step.completions or [])
    require(offered <= MAX_COMPLETIONS, f"{field}.completions", "too many completions")
    chosen = step.chosen_completion
    if chosen is not None:
        where = f"{field}.chosen_completion"
        require(0 <= chosen < offered, where, f"{chosen}, but there are {offered} completions")


def moment_of(line: Line) -> datetime:
    """When a labeled line was labeled; PRM800K writes UTC without a zone. Raises `RecordError`."""
    try:
        moment = datetime.fromisoformat(str(line.timestamp))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RecordError("timestamp", f"{line.timestamp!r} is no ISO 8601 time") from error


def require(condition: bool, field: str, reason: str) -> None:  # noqa: FBT001
    if not condition:
        raise RecordError(field, reason)
