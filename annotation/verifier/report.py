"""How good a verifier is on problems it has not seen, in a form that can be stored as JSON."""

from typing import NamedTuple

import msgspec


class Sizes(msgspec.Struct, frozen=True):
    """What was learned from, or looked at."""

    problems: int
    solutions: int
    """As often as they were annotated."""
    steps: int
    """Those of solutions, and alternatives to them."""
    negative: int
    """Steps rated negative."""


class Figure(msgspec.Struct, frozen=True):
    """A figure with its 95 % interval, or None with the reason why it has no value."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


class BinRow(msgspec.Struct, frozen=True):
    """Steps that scored from `low` to below `high`."""

    low: float
    high: float
    steps: int
    predicted: float | None
    """Mean score."""
    correct: float | None
    """Share rated neutral or positive."""


class Calibration(msgspec.Struct, frozen=True):
    error: float
    """Expected calibration error, over ten bins of equal width."""
    brier: float
    brier_of_constant: float
    """Of giving every step the share of correct steps in training: what a useful score stays below."""
    bins: list[BinRow]


class FirstError(msgspec.Struct, frozen=True):
    """Finding the first error as ProcessBench counts it, on solutions rated up to their first error or the end."""

    f1: Figure
    on_erroneous: float | None
    on_correct: float | None
    erroneous: int
    correct: int
    threshold: float
    """Chosen on the problems learned from."""


class Accuracy(NamedTuple):
    mean: float
    std: float
    """Over the resamples."""

    @property
    def low(self) -> float:
        """A deviation below the mean."""
        return max(0.0, self.mean - self.std)

    @property
    def high(self) -> float:
        return min(1.0, self.mean + self.std)


class Chosen(msgspec.Struct, frozen=True):
    """How often the right one of `n` samples of a problem is chosen."""

    n: int
    best: dict[str, Accuracy]
    """By the best score of the whole solution: product, minimum or last."""
    majority: Accuracy
    uniform: Accuracy
    short: int
    """Problems with fewer samples, of which all are taken."""

    @property
    def accuracies(self) -> list[Accuracy]:
        """In the order of a table."""
        return [*(self.best[name] for name in ("product", "minimum", "last")), self.majority, self.uniform]


class BestOfN(msgspec.Struct, frozen=True):
    """On graded samples of problems that the verifier has not seen, labeled or not."""

    problems: int
    samples: int
    rows: list[Chosen]
    reason: str | None
    """Why there are no rows."""


class Weight(msgspec.Struct, frozen=True):
    feature: str
    per_spread: float
    """Change of the log-odds of correct for one standard deviation."""


class Report(msgspec.Struct, frozen=True):
    seed: int
    strength: float
    training: Sizes
    held_out: Sizes
    auc: Figure
    """That a correct step scores above a wrong one."""
    calibration: Calibration
    first_error: FirstError
    goes_by: list[Weight]
    """The dense features with the greatest influence."""
    best_of_n: BestOfN | None = None
    """None for versions from before this was measured."""
