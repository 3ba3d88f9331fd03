"""What can stand against a labeler's wish. Each message is written for the labeler."""


class LabelingError(Exception):
    """The base: `code` is for programs, the message for people."""

    code = "refused"


class LeaseLost(LabelingError):
    code = "lease_lost"

    def __init__(self) -> None:
        super().__init__(
            "Your time for this solution ran out and it went to somebody else. "
            "Your ratings are kept as a draft; go on with the next solution."
        )


class AlreadySubmitted(LabelingError):
    code = "already_submitted"

    def __init__(self) -> None:
        super().__init__("This solution is submitted; its ratings no longer change.")


class WrongRating(LabelingError):
    code = "wrong_rating"

    def __init__(self, step: int, length: int) -> None:
        super().__init__(f"There is no step {step + 1} in this solution; it has {length} steps.")


class Incomplete(LabelingError):
    code = "incomplete"

    def __init__(self, step: int) -> None:
        super().__init__(f"Step {step + 1} is not rated yet.")
        self.step = step


class NoReason(LabelingError):
    code = "no_reason"

    def __init__(self) -> None:
        super().__init__("Say in a few words why, so that a researcher can learn from it.")
