"""Exact numbers: what a literal of a step stands for."""

from fractions import Fraction

Value = int | Fraction

MAX_DIGITS = 20
WORDS: dict[str, tuple[Value, ...]] = {
    "half": (2, Fraction(1, 2)),
    "halves": (2, Fraction(1, 2)),
    "twice": (2,),
    "double": (2,),
    "pair": (2,),
    "couple": (2,),
    "third": (3, Fraction(1, 3)),
    "thrice": (3,),
    "triple": (3,),
    "quarter": (4, Fraction(1, 4)),
    "fourth": (4, Fraction(1, 4)),
    "quadruple": (4,),
    "dozen": (12,),
    "dozens": (12,),
    "one": (1,),
    "two": (2,),
    "three": (3,),
    "four": (4,),
    "five": (5,),
    "six": (6,),
    "seven": (7,),
    "eight": (8,),
    "nine": (9,),
    "ten": (10,),
    "eleven": (11,),
    "twelve": (12,),
    "fifteen": (15,),
    "twenty": (20,),
    "thirty": (30,),
    "forty": (40,),
    "fifty": (50,),
    "hundred": (100,),
    "thousand": (1000,),
}
COMMON: frozenset[Value] = frozenset({0, 1, 2, 3, 4, 7, 10, 12, 24, 30, 52, 60, 100, 365, 1000})
"""Numbers that need no source: counts, and units of time and length."""


def value_of(literal: str) -> Value | None:
    """The exact value of digits with commas and a point; None when there are more than `MAX_DIGITS`."""
    plain = literal.replace(",", "")
    if len(plain) > MAX_DIGITS:
        return None
    whole, _, part = plain.partition(".")
    return Fraction(int(whole + part), 10 ** len(part)) if part else int(whole)


def decimals(literal: str) -> int:
    """How many digits stand after the point."""
    return len(literal.partition(".")[2])


def quotient(left: Value, right: Value) -> Value:
    """An int where the division comes out even: ints are several times faster than fractions."""
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return Fraction(left, right)
