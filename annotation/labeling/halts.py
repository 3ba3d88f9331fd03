"""What a labeler has to see to before the next solution."""

from datetime import datetime

from annotation.labeling.errors import LabelingError


class Halt(LabelingError):
    """The base: what stands before the next solution."""


class GuidelineChanged(Halt):
    """`guideline` is the id of the version to be read first."""

    code = "guideline_changed"

    def __init__(self, guideline: int) -> None:
        super().__init__("Read the instructions first: there is a version that you have not seen yet.")
        self.guideline = guideline


class ScreeningFailed(Halt):
    """`until` is when the next try is possible; None when there is none left."""

    code = "screening_failed"

    def __init__(self, until: datetime | None) -> None:
        when = f"You can try again from {until:%d %B %Y, %H:%M} UTC on." if until else "There is no further try."
        super().__init__(f"Your ratings in the screening agreed too little with those of the experts. {when}")
        self.until = until


class TurnedDown(Halt):
    code = "turned_down"

    def __init__(self) -> None:
        super().__init__("A manager of this project has decided that you do not label in it.")


class Paused(Halt):
    code = "paused"

    def __init__(self) -> None:
        super().__init__(
            "Your work in this project is paused. What you have begun can still be submitted."
            " Why, and how to reply: on the page of your standing."
        )
