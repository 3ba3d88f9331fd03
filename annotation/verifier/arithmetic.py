"""Exact values of arithmetic expressions, by a small reader of its own: nothing of a step is ever executed.

An expression is a list of tokens, as `reading` makes them: numbers, variables, `+ - * / ^ % !`, round brackets,
`\\frac` and `\\sqrt`. Whatever is too long, too deep or too big is unreadable, so that hostile text costs little.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import factorial, isqrt

from annotation.verifier.values import Value, quotient, value_of

MAX_TOKENS = 120
MAX_DEPTH = 20
MAX_BITS = 256
MAX_EXPONENT = 64
MAX_FACTORIAL = 30
NOTHING_KNOWN: Mapping[str, Value] = {}


class Unreadable(ValueError):
    """Tokens that are no expression, or one with no exact value within the limits."""


def evaluate(tokens: Sequence[str], known: Mapping[str, Value] = NOTHING_KNOWN) -> Value:
    """The exact value, with `known` for the variables. Raises `Unreadable`."""
    if len(tokens) == 1 and tokens[0][0].isdigit():
        return literal(tokens[0])
    if not 0 < len(tokens) <= MAX_TOKENS:
        raise Unreadable
    reader = Reader(tokens, known)
    value = reader.sum()
    if reader.at != len(tokens):
        raise Unreadable
    return value


def literal(part: str) -> Value:
    value = value_of(part)
    if value is None:
        raise Unreadable
    return value


class Reader:
    """Recursive descent: one method a level of precedence."""

    __slots__ = ("at", "depth", "known", "tokens")

    def __init__(self, tokens: Sequence[str], known: Mapping[str, Value]) -> None:
        self.tokens = tokens
        self.known = known
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str) -> None:
        if self.peek() != expected:
            raise Unreadable
        self.at += 1

    def sum(self) -> Value:
        value = self.product()
        while (sign := self.peek()) in {"+", "-"}:
            self.at += 1
            other = self.product()
            value = bounded(value + other if sign == "+" else value - other)
        return value

    def product(self) -> Value:
        value = self.signed()
        while (sign := self.peek()) in {"*", "/"}:
            self.at += 1
            other = self.signed()
            value = bounded(value * other if sign == "*" else divided(value, other))
        return value

    def signed(self) -> Value:
        negative = False
        while (sign := self.peek()) in {"+", "-"}:
            negative ^= sign == "-"
            self.at += 1
        value = self.power()
        return -value if negative else value

    def power(self) -> Value:
        base = self.marked()
        if self.peek() != "^":
            return base
        self.at += 1
        self.deeper()
        exponent = self.signed()
        self.depth -= 1
        return raised(base, exponent)

    def marked(self) -> Value:
        value = self.atom()
        while (mark := self.peek()) in {"%", "!"}:
            self.at += 1
            value = bounded(quotient(value, 100)) if mark == "%" else factorial_of(value)
        return value

    def atom(self) -> Value:
        part = self.peek()
        if part == "(":
            return self.group()
        self.at += 1
        if part[:1].isdigit():
            value = literal(part)
            # 2\frac{1}{2} is two and a half.
            return value + self.fraction() if self.peek() == "\\frac" else value
        if part == "\\frac":
            self.at -= 1
            return self.fraction()
        if part == "\\sqrt":
            return root(self.group())
        if part not in self.known:
            raise Unreadable
        return self.known[part]

    def fraction(self) -> Value:
        self.take("\\frac")
        return divided(self.group(), self.group())

    def group(self) -> Value:
        self.take("(")
        self.deeper()
        value = self.sum()
        self.depth -= 1
        self.take(")")
        return value

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable


def bounded(value: Value) -> Value:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise Unreadable
    return value


def divided(left: Value, right: Value) -> Value:
    if right == 0:
        raise Unreadable
    return quotient(left, right)


def raised(base: Value, exponent: Value) -> Value:
    times = int(exponent)
    if times != exponent or abs(times) > MAX_EXPONENT or (base == 0 and times <= 0):
        raise Unreadable
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits * abs(times) > MAX_BITS:
        raise Unreadable
    return Fraction(base) ** times if times < 0 else base**times


def factorial_of(value: Value) -> Value:
    if value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
        raise Unreadable
    return factorial(int(value))


def root(value: Value) -> Value:
    """Of squares only: other roots have no exact value."""
    if value < 0:
        raise Unreadable
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if above * above != value.numerator or below * below != value.denominator:
        raise Unreadable
    return quotient(above, below)
