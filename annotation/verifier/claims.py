"""Whether what a step says of numbers is so."""

from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from annotation.verifier.arithmetic import Unreadable, evaluate
from annotation.verifier.equations import Equation, Expression
from annotation.verifier.values import Value, decimals, value_of

OPERATORS = frozenset("+-*/^%!") | {r"\frac", r"\sqrt"}
BESIDE = frozenset("-%()")
NEXT = frozenset("+-*/")
HALF = Fraction(1, 2)
FLOATING = 9
"""Decimals that count: calculators print 14.999999999999998 for 15."""


class Verdict(IntEnum):
    RIGHT = 0
    ROUNDED = 1
    """Right in as many decimals as are written."""
    WHOLE = 2
    """The nearest whole number above or below."""
    RUN_ON = 3
    """16 - 3 = 13 * 2 = 26: right up to where the next computation begins."""
    WRONG = 4


class Claim(NamedTuple):
    """One `left = right` without variables."""

    left: Expression
    right: Expression
    value: Value
    """What the left side comes to."""
    said: Value
    verdict: Verdict


def claims_of(equation: Equation) -> list[Claim]:
    """The computations of a chain, those that can be read. A number by itself claims nothing of another."""
    values = [value(side) for side in equation]
    found: list[Claim] = []
    for index in range(len(equation) - 1):
        left, right = equation[index], equation[index + 1]
        computed, said = values[index], values[index + 1]
        if computed is None or said is None or not (OPERATORS.intersection(left) or OPERATORS.intersection(right)):
            continue
        found.append(Claim(left, right, computed, said, verdict(left, right, computed, said)))
    return found


def value(side: Expression) -> Value | None:
    try:
        return evaluate(side)
    except Unreadable:
        return None


def verdict(left: Expression, right: Expression, computed: Value, said: Value) -> Verdict:
    if computed == said:
        return Verdict.RIGHT
    if value_of_first(right) == computed:
        return Verdict.RUN_ON
    places = places_of(right)
    if places is None:
        places = places_of(left)
    # People write 0.2 = 20% and 10 / 50 * 100 = 20% alike.
    factors: list[Value] = [1, Fraction(1, 100), 100] if "%" in left or "%" in right else [1]
    return min((nearly(computed * factor, said, places) for factor in factors), key=int)


def nearly(computed: Value, said: Value, places: int | None) -> Verdict:
    """What to make of a number written with so many decimals; None is no such number.

    Decimals may be rounded or cut off. Whole numbers may be those above as well: people do not come in halves.
    """
    if computed == said:
        return Verdict.RIGHT
    if places is None:
        return Verdict.WRONG
    last_place = Fraction(1, 10 ** min(places, FLOATING))
    off = abs(Fraction(computed - said) / last_place)
    if places == 0:
        return Verdict.WHOLE if off < 1 else Verdict.WRONG
    is_cut = off < 1 and abs(Fraction(said)) < abs(Fraction(computed))
    return Verdict.ROUNDED if is_cut or off <= HALF else Verdict.WRONG


def places_of(side: Expression) -> int | None:
    """The decimals a bare number is written with; None of an expression. A percent has two more."""
    digits = [token for token in side if token not in BESIDE]
    if len(digits) != 1 or not digits[0][0].isdigit():
        return None
    return decimals(digits[0]) + 2 * ("%" in side)


def value_of_first(side: Expression) -> Value | None:
    """The number an expression begins with; None when there is nothing but a number."""
    return value_of(side[0]) if len(side) > 1 and side[0][0].isdigit() and side[1] in NEXT else None
