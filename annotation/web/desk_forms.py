"""What the desk sends, parsed strictly: the page itself never sends anything else."""

import re
from collections.abc import Mapping
from typing import NamedTuple, cast
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import QueryDict

from annotation.labeling import Mark, Marks, Report, Spot, Turn
from annotation.labeling.ending import EarlyEnd
from annotation.labeling.fields import name_of, unsure_name_of
from annotation.labeling.growth import Path
from annotation.ratings import RATINGS, Rating

SPOT = re.compile(r"step-(\d{1,5})(?:-(\d{1,4}))?")
CRITIQUE = re.compile(r"critique-(\d{1,5})-(\d{1,4})")
RATING: Mapping[str, Rating | None] = {"": None} | {str(rating): rating for rating in RATINGS}
TIMES = re.compile(r"(?:\d{1,10}(?:,\d{1,10}){0,9999})?")
EARLY_ENDS = ("", "give_up", "bad_problem")
CHOICE = re.compile(r"(choice|written)-(\d{1,3})")
WAY = re.compile(r"(?:\d{1,4}|written)?")
PATH = re.compile(r"(?:(?:-1|\d{1,4})(?:,(?:-1|\d{1,4})){0,499})?")
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


class SubmitFields(NamedTuple):
    key: UUID | None
    early_end: EarlyEnd | None
    explanation: str
    report: Report | None


def save_fields(post: QueryDict, *, allows_unsure: bool) -> SaveFields:
    return SaveFields(marks_of(post, allows_unsure=allows_unsure), version_of(post), times_of(post))


def submit_fields(post: QueryDict) -> SubmitFields:
    early_end, explanation = post.get("early_end", ""), text_of(post, "explanation")
    require(early_end in EARLY_ENDS, "early_end", "give_up, bad_problem or empty")
    end = cast("EarlyEnd", early_end) if early_end else None
    return SubmitFields(key_of(post), end, explanation, report_of(post))


def grow_fields(post: QueryDict) -> GrowFields:
    path = post.get("path", "")
    require(PATH.fullmatch(path), "path", "numbers with commas between them")
    return GrowFields(turns_of(post), tuple(int(way) for way in path.split(",")) if path else ())


def turns_of(post: QueryDict) -> dict[int, Turn]:
    """The fields `choice-0` (which completion to go on with, or `written`) and `written-0` (the labeler's text).

    A text counts where no completion is chosen, but not at an early end, which leaves the step at hand open. With
    `choice-0` as `written` and no text, the lot chooses again.
    """
    turns = {}
    names = {int(found[2]): None for name in post if (found := CHOICE.fullmatch(name))}
    for step in names:
        choice, text = post.get(f"choice-{step}", ""), tidy(post.get(f"written-{step}", ""))
        require(WAY.fullmatch(choice), f"choice-{step}", "a number, written or empty")
        require(len(text) <= LONGEST_STEP and "\0" not in text, f"written-{step}", f"up to {LONGEST_STEP} long")
        if choice.isdecimal():
            turns[step] = Turn(int(choice))
        elif choice or (text and not post.get("early_end")):
            turns[step] = Turn(None, text)
    return turns


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


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


def report_of(post: QueryDict) -> Report | None:
    """The fields `report-step`, `-progress`, `-category`, `-critique` and `critique-1-0` ... for that step."""
    step = post.get("report-step", "")
    if not step:
        return None
    require(re.fullmatch(r"\d{1,5}", step), "report-step", "a step, counted from 0")
    progress, critique = post.get("report-progress", ""), text_of(post, "report-critique")
    require(re.fullmatch(r"\d?", progress), "report-progress", "a digit or empty")
    return Report(
        step=int(step),
        progress=int(progress) if progress else None,
        category=post.get("report-category") or None,
        critique=critique,
        ratings=critique_ratings(post, int(step)),
    )


def critique_ratings(post: QueryDict, step: int) -> list[Rating | None]:
    given: dict[int, Rating | None] = {}
    for name, value in post.items():
        if (critique := CRITIQUE.fullmatch(name)) and int(critique[1]) == step:
            require(value in RATING, name, "-1, 0, 1 or empty")
            given[int(critique[2])] = RATING[str(value)]
    return [given.get(index) for index in range(max(given, default=-1) + 1)]


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
