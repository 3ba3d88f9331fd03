"""Whether what a step says of numbers is so."""

from enum import IntEnum
from typing import NamedTuple

from annotation.verifier.arithmetic import Unreadable, evaluate
from annotation.verifier.equations import Equation, Expression
from annotation.verifier.values import Value, decimals, value_of

OPERATORS = frozenset("+-*/^%!") | {r"\frac", r"\sqrt"}


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
    if computed == said or (said * 100 == computed and right[-1] == "%"):
        return Verdict.RIGHT
    if value_of_first(right) == computed:
        return Verdict.RUN_ON
    places = places_of(right)
    if places is None:
        places = places_of(left)
    if places is None or abs(computed - said) * 10**places >= 1:
        return Verdict.WRONG
    return Verdict.ROUNDED if places else Verdict.WHOLE


def places_of(side: Expression) -> int | None:
    """The decimals a bare number is written with; None of an expression. A percent has two more."""
    digits = [token for token in side if token not in {"-", "%"}]
    if len(digits) != 1 or not digits[0][0].isdigit():
        return None
    return decimals(digits[0]) + 2 * (side[-1] == "%")


def value_of_first(side: Expression) -> Value | None:
    """The number an expression begins with; None when there is nothing but a number."""
    return value_of(side[0]) if len(side) > 1 and side[0][0].isdigit() and side[1] in OPERATORS else None
