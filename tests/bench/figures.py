"""What a subject hands back: tables, targets with what was measured, and what came out wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """`rows` hold texts ready to print, one for each column; notes go below."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Target:
    what: str
    wanted: str
    measured: str
    is_met: bool


@dataclass
class Outcome:
    """`wrong` is empty when every result was right; each entry is a sentence."""

    tables: list[Table] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def expect(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            self.wrong.append(f"{what}: {found}, but it must be {wanted}")


def whole(value: float) -> str:
    return f"{value:,.0f}"


def one(value: float) -> str:
    """With one decimal."""
    return f"{value:,.1f}"


def megabytes(count: float) -> str:
    return f"{count / 1e6:,.0f}"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return ordered[rank - 1]


def spread(seconds: Sequence[float]) -> list[str]:
    """Median, 95th percentile and maximum, in milliseconds."""
    if not seconds:
        return ["-", "-", "-"]
    return [
        milliseconds(quantile(seconds, 0.5)),
        milliseconds(quantile(seconds, 0.95)),
        milliseconds(max(seconds)),
    ]
