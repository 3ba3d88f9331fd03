"""What a generation is to be: a strategy with its settings, checked. Knows nothing of the database."""

import math
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

MOST = 1_000_000
MOST_WANTED = 50
MOST_CONTROL = 0.5
SEEDS = 2**63
SCORES = "This strategy needs the scores of a scorer; until there is one, draw uniformly."
HALF_A_MIX = "So few of each problem cannot be divided like that; ask for more, or say how many in all."


class Strategy(StrEnum):
    """What comes first, of the solutions nobody has been asked about.

    With P the scorer's probability that all steps are correct:

    - convincing: graded wrong, highest P first ("Let's Verify Step by Step", section 2.4).
    - mix: a share (80 %) of those, the others the highest P of what remains, right or wrong (section 4.2).
    - uncertainty: smallest abs(P - 1/2) first: uncertainty sampling in its standard form for two classes
      (D. D. Lewis and W. A. Gale, A Sequential Algorithm for Training Text Classifiers, SIGIR 1994).
    - low_step: graded right, lowest P(correct) of any one step first.
    - disagreement: largest abs(P - P') of two scorers first.
    - uniform: all alike, in an order drawn from the seed.

    A grade that is undecided is neither right nor wrong. Solutions with the same score come in the order of
    their ids, never of the seed: what is picked by its score is picked whatever the seed.
    """

    CONVINCING = "convincing"
    MIX = "mix"
    UNCERTAINTY = "uncertainty"
    LOW_STEP = "low_step"
    DISAGREEMENT = "disagreement"
    UNIFORM = "uniform"


class BadPlan(ValueError):
    """A setting that cannot be: `field` names it, `sentence` says why and what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One generation before it is drawn; JSON by `msgspec`, kept as the generation's settings.

    `size` is how many solutions in all, `per_problem` how many of each problem at most; with both, the best
    overall of the best of each problem. Quality control comes on top of either: everybody gets all of it, and it
    is `quality_control_share` of what each labeler rates of the generation. So do `repeats`: as many solutions of
    each labeler's that they have rated before come to them again, and look like any other.

    `uniform_share` of them are drawn uniformly, whatever their score, from all that the score does not pick.
    `mix_share` is the share of wrong answers in a mix, of all, or of each problem where only `per_problem` is
    given: where there are fewer, others do not fill up. `per_problem` and `prefix_cap` hold for what the score
    picks, not for the uniform draw beside it, whose probabilities they would bend. The latter is how many at most
    come of the solutions of a problem whose first `prefix_steps` steps read the same. `overlap_share` of the picks
    want `overlap_wanted` annotations, not the project's number.

    Without filters (`generators`, `subjects`, `levels`, `since`: loaded at that moment or later) all may come.
    """

    strategy: Strategy
    scorer: int | None = None
    other_scorer: int | None = None
    size: int | None = None
    per_problem: int | None = None
    seed: int = 0
    uniform_share: float = 0.1
    mix_share: float = 0.8
    prefix_steps: int = 3
    prefix_cap: int | None = None
    overlap_share: float = 0.0
    overlap_wanted: int = 2
    quality_control_share: float = 0.0
    repeats: int = 0
    generators: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    since: datetime | None = None

    @property
    def is_uniform(self) -> bool:
        return self.strategy is Strategy.UNIFORM

    @property
    def most_ranked(self) -> int | None:
        """How many the score picks at most; None: as many as the problems give."""
        return None if self.size is None else self.size - rounded(self.size * self.uniform_share)

    def slice_beside(self, ranked: int) -> int:
        """How many are drawn uniformly, when the score has picked `ranked`: the share of both together."""
        if self.size is not None:
            return rounded(self.size * self.uniform_share)
        return rounded(ranked * self.uniform_share / (1 - self.uniform_share))

    def controls_beside(self, regular: int, labelers: int) -> int:
        """How many items of quality control there are to be, one at least, beside so many other annotations that
        the labelers have between them: (regular / labelers) share / (1 - share).
        """
        share, each = self.quality_control_share, regular / max(1, labelers)
        return max(1, rounded(each * share / (1 - share))) if share else 0

    def checked(self) -> "Plan":
        """The plan itself. Raises `BadPlan` at the first setting that cannot be."""
        for field, is_right, sentence in self._rules():
            if not is_right:
                raise BadPlan(field, sentence)
        return self

    def settings(self) -> dict[str, Any]:
        """Plain JSON; `msgspec.convert(..., Plan)` makes it a plan again."""
        settings: dict[str, Any] = msgspec.to_builtins(self)
        return settings

    def _is_half_a_mix(self) -> bool:
        """Whether one part of a mix would have nothing of any problem."""
        if self.strategy is not Strategy.MIX or self.size is not None or self.per_problem is None:
            return False
        return 0 < self.mix_share < 1 and 0 in shares(self.per_problem, self.mix_share)

    def _rules(self) -> Iterator[tuple[str, bool, str]]:
        needs_score, needs_two = not self.is_uniform, self.strategy is Strategy.DISAGREEMENT
        has_size = self.size is not None or self.per_problem is not None
        yield "size", has_size, "Say how many: in all, or per problem."
        for name in ("size", "per_problem", "prefix_cap"):
            yield name, within(getattr(self, name), 1, MOST), f"Give a number from 1 to {MOST:,}."
        yield "scorer", not needs_score or self.scorer is not None, SCORES
        yield "other_scorer", needs_two or self.other_scorer is None, "Only disagreement needs a second scorer."
        yield "other_scorer", not needs_two or self.other_scorer is not None, "Disagreement needs a second scorer."
        yield "other_scorer", not needs_two or self.other_scorer != self.scorer, "Choose two different scorers."
        yield "seed", within(self.seed, -SEEDS, SEEDS - 1), "Give a whole number of at most 64 bits."
        is_share = 0 <= self.uniform_share < 1
        yield "uniform_share", is_share, "Give a share from 0 to below 1; for all of them, choose uniform."
        for name in ("mix_share", "overlap_share"):
            yield name, 0 <= getattr(self, name) <= 1, "Give a share from 0 to 1."
        no_cap = not self.is_uniform or self.prefix_cap is None
        yield "prefix_cap", no_cap, "A uniform draw has no such cap; it would change how likely each solution is."
        yield "per_problem", not self._is_half_a_mix(), HALF_A_MIX
        yield "prefix_steps", within(self.prefix_steps, 1, 1_000), "Give a number of steps from 1 to 1,000."
        wanted = f"Give a number of annotations from 1 to {MOST_WANTED}."
        yield "overlap_wanted", within(self.overlap_wanted, 1, MOST_WANTED), wanted
        is_share = 0 <= self.quality_control_share <= MOST_CONTROL
        yield "quality_control_share", is_share, f"Give a share from 0 to {MOST_CONTROL}."
        yield "repeats", within(self.repeats, 0, 1_000), "Give a number from 0 to 1,000."
        is_zoned = self.since is None or self.since.tzinfo is not None
        yield "since", is_zoned, "Give the moment with its time zone."


def shares(whole: int, share: float) -> tuple[int, int]:
    """The share of a whole, and the rest."""
    part = rounded(whole * share)
    return part, whole - part


def within(value: int | None, least: int, most: int) -> bool:
    return value is None or least <= value <= most


def rounded(value: float) -> int:
    """To the nearest whole number, halves up."""
    return math.floor(value + 0.5)
