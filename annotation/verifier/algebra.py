"""Equations with variables, checked against each other by putting numbers in.

An equation in one unknown that is linear has a root. The root is put into the equations said before of the same
unknown: `2x + 3 = 7` agrees with `x = 2` and contradicts `x = 5`. Equations that hold at several points are taken
for identities. No algebra is rearranged, so all of this stays exact and cheap.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from annotation.verifier.arithmetic import Unreadable, evaluate
from annotation.verifier.equations import BROKEN, GREEK, Equation, Expression
from annotation.verifier.values import Value, quotient

POINTS = (2, 3, 5, 11)
OTHERS = (7, 13, 17, 29)
MAX_UNKNOWNS = 4
KEPT = 8
"""Equations remembered of one unknown."""


class Pair(NamedTuple):
    left: Expression
    right: Expression


class Checked(NamedTuple):
    """How the equations of one step stand to those before; counts."""

    identities: int = 0
    conditions: int = 0
    """Equations that hold for some values only."""
    solved: int = 0
    """`x = 8`: an unknown by itself on one side, a number on the other."""
    agreeing: int = 0
    contradicting: int = 0


class Unknowns:
    """What has been said of the unknowns of a problem so far."""

    def __init__(self) -> None:
        self.conditions: dict[str, list[Pair]] = {}
        self.roots: dict[str, Value] = {}

    def check(self, equations: list[Equation]) -> Checked:
        """Hold the equations against what was said before, and remember them."""
        identities = conditions = solved = agreeing = contradicting = 0
        for pair in pairs(equations):
            names = variables(pair)
            if not names:
                continue
            if is_identity(pair, names):
                identities += 1
                continue
            conditions += 1
            solved += is_solved(pair)
            fits = self.fits(pair, names)
            agreeing += fits is True
            contradicting += fits is False
        return Checked(identities, conditions, solved, agreeing, contradicting)

    def fits(self, pair: Pair, names: list[str]) -> bool | None:
        """Whether the equation agrees with those before; None when there is nothing to hold it against."""
        open_names = [name for name in names if name not in self.roots]
        if len(names) > 1 and not open_names:
            return holds(pair, self.roots)
        if len(names) > 1 and len(open_names) > 1:
            return None
        unknown = open_names[0] if open_names else names[0]
        root = root_of(pair, unknown, self.roots)
        fits = self.fits_before(unknown, root)
        kept = self.conditions.setdefault(unknown, [])
        if len(kept) < KEPT:
            kept.append(pair)
        if root is not None:
            self.roots[unknown] = root
        return fits

    def fits_before(self, unknown: str, root: Value | None) -> bool | None:
        before = self.conditions.get(unknown)
        if root is None or not before:
            return None
        held = [holds(pair, {**self.roots, unknown: root}) for pair in before]
        known = [one for one in held if one is not None]
        return all(known) if known else None


def pairs(equations: list[Equation]) -> list[Pair]:
    found = [Pair(left, right) for equation in equations for left, right in pairwise(equation)]
    return [pair for pair in found if BROKEN not in pair.left and BROKEN not in pair.right]


def variables(pair: Pair) -> list[str]:
    """The names in a pair, the first `MAX_UNKNOWNS`."""
    names = dict.fromkeys(token for side in pair for token in side if token[0].isalpha() or token in GREEK)
    return list(names)[:MAX_UNKNOWNS]


def is_solved(pair: Pair) -> bool:
    return any(len(one) == 1 and not one[0][0].isdigit() and constant(other) for one, other in (pair, pair[::-1]))


def constant(side: Expression) -> bool:
    return not any(token[0].isalpha() or token in GREEK for token in side)


def is_identity(pair: Pair, names: list[str]) -> bool:
    """Whether it holds wherever it was tried: at two points with a different value for each name."""
    if constant(pair.left) or constant(pair.right):
        return False
    tries = (dict(zip(names, points, strict=False)) for points in (POINTS, OTHERS))
    return all(holds(pair, values) for values in tries)


def holds(pair: Pair, values: Mapping[str, Value]) -> bool | None:
    """Whether both sides are equal there; None when one of them has no exact value."""
    try:
        return evaluate(pair.left, values) == evaluate(pair.right, values)
    except Unreadable:
        return None


def difference(pair: Pair, values: Mapping[str, Value]) -> Value:
    return evaluate(pair.left, values) - evaluate(pair.right, values)


def root_of(pair: Pair, unknown: str, known: Mapping[str, Value]) -> Value | None:
    """The one root of an equation linear in the unknown; None when it is not linear, or has none."""
    try:
        at = [difference(pair, {**known, unknown: point}) for point in (2, 3, 4, 9)]
    except Unreadable:
        return None
    slope = at[1] - at[0]
    if slope == 0 or at[2] - at[1] != slope or at[3] - at[2] != 5 * slope:
        return None
    return 2 - quotient(at[0], slope)
