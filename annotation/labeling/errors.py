"""What can stand against a labeler's wish. Each message is written for the labeler."""

from collections.abc import Sequence

from annotation.labeling.spots import Mark, Spot


class LabelingError(Exception):
    """The base: `code` is for programs, the message for people."""

    code = "refused"


class AlreadySubmitted(LabelingError):
    code = "already_submitted"

    def __init__(self) -> None:
        super().__init__("This solution is submitted; its ratings no longer change.")


class Withdrawn(LabelingError):
    """A manager has ended this labeler's practice or screening, and what was begun of it is gone."""

    code = "withdrawn"

    def __init__(self) -> None:
        super().__init__("This solution was taken back: a manager has decided how you go on.")


class OtherSubmit(LabelingError):
    """A submit with the key of an earlier one, but another content."""

    code = "other_submit"

    def __init__(self) -> None:
        super().__init__("This was submitted before with other ratings; those count.")


class Conflict(LabelingError):
    """Another window or program has stored something else since `version`-dependent marks were made."""

    code = "conflict"

    def __init__(self, version: int, theirs: dict[Spot, Mark]) -> None:
        steps = ", ".join(str(step + 1) for step in sorted({step for step, _ in theirs}))
        super().__init__(f"Another window has a different rating for step {steps}.")
        self.version = version
        self.theirs = theirs


class WrongRating(LabelingError):
    code = "wrong_rating"

    def __init__(self, step: int, length: int, position: int = 0) -> None:
        if position:
            super().__init__(f"Step {step + 1} has no alternative {position}.")
        else:
            super().__init__(f"There is no step {step + 1} in this solution; it has {length} steps.")
        self.spots = [(step, position)]


class NotOffered(LabelingError):
    """`spots` were never put before this labeler, or are no longer: the rest of what was sent may come again."""

    code = "wrong_rating"

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.spots = spots
        self.step = min(step for step, _ in spots)
        super().__init__(f"This is not among what is offered for step {self.step + 1}.")


class WrongChoice(LabelingError):
    """A solution that grows cannot go on like this."""

    code = "wrong_choice"

    def __init__(self, step: int, why: str) -> None:
        super().__init__(f"Step {step + 1}: {why}.")
        self.step = step


class OtherWay(LabelingError):
    """Another window or program made the solution go on differently since the draft's version given."""

    code = "other_way"

    def __init__(self, step: int, version: int) -> None:
        super().__init__(f"Another window went on differently from step {step + 1}.")
        self.step = step
        self.version = version


class Unfinished(LabelingError):
    """A solution that grows has not come to an answer."""

    code = "incomplete"

    def __init__(self, step: int, *, is_rated: bool) -> None:
        what = "has nothing to go on with yet: write it, or give up" if is_rated else "is not rated yet"
        super().__init__(f"Step {step + 1} {what}.")
        self.step = step


class Incomplete(LabelingError):
    code = "incomplete"

    def __init__(self, step: int, position: int = 0) -> None:
        what = f"Alternative {position} for step {step + 1}" if position else f"Step {step + 1}"
        super().__init__(f"{what} is not rated yet.")
        self.step = step


class WrongReport(LabelingError):
    code = "wrong_report"

    def __init__(self, why: str) -> None:
        super().__init__(f"About the error: {why}.")


class ReportIncomplete(LabelingError):
    code = "report_incomplete"

    def __init__(self, step: int, what: str) -> None:
        super().__init__(f"Still to say about the error in step {step + 1}: {what}.")
        self.step = step


class NoReason(LabelingError):
    code = "no_reason"

    def __init__(self) -> None:
        super().__init__("Say in a few words why, so that a researcher can learn from it.")
