"""A solution that grows (PRM800K phase 1): the way that the choices make through what is offered.

The draft keeps marks by (step, completion) and choices by the way that leads to them. So nothing is dropped when
the labeler goes back and chooses differently: what was said on the other way does not count until they return.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from annotation.labeling.fields import name_of, unsure_name_of
from annotation.labeling.spots import Mark, Marks
from annotation.ratings import NEGATIVE, NEUTRAL, POSITIVE, Rating

WRITTEN = -1
"""Stands in a path for a step that the labeler wrote."""

Path = tuple[int, ...]
"""For each step so far which completion the solution went on with."""

# How PRM800K ends a solution; and other forms of an answer, which end it where nothing continues it.
HEADING = re.compile(r"^# Answer\b", re.MULTILINE)
ANSWER = re.compile(r"\\boxed\b|^(?:A: |#### )", re.MULTILINE)


class Candidate(NamedTuple):
    step: int
    parent: int | None
    completion: int
    text: str
    is_leaf: bool

    @property
    def is_end(self) -> bool:
        return is_end(self.text, is_last=self.is_leaf)


class Choice(NamedTuple):
    """As it is stored. A `text` may be kept beside a completion that was preferred to it later."""

    completion: int | None
    text: str
    is_drawn: bool
    version: int
    own: int | None = None
    """As which completion a written step is continued, where a generator does that."""
    is_alone: bool = False
    """Written where nothing was offered: what is offered there later does not count."""

    @property
    def way(self) -> int:
        """As it stands in a path."""
        return WRITTEN if self.completion is None else self.completion

    @property
    def continued(self) -> int | None:
        """Which completion the next step continues."""
        return self.own if self.completion is None else self.completion


class Turn(NamedTuple):
    """What the labeler wants a step to go on with: a completion, or their own text. Neither: as the lot has it."""

    completion: int | None
    text: str = ""
    is_alone: bool = False
    """Whether the labeler saw nothing offered when they wrote the text."""

    def says(self, choice: Choice | None) -> bool:
        """Whether the choice is this one already."""
        if choice is None:
            return self == NO_TURN
        own = self.completion is None and choice.completion is None and self.text == choice.text
        return own or (self.completion is not None and self.completion == choice.completion)


NO_TURN = Turn(None)
Turns = Mapping[int, Turn]
"""By step, counted from 0."""

Offers = Mapping[tuple[int, int | None], Sequence[Candidate]]
"""By step and the completion that is continued."""


@dataclass(frozen=True)
class Option:
    """A completion as the labeler sees it. `position` says which one it is."""

    candidate: Candidate
    mark: Mark
    is_chosen: bool

    @property
    def position(self) -> int:
        return self.candidate.completion

    @property
    def name(self) -> str:
        """Of its field in the page."""
        return name_of(self.candidate.step, self.position, grows=True)

    @property
    def unsure_name(self) -> str:
        return unsure_name_of(self.name)

    @property
    def way(self) -> str:
        return str(self.position)

    @property
    def text(self) -> str:
        return self.candidate.text

    @property
    def rating(self) -> Rating | None:
        return self.mark.rating

    @property
    def unsure(self) -> bool:
        return bool(self.mark.unsure)


@dataclass(frozen=True)
class GrownStep:
    """A step with what is offered for it; `choice` is what the solution goes on with, if that is settled."""

    index: int
    path: Path
    options: list[Option]
    choice: Choice | None
    own_text: str
    """What the labeler wrote for it, used or not."""

    @property
    def title(self) -> str:
        return f"Step {self.index + 1}"

    @property
    def choice_name(self) -> str:
        """Of the field in the page that says what the solution goes on with."""
        return f"choice-{self.index}"

    @property
    def own_name(self) -> str:
        return f"written-{self.index}"

    @property
    def ratings(self) -> dict[int, Rating | None]:
        return {option.position: option.rating for option in self.options}

    @property
    def open_position(self) -> int | None:
        """The first completion that is not rated."""
        return next((option.position for option in self.options if option.rating is None), None)

    @property
    def is_rated(self) -> bool:
        return self.open_position is None

    @property
    def may_be_written(self) -> bool:
        return self.is_rated and POSITIVE not in self.ratings.values()

    @property
    def is_written(self) -> bool:
        return self.choice is not None and self.choice.completion is None

    @property
    def chosen_text(self) -> str:
        chosen = next((option.text for option in self.options if option.is_chosen), "")
        return self.choice.text if self.choice and self.is_written else chosen

    @property
    def chosen_position(self) -> int | None:
        """Where the chosen completion stands among those shown."""
        return next((place for place, option in enumerate(self.options) if option.is_chosen), None)

    @property
    def is_end(self) -> bool:
        if self.choice is None:
            return False
        if self.is_written:
            return is_end(self.choice.text, is_last=True)
        return any(option.is_chosen and option.candidate.is_end for option in self.options)


@dataclass(frozen=True)
class Growth:
    """A solution as far as it has grown: its last step is the open one, unless it `is_done`."""

    steps: list[GrownStep]

    @property
    def last(self) -> GrownStep:
        return self.steps[-1]

    @property
    def is_done(self) -> bool:
        return self.last.is_end

    @property
    def continued(self) -> int | None:
        """Which completion the last step continues; None for the first one, or where that cannot be continued."""
        before = self.steps[-2].choice if len(self.steps) > 1 else None
        return before.continued if before else None

    @property
    def path(self) -> Path:
        return tuple(step.choice.way for step in self.steps if step.choice)

    @property
    def current(self) -> int | None:
        """The step at hand; None when the solution can be submitted."""
        return None if self.is_done else self.last.index

    @property
    def finish_reason(self) -> str | None:
        return "solution" if self.is_done else None


class Draft(NamedTuple):
    marks: Marks
    choices: dict[Path, Choice]


def is_end(text: str, *, is_last: bool) -> bool:
    """Whether the text gives the answer; `is_last`: nothing continues it."""
    return bool(HEADING.search(text) or (is_last and ANSWER.search(text)))


def follow(draft: Draft, offers: Offers) -> Growth:
    """The way through what is offered: step by step along the choices that stand."""
    steps: list[GrownStep] = []
    path: Path = ()
    continued: int | None = None
    while True:
        steps.append(grown_step(path, offers.get((len(path), continued), []), draft))
        choice = steps[-1].choice
        if choice is None or steps[-1].is_end:
            return Growth(steps)
        path, continued = (*path, choice.way), choice.continued


def grown_step(path: Path, candidates: Sequence[Candidate], draft: Draft) -> GrownStep:
    step, found = len(path), draft.choices.get(path)
    candidates = [] if found and found.is_alone else candidates
    marks = [draft.marks.get((step, candidate.completion), Mark(None)) for candidate in candidates]
    ratings = {c.completion: mark.rating for c, mark in zip(candidates, marks, strict=True)}
    choice = found if found and stands(found, ratings) else None
    chosen = choice.completion if choice else None
    options = [
        Option(candidate, mark, candidate.completion == chosen)
        for candidate, mark in zip(candidates, marks, strict=True)
    ]
    return GrownStep(step, path, options, choice, found.text if found else "")


def stands(choice: Choice, ratings: Mapping[int, Rating | None]) -> bool:
    """Whether a choice still holds with these ratings, by completion."""
    if None in ratings.values():
        return False
    if choice.completion is None:
        return POSITIVE not in ratings.values()
    if choice.is_drawn:
        return choice.completion in eligible(ratings)
    return ratings.get(choice.completion, NEGATIVE) != NEGATIVE


def eligible(ratings: Mapping[int, Rating | None]) -> list[int]:
    """Among which completions the lot is cast: the positive ones, else the neutral ones."""
    positive = [completion for completion, rating in ratings.items() if rating == POSITIVE]
    return positive or [completion for completion, rating in ratings.items() if rating == NEUTRAL]


def draw(token: UUID, step: GrownStep) -> int | None:
    """The completion that the lot falls on; None while the step is not rated, settled, or all is negative.

    The lot is cast by a hash of the lease's random `token`, so that whoever asks again gets the same.
    """
    if step.choice is not None or not step.is_rated:
        return None
    return min(eligible(step.ratings), key=lambda completion: lot(token, step.path, completion), default=None)


def lot(token: UUID, path: Path, completion: int) -> bytes:
    """The smallest wins."""
    return sha256(f"{token} {path} {completion}".encode()).digest()
