"""What the desk sends, parsed strictly: the page itself never sends anything else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import QueryDict

from annotation.labeling import Amendment, Mark, Marks, Spot, Turn
from annotation.labeling.ending import EarlyEnd
from annotation.labeling.fields import name_of, unsure_name_of
from annotation.labeling.growth import Path
from annotation.ratings import RATINGS, Rating
from annotation.records import MAX_STEPS

SPOT = re.compile(r"step-(\d{1,5})(?:-(\d{1,4}))?")
CRITIQUE = re.compile(r"critique-(\d{1,5})-(\d{1,4})")
RATING: Mapping[str, Rating | None] = {"": None} | {str(rating): rating for rating in RATINGS}
TIMES = re.compile(rf"(?:\d{{1,10}}(?:,\d{{1,10}}){{0,{MAX_STEPS - 1}}})?")
EARLY_ENDS = ("", "give_up", "bad_problem")
CHOICE = re.compile(r"(choice|written)-(\d{1,3})")
WAY = re.compile(r"(?:\d{1,4}|written)?")
PATH = re.compile(r"(?:(?:-1|\d{1,4})(?:,(?:-1|\d{1,4})){0,499})?")
STEPS = re.compile(r"(?:\d{1,3}(?:,\d{1,3}){0,499})?")
LONGEST = 2000
LONGEST_STEP = 10_000


class SaveFields(NamedTuple):
    marks: dict[Spot, Mark]
    base: int | None
    step_ms: list[int]


class GrowFields(NamedTuple):
    turns: dict[int, Turn]
    path: Path
    """What the solution in the page goes on with so far."""
    again: int | None
    """From which step on the page wants to have the solution once more."""


class SubmitFields(NamedTuple):
    key: UUID | None
    early_end: EarlyEnd | None
    explanation: str


@dataclass(frozen=True)
class Unkept:
    """What a form had in it that is not on the server."""

    explanation: str = ""
    texts: Mapping[int, str] = field(default_factory=dict)
    """Of the labeler's own, by step."""
    amendment: Amendment = field(default_factory=Amendment)

    def __bool__(self) -> bool:
        return bool(self.explanation.strip() or self.texts or self.amendment)


def save_fields(post: QueryDict, *, allows_unsure: bool) -> SaveFields:
    return SaveFields(marks_of(post, allows_unsure=allows_unsure), version_of(post), times_of(post))


def submit_fields(post: QueryDict) -> SubmitFields:
    early_end, explanation = post.get("early_end", ""), text_of(post, "explanation")
    require(early_end in EARLY_ENDS, "early_end", "give_up, bad_problem or empty")
    end = cast("EarlyEnd", early_end) if early_end else None
    return SubmitFields(key_of(post), end, explanation)


def grow_fields(post: QueryDict) -> GrowFields:
    path = post.get("path", "")
    require(PATH.fullmatch(path), "path", "numbers with commas between them")
    again = post.get("again", "")
    require(re.fullmatch(r"\d{0,3}", again), "again", "a step, counted from 0")
    ways = tuple(int(way) for way in path.split(",")) if path else ()
    return GrowFields(turns_of(post), ways, int(again) if again else None)


def turns_of(post: QueryDict) -> dict[int, Turn]:
    """The fields `choice-0` (which completion to go on with, or `written`) and `written-0` (the labeler's text).

    A text counts where no completion is chosen, but not at an early end, which leaves the step at hand open. With
    `choice-0` as `written` and no text, the lot chooses again. `alone` has the steps for which nothing is offered
    in the page.
    """
    turns = {}
    alone = post.get("alone", "")
    require(STEPS.fullmatch(alone), "alone", "steps with commas between them")
    names = {int(found[2]): None for name in post if (found := CHOICE.fullmatch(name))}
    for step in names:
        choice, text = post.get(f"choice-{step}", ""), own_text(post, step)
        require(WAY.fullmatch(choice), f"choice-{step}", "a number, written or empty")
        if choice.isdecimal():
            turns[step] = Turn(int(choice))
        elif choice or (text and not post.get("early_end")):
            turns[step] = Turn(None, text, is_alone=bool(text) and str(step) in alone.split(","))
    return turns


def texts_of(post: QueryDict) -> dict[int, str]:
    """The steps that the labeler has written, used or not."""
    names = [found for name in post if (found := CHOICE.fullmatch(name)) and found[1] == "written"]
    return {int(name[2]): text for name in names if (text := own_text(post, int(name[2])))}


def own_text(post: QueryDict, step: int) -> str:
    text = post.get(f"written-{step}", "").replace("\r\n", "\n").strip()
    require(len(text) <= LONGEST_STEP and "\0" not in text, f"written-{step}", f"up to {LONGEST_STEP} long")
    return text


def marks_of(post: QueryDict, *, allows_unsure: bool) -> dict[Spot, Mark]:
    """The fields `step-0`, `step-1` ... and, for alternatives, `step-1-2` as marks.

    An empty one takes a rating back; `unsure-1` says that the labeler is unsure of `step-1`.
    """
    marks = {}
    for name, value in post.items():
        if spot := SPOT.fullmatch(name):
            require(value in RATING, name, "-1, 0, 1 or empty")
            unsure = post.get(unsure_name_of(name)) == "on" if allows_unsure else None
            marks[int(spot[1]), int(spot[2] or 0)] = Mark(RATING[str(value)], unsure)
    return marks


def fields_of(marks: Marks, *, grows: bool) -> dict[str, dict[str, object]]:
    """Marks under the names of their fields, for the page to take over."""
    return {
        name_of(step, position, grows=grows): {
            "rating": "" if mark.rating is None else str(mark.rating),
            "unsure": bool(mark.unsure),
        }
        for (step, position), mark in marks.items()
    }


def amendment_of(post: QueryDict) -> Amendment:
    """The fields `report-progress`, `-category`, `-critique` and `critique-1-0` ...: what is not there stays."""
    said: dict[str, Any] = {}
    progress = post.get("report-progress", "")
    require(re.fullmatch(r"\d?", progress), "report-progress", "a digit or empty")
    if progress:
        said["progress"] = int(progress)
    if category := post.get("report-category", ""):
        said["category"] = category
    if "report-critique" in post:
        said["critique"] = text_of(post, "report-critique")
    return Amendment(said, critique_ratings(post))


def critique_ratings(post: QueryDict) -> dict[tuple[int, int], Rating | None]:
    given: dict[tuple[int, int], Rating | None] = {}
    for name, value in post.items():
        if critique := CRITIQUE.fullmatch(name):
            require(value in RATING, name, "-1, 0, 1 or empty")
            given[int(critique[1]), int(critique[2])] = RATING[str(value)]
    return given


def text_of(post: QueryDict, name: str) -> str:
    text = post.get(name, "").replace("\r\n", "\n")
    require(len(text) <= LONGEST and "\0" not in text, name, f"a text up to {LONGEST} long")
    return text


def version_of(post: QueryDict) -> int | None:
    version = post.get("version", "")
    require(re.fullmatch(r"\d{0,9}", version), "version", "a count")
    return int(version) if version else None


def times_of(post: QueryDict) -> list[int]:
    times = post.get("times", "")
    require(TIMES.fullmatch(times), "times", "milliseconds with commas between them")
    return [int(ms) for ms in times.split(",")] if times else []


def key_of(post: QueryDict) -> UUID | None:
    key = post.get("key", "")
    try:
        return UUID(key) if key else None
    except ValueError as error:
        raise BadRequest("key must be a UUID") from error


def require(condition: object, name: str, what: str) -> None:
    if not condition:
        raise BadRequest(f"{name} must be {what}")
