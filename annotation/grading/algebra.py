"""Exact arithmetic with fractions, square roots, the imaginary unit and letters. Pure.

A number is a sum of terms `c * sqrt(d) * i^k * x^a * y^b ...` with a fraction c, a square-free integer d, k of 0
or 1, and whole exponents. Over the fractions these products are independent, so two sums are equal exactly when
their terms are. What does not stay within bounds raises `TooHard`: nothing here takes more than milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt
from typing import NamedTuple

MOST_TERMS = 60
MOST_POWER = 40
MOST_BITS = 4096
LARGEST_ROOT = 10**8
"""Roots of larger numbers are not simplified: that means finding square divisors one by one."""


class TooHard(Exception):
    """The exact rules do not decide this."""


class Wordy(TooHard):
    """Words beside mathematics. Computer algebra would take them for products of letters, so it is not asked."""


class Term(NamedTuple):
    """All of a term but its coefficient."""

    root: int = 1
    imaginary: int = 0
    letters: tuple[tuple[str, int], ...] = ()


ONE = Term()


@dataclass(frozen=True)
class Sum:
    """Terms with their coefficients, none of which is 0."""

    terms: tuple[tuple[Term, Fraction], ...]

    @classmethod
    def of(cls, terms: dict[Term, Fraction]) -> Sum:
        kept = {term: value for term, value in terms.items() if value}
        if len(kept) > MOST_TERMS:
            raise TooHard("too many terms")
        for value in kept.values():
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
                raise TooHard("too large a number")
        return cls(tuple(sorted(kept.items())))

    @property
    def fraction(self) -> Fraction | None:
        """The number it is, when it is a fraction."""
        if not self.terms:
            return Fraction(0)
        (term, value), *others = self.terms
        return value if term == ONE and not others else None

    @property
    def letters(self) -> set[str]:
        return {name for term, _ in self.terms for name, _ in term.letters}

    def __add__(self, other: Sum) -> Sum:
        total = dict(self.terms)
        for term, value in other.terms:
            total[term] = total.get(term, Fraction(0)) + value
        return Sum.of(total)

    def __neg__(self) -> Sum:
        return Sum(tuple((term, -value) for term, value in self.terms))

    def __sub__(self, other: Sum) -> Sum:
        return self + -other

    def __mul__(self, other: Sum) -> Sum:
        if len(self.terms) * len(other.terms) > MOST_TERMS * MOST_TERMS:
            raise TooHard("too many terms")
        total: dict[Term, Fraction] = {}
        for one, a in self.terms:
            for two, b in other.terms:
                term, factor = product(one, two)
                total[term] = total.get(term, Fraction(0)) + a * b * factor
        return Sum.of(total)

    def __truediv__(self, other: Sum) -> Sum:
        return self * inverse(other)

    def power(self, exponent: int) -> Sum:
        if abs(exponent) > MOST_POWER:
            return self.large_power(exponent)
        base = inverse(self) if exponent < 0 else self
        result = number(1)
        for _ in range(abs(exponent)):
            result *= base
        return result

    def large_power(self, exponent: int) -> Sum:
        """Of a fraction only, as long as it can be written down."""
        value = self.fraction
        if value is None or abs(exponent) > MOST_BITS:
            raise TooHard("too large a power")
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        if bits * abs(exponent) > MOST_BITS or (value == 0 and exponent < 0):
            raise TooHard("too large a power")
        return number(value**exponent)


def number(value: int | Fraction) -> Sum:
    return Sum.of({ONE: Fraction(value)})


def letter(name: str) -> Sum:
    return Sum.of({Term(letters=((name, 1),)): Fraction(1)})


IMAGINARY = Sum.of({Term(imaginary=1): Fraction(1)})


def square_root(value: Fraction) -> Sum:
    """Of a fraction, simplified; the root of a negative one is imaginary."""
    inner = abs(value.numerator) * value.denominator  # sqrt(p/q) = sqrt(p q) / q
    if inner > LARGEST_ROOT:
        whole = isqrt(inner)
        if whole * whole != inner:
            raise TooHard("the root of too large a number")
        outer, inner = whole, 1
    else:
        outer, inner = simplified(inner)
    term = Term(root=inner or 1, imaginary=int(value < 0))
    return Sum.of({term: Fraction(outer, value.denominator)})


def simplified(value: int) -> tuple[int, int]:
    """a and b with a * a * b = value, b without square divisors."""
    outer, place = 1, 2
    while place * place <= value:
        while value % (place * place) == 0:
            value //= place * place
            outer *= place
        place += 1
    return (outer, value) if value else (0, 1)


def product(one: Term, two: Term) -> tuple[Term, int]:
    """The product of two terms, and the whole number that comes out of it."""
    outer = gcd(one.root, two.root)  # both are square-free
    root = one.root * two.root // (outer * outer)
    imaginary = one.imaginary + two.imaginary
    powers = dict(one.letters)
    for name, power in two.letters:
        powers[name] = powers.get(name, 0) + power
    letters = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Term(root, imaginary % 2, letters), -outer if imaginary == 2 else outer


def inverse(value: Sum) -> Sum:
    """1 / value, for a single term, or a sum without letters of two."""
    if len(value.terms) == 1:
        ((term, factor),) = value.terms
        over = factor * term.root * (-1 if term.imaginary else 1)
        letters = tuple((name, -power) for name, power in term.letters)
        return Sum.of({Term(term.root, term.imaginary, letters): 1 / over})
    if len(value.terms) != 2 or value.letters:
        raise TooHard("a division that is not exact here")
    kept, turned = value.terms
    conjugate = Sum.of({kept[0]: kept[1], turned[0]: -turned[1]})
    divisor = (value * conjugate).fraction
    if not divisor:
        raise TooHard("a division that is not exact here")
    return conjugate * number(1 / divisor)
