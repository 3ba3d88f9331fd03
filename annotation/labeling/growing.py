"""The desk's acts on a solution that grows: rating what is offered, choosing what it goes on with, handing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from annotation.labeling import door, drafting, submission
from annotation.labeling.continuing import Awaited, ask_ahead, awaited_in, kept_own, may_come
from annotation.labeling.ending import EarlyEnd
from annotation.labeling.errors import AlreadySubmitted, NoReason, NotOffered, OtherWay, Unfinished, WrongChoice
from annotation.labeling.growth import NO_TURN, Choice, GrownStep, Growth, Path, Turn, Turns, draw, follow
from annotation.labeling.leasing import NO_HOLD, Hold
from annotation.labeling.marks import are_stored, check_conflicts, stored_marks
from annotation.labeling.offers import draft_of, growth_of, offered
from annotation.labeling.rows import run
from annotation.labeling.shown import never_shown
from annotation.labeling.spots import Mark, Marks, Spot
from annotation.labeling.submission import Handed, Submitted
from annotation.models import MOST_GROWN, Lease
from annotation.ratings import NEGATIVE

CHOOSE = """
    INSERT INTO annotation_choice (annotation_id, path, completion, text, own, is_alone, is_drawn, version)
    VALUES (%(annotation)s, %(path)s::smallint[], %(completion)s, %(text)s, %(own)s, %(is_alone)s, %(is_drawn)s,
            %(version)s)
    ON CONFLICT (annotation_id, path) DO UPDATE
    SET completion = EXCLUDED.completion, own = EXCLUDED.own, is_alone = EXCLUDED.is_alone,
        is_drawn = EXCLUDED.is_drawn, version = EXCLUDED.version,
        text = CASE WHEN EXCLUDED.text = '' THEN annotation_choice.text ELSE EXCLUDED.text END
"""
FORGET = "DELETE FROM annotation_choice WHERE annotation_id = %(annotation)s AND path = %(path)s::smallint[]"

# What only a solution that grows leaves behind: labels under the places where they stood, and written steps.
CLEAR = "DELETE FROM annotation_steplabel WHERE annotation_id = %(annotation)s"
WRITE_STEPS = """
    WITH written AS (
        INSERT INTO annotation_humancompletion
            (annotation_id, step, text, flagged, has_corrected_rating, is_plain_text)
        SELECT %(annotation)s, step, text, false, false, false
        FROM unnest(%(steps)s::smallint[], %(texts)s::text[]) AS t (step, text)
    )
    UPDATE annotation_annotation SET empty_steps = %(empty)s::smallint[] WHERE id = %(annotation)s
"""


class Grown(NamedTuple):
    """The draft after a save."""

    version: int
    hold: Hold
    others: dict[Spot, Mark]
    """What other windows have stored since the version the save started from."""
    growth: Growth
    awaited: Awaited | None = None
    """As in `GrowingDesk`."""
    is_asked: bool = False
    """Whether a generator has something to do, for now or for what comes next."""


@dataclass(frozen=True)
class GrowingDesk:
    """One leased solution as far as it has grown. The reference solution is not in here."""

    lease: Lease
    growing: Growth

    awaited: Awaited | None = None
    """What a generator was asked for, where nothing is offered for the open step."""

    @property
    def waits(self) -> bool:
        """Whether some of it may still come."""
        return may_come(self.awaited)

    asks = None
    """Nothing is asked about errors here."""

    @property
    def steps(self) -> tuple[()]:
        """There are no fixed ones."""
        return ()

    @property
    def current(self) -> int | None:
        return self.growing.current

    @property
    def finish_reason(self) -> str | None:
        return self.growing.finish_reason


def growing_desk_of(lease: Lease) -> GrowingDesk:
    """The desk as it stands. A lot may be due, as when the project shows fewer completions from now on."""
    return desk_with(lease, growth_of(lease))


def desk_with(lease: Lease, growth: Growth) -> GrowingDesk:
    """With the next step asked for, where it is not there and a generator can be asked."""
    return GrowingDesk(lease, growth, awaited_in(lease, growth))


def lease_next(*, labeler: int, opened: bool = True) -> Lease | None:
    """As `door.lease_next`; casts the lot where one is due in a solution that was begun."""
    lease = door.lease_next(labeler=labeler, opened=opened)
    return cast_due(lease) if lease is not None and lease.grows and lease.version else lease


def cast_due(lease: Lease) -> Lease:
    if draw(lease.token, growth_of(lease).last) is None:
        return lease
    return lease._replace(version=grow(lease=lease, marks={}, turns={}).version)


@transaction.atomic
def grow(
    *, lease: Lease, marks: Marks, turns: Turns, base: int | None = None, step_ms: Sequence[int] = ()
) -> Grown:
    """Keep marks and turns in the draft, cast lots where all is rated, and renew the lease.

    A step whose completions are all rated goes on with one drawn among the positive ones, else the neutral ones,
    unless the labeler chose another that is not negative, or, when none is positive, wrote the step. Saving the
    same again changes nothing; `base`, `step_ms` and late saves are as in `drafting.save`. Locks the annotation.
    Raises `NotOffered`, `WrongChoice`, `Conflict`, `OtherWay` and `AlreadySubmitted`.
    """
    submitted_at, version = drafting.lock(lease)
    marks = {spot: Mark(mark.rating, bool(mark.unsure)) for spot, mark in marks.items()}
    stored, offers = stored_marks(lease), offered(lease)
    before = follow(draft_of(lease, stored), offers)
    if submitted_at is not None:
        if are_stored(marks, stored) and all(turn.says(choice_at(before, step)) for step, turn in turns.items()):
            return Grown(version, NO_HOLD, {}, before)
        raise AlreadySubmitted
    new = {step: turn for step, turn in turns.items() if not turn.says(choice_at(before, step))}
    check_offered(lease, marks)
    check_ways(before, new, base, version)
    others = check_conflicts(marks, stored, base, version)
    saved = drafting.write(lease, marks, None, step_ms)
    assert saved is not None
    for step in sorted(new):
        take(lease, settled(lease, saved.version), step, new[step], saved.version)
    growth = settled(lease, saved.version)
    awaited, ahead = awaited_in(lease, growth), ask_ahead(lease, growth)
    is_asked = may_come(awaited) or may_come(ahead)
    return Grown(saved.version, saved.hold, others, growth, awaited, is_asked)


def choice_at(growth: Growth, step: int) -> Choice | None:
    return growth.steps[step].choice if step < len(growth.steps) else None


def check_offered(lease: Lease, marks: Marks) -> None:
    """Raises `NotOffered` for a completion that was never put before this labeler."""
    if unknown := never_shown(lease, marks):
        raise NotOffered(unknown)


def check_ways(growth: Growth, turns: Turns, base: int | None, version: int) -> None:
    """Raises `OtherWay` when the solution went on differently since `base`, up to a step that is to turn."""
    if base is None or base >= version or not turns:
        return
    for step in growth.steps[: max(turns) + 1]:
        choice = step.choice
        is_overruled = choice is not None and choice.is_drawn and step.index in turns
        if choice is not None and choice.version > base and not is_overruled:
            raise OtherWay(step.index, version)


def take(lease: Lease, growth: Growth, step: int, turn: Turn, version: int) -> None:
    """Turn the way at this step. Raises `WrongChoice`."""
    if step >= len(growth.steps) or step >= MOST_GROWN - 1:
        raise WrongChoice(step, "the solution has not come so far")
    at = growth.steps[step]
    if turn == NO_TURN:
        run(FORGET, {"annotation": lease.annotation, "path": list(at.path)})
        return
    is_alone = was_alone(lease, turn, at)
    if not at.is_rated and not is_alone:
        raise WrongChoice(step, "rate all that is offered for it first")
    if turn.completion is None and not (at.may_be_written or is_alone):
        raise WrongChoice(step, "one of its completions is positive, so it is not yours to write")
    if turn.completion is not None and at.ratings.get(turn.completion, NEGATIVE) == NEGATIVE:
        raise WrongChoice(step, "it cannot go on with a completion that is negative or not offered")
    own = kept_own(lease, growth, step, turn.text) if turn.completion is None else None
    choose(lease, at.path, turn, own=own, is_alone=is_alone, is_drawn=False, version=version)


def settled(lease: Lease, version: int) -> Growth:
    """The growth, after casting lots wherever all is rated and nothing chosen."""
    draft = draft_of(lease, stored_marks(lease))
    while True:
        growth = follow(draft, offered(lease))
        last, drawn = growth.last, draw(lease.token, growth.last)
        if drawn is None or len(growth.steps) >= MOST_GROWN:
            return growth
        choose(lease, last.path, Turn(drawn), is_drawn=True, version=version)
        draft.choices[last.path] = Choice(drawn, last.own_text, is_drawn=True, version=version)


def was_alone(lease: Lease, turn: Turn, at: GrownStep) -> bool:
    """Whether the labeler wrote the step where nothing was offered: nothing is, or a generator was slower."""
    came_late = turn.is_alone and lease.has_writer and set(at.ratings.values()) == {None}
    return turn.completion is None and (not at.options or came_late)


def choose(
    lease: Lease,
    path: Path,
    turn: Turn,
    *,
    is_drawn: bool,
    version: int,
    own: int | None = None,
    is_alone: bool = False,
) -> None:
    values = {"annotation": lease.annotation, "path": list(path), "is_drawn": is_drawn, "version": version}
    values |= {"own": own, "is_alone": is_alone}
    run(CHOOSE, {**values, "completion": turn.completion, "text": turn.text})


@transaction.atomic
def hand_in(
    *,
    lease: Lease,
    marks: Marks,
    turns: Turns,
    base: int | None = None,
    key: UUID | None = None,
    early_end: EarlyEnd | None = None,
    explanation: str = "",
    step_ms: Sequence[int] = (),
) -> Submitted:
    """Keep the marks and turns given along with those saved before, and hand the annotation in.

    It ends as `solution` when the way has come to an answer, or early with a reason; then the step at hand is part
    of it, rated or not, as in PRM800K. What was said on other ways goes. All else is as in `submission.submit`.
    Raises what `grow` raises, `Unfinished` and `NoReason`.
    """
    handed = Handed(marks, base, key, early_end, explanation.strip(), step_ms, turns=sorted(turns.items()))
    stored = submission.read(lease, submission.LOCK)
    if isinstance(stored, submission.Earlier):
        return stored.again(handed)
    if early_end and not handed.explanation:
        raise NoReason
    grown = grow(lease=lease, marks=marks, turns=turns, base=base)
    growth = grown.growth
    reason = early_end or growth.finish_reason
    if reason is None:
        raise Unfinished(growth.last.index, is_rated=growth.last.is_rated)
    run(CLEAR, {"annotation": lease.annotation})
    run(WRITE_STEPS, written_steps(lease, growth.steps))
    values = {"chosen": [step.chosen_position for step in growth.steps], **labels_of(growth.steps)}
    submitted = submission.finish(lease, stored._replace(version=grown.version), handed, reason, values)
    assert submitted is not None
    return submitted


def written_steps(lease: Lease, steps: Sequence[GrownStep]) -> dict[str, object]:
    """The values of `WRITE_STEPS`. A written step for which nothing was offered has no completions, but a list."""
    written = [step for step in steps if step.is_written]
    return {
        "annotation": lease.annotation,
        "steps": [step.index for step in written],
        "texts": [step.chosen_text for step in written],
        "empty": [step.index for step in written if not step.options],
    }


def labels_of(steps: Sequence[GrownStep]) -> dict[str, list[object]]:
    """The values of `GIVEN`: all that was offered on the way, each under the place where it stood."""
    rows = [(step.index, place, option) for step in steps for place, option in enumerate(step.options)]
    return {
        "steps": [step for step, _, _ in rows],
        "positions": [place for _, place, _ in rows],
        "completions": [option.position for _, _, option in rows],
        "ratings": [option.rating for _, _, option in rows],
        "flags": [option.unsure for _, _, option in rows],
    }
