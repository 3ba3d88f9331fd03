"""One expression in LaTeX or plain notation, read as an exact value by recursive descent. Pure.

A small grammar of its own: nothing is evaluated as Python, and what the grammar does not know raises `TooHard`.
"""

import re
from fractions import Fraction
from math import comb, factorial

from annotation.grading.algebra import IMAGINARY, Sum, TooHard, letter, number, square_root

DEEPEST = 40
LARGEST_FACTORIAL = 200
GREEK = "alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|omega|phi|varphi|rho|sigma|tau|pi|infty"
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.\d+|\.\d+|\d+)|(?P<name>\\[a-zA-Z]+)|(?P<letter>[a-zA-Z])|(?P<sign>\\.|\S))"
)
OPEN, CLOSE = "([{", ")]}"


class Expression:
    """A recursive descent through one expression."""

    def __init__(self, text: str) -> None:
        self.tokens = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in TOKEN.finditer(text)]
        self.place = 0
        self.depth = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    @property
    def token(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The token, if it is one of these; else nothing."""
        token = self.token
        if token and token in wanted:
            self.place += 1
            return token
        return ""

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise TooHard(f"no {wanted} where one is expected")

    def whole(self) -> Sum:
        result = self.sum()
        if self.token:
            raise TooHard(f"{self.token} is not understood")
        return result

    def sum(self) -> Sum:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooHard("too deep")
        result = self.product()
        while sign := self.take("+", "-"):
            result = result + self.product() if sign == "+" else result - self.product()
        self.depth -= 1
        return result

    def product(self) -> Sum:
        if sign := self.take("+", "-"):
            return self.product() if sign == "+" else -self.product()
        result = self.power()
        while True:
            if self.take("*", r"\cdot", r"\times"):
                result = result * self.power()
            elif self.take("/", r"\div"):
                result = result / self.power()
            elif self.begins_a_factor():
                result = result * self.power()
            else:
                return result

    def begins_a_factor(self) -> bool:
        """What follows without a sign is multiplied; two numbers in a row are not one product."""
        return self.kind in {"letter", "name"} or self.token in {"(", "[", "{"}

    def power(self) -> Sum:
        base = self.signed() if self.token in {"-", "+"} else self.base()
        while self.take("!"):
            base = number(self.factorial(base))
        if not self.take("^"):
            return base
        exponent = self.group().fraction
        if exponent is not None and exponent.denominator == 2 and base.fraction is not None and base.fraction >= 0:
            return square_root(base.fraction).power(exponent.numerator)
        if exponent is None or exponent.denominator != 1:
            raise TooHard("a power that is no whole number")
        return base.power(int(exponent))

    def signed(self) -> Sum:
        return -self.base() if self.take("+", "-") == "-" else self.base()

    def factorial(self, base: Sum) -> int:
        amount = base.fraction
        if amount is None or amount.denominator != 1 or not 0 <= amount <= LARGEST_FACTORIAL:
            raise TooHard("a large factorial")
        return factorial(int(amount))

    def base(self) -> Sum:
        kind, token = self.kind, self.token
        self.place += 1
        if kind == "number":
            return self.number(token)
        if kind == "letter":
            return self.letter(token)
        if token in {"(", "[", "{"}:
            inner = self.sum()
            self.expect(CLOSE[OPEN.index(token)])
            return inner
        if kind == "name":
            return self.command(token)
        raise TooHard(f"{token or 'nothing'} is not understood")

    def number(self, digits: str) -> Sum:
        amount = number(Fraction(digits))
        if self.kind == "name" and self.token.endswith("frac") and digits.isdecimal():
            part = self.base()
            if part.fraction is None or not 0 < part.fraction < 1:
                raise TooHard("a number before a fraction")
            return amount + part
        return amount

    def letter(self, name: str) -> Sum:
        if self.take("_"):
            name += "_" + str(self.group().terms)
        return IMAGINARY if name == "i" else letter(name)

    def command(self, token: str) -> Sum:
        name = token[1:]
        if name == "frac":
            return self.group() / self.group()
        if name == "sqrt":
            return self.root()
        if name == "binom":
            return number(self.binomial(self.group().fraction, self.group().fraction))
        if re.fullmatch(GREEK, name):
            return letter(name)
        raise TooHard(f"{token} is not understood")

    def root(self) -> Sum:
        if self.take("["):
            raise TooHard("a root that is not square")
        inner = self.group().fraction
        if inner is None:
            raise TooHard("a root of letters")
        return square_root(inner)

    def binomial(self, above: Fraction | None, below: Fraction | None) -> int:
        if above is None or below is None or above.denominator != 1 or below.denominator != 1:
            raise TooHard("a binomial of letters")
        if not 0 <= below <= above <= LARGEST_FACTORIAL:
            raise TooHard("a large binomial")
        return comb(int(above), int(below))

    def group(self) -> Sum:
        """What stands in braces; without them one character, as in `\\frac12`."""
        if self.take("{"):
            inner = self.sum()
            self.expect("}")
            return inner
        if self.kind == "number" and self.token.isdecimal() and len(self.token) > 1:
            first, rest = self.token[0], self.token[1:]
            self.tokens[self.place] = ("number", rest)
            return number(int(first))
        if self.take("-"):
            return -self.base()
        return self.base()
